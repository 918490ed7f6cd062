"""Every rule about time at its edge, a second before, at and after it: over changes of the clock in three zones, a leap day, the turn
of a year, and a clock that goes back."""

from __future__ import annotations

import datetime as dt
import time
from zoneinfo import ZoneInfo

import django_otp
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpms.accounts import queries as accounts
from cpms.accounts.actions.activation import make_link
from cpms.accounts.models import ActivationLink, CentreMembership, Delegation, Membership, User
from cpms.accounts.policy import may_open_panels
from cpms.accounts.roles import Role
from helpdesk.people.models import GlassBreak, LostPhone, RoleProposal
from panels import actions as panels
from panels.models import Assist, Invitation, Message, Panel, Referral
from tests.clients import signed_in
from tests.evidence import note
from tests.factories import (
    GlassBreakFactory,
    LostPhoneFactory,
    RoleProposalFactory,
    Story,
    UserFactory,
    code_for,
    give_role,
    totp_device,
)

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)
MOMENTS = {
    "spring in Berlin": dt.datetime(2027, 3, 28, 1, 0, tzinfo=dt.UTC),
    "autumn in Berlin": dt.datetime(2027, 10, 31, 1, 0, tzinfo=dt.UTC),
    "spring in Lisbon": dt.datetime(2027, 3, 28, 1, 0, tzinfo=ZoneInfo("Europe/Lisbon")).astimezone(dt.UTC),
    "midnight in Helsinki as summer ends": dt.datetime(2027, 10, 31, tzinfo=ZoneInfo("Europe/Helsinki")).astimezone(
        dt.UTC
    ),
    "leap day": dt.datetime(2028, 2, 29, 23, 59, 59, tzinfo=dt.UTC),
    "turn of the year": dt.datetime(2027, 12, 31, 23, 59, 59, tzinfo=dt.UTC),
    "an hour nobody knows": dt.datetime(2027, 6, 15, 10, 41, 7, tzinfo=dt.UTC),
}


@pytest.fixture
def travel(monkeypatch):
    def to(moment: dt.datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return to


class Rules:
    """Each rule: what is set to end at a moment, and whether it still holds. Days count by UTC, the last one whole."""

    def __init__(self) -> None:
        self.story = Story("edge")
        self.story.open(self.story.expert)
        self.invitation = self.story.invitation(self.story.expert)
        guest = self.story.invite_guest()
        User.objects.filter(pk=guest.invitee_id).update(activated_at=timezone.now())
        panels.accept(guest, by=User.objects.get(pk=guest.invitee_id))
        self.guest = guest
        self.staff, self.asker = UserFactory(role="none"), UserFactory(role="none")
        network = self.story.group.network
        give_role(self.staff, Role.HELPDESK_ADULT, network=network)
        self.assist = panels.let_in(self.story.fresh(), who=self.staff, by=self.story.lead)
        self.glass = GlassBreakFactory(panel=self.story.panel, person=self.story.lead, asked_by=self.asker)
        self.wish = RoleProposalFactory(network=network, person=self.story.lead, asked_by=self.asker)
        self.helper = UserFactory(role="none", centre=self.story.lead.centre)
        self.held = Delegation.objects.create(assistant=self.helper, clinician=self.story.lead)
        self.link = make_link(self.asker, good_for=DAY, next_path="")
        self.lost = LostPhoneFactory(person=self.story.lead, asked_by=self.asker)
        self.said = panels.comment(self.story.fresh(), text="A word.", by=self.story.lead)
        where = {"network": network, "group": self.story.group, "urgency": "routine"}
        who = {"name": "Dr Far", "hospital": "Far Hospital", "country": "IE", "text": "Low sodium?"}
        panels.refer("far@outside.example", by=None, **who, **where)

    def sees(self, person: User) -> bool:
        return Panel.objects.visible_to(User.objects.get(pk=person.pk)).exists()

    def invitation_at(self, end: dt.datetime) -> None:
        Invitation.objects.filter(pk=self.invitation.pk).update(sent_at=end - 14 * DAY, expires_at=end)

    def invitation_holds(self) -> bool:
        return Invitation.objects.visible_to(self.story.expert).exists()

    def guest_at(self, end: dt.datetime) -> None:
        Invitation.objects.filter(pk=self.guest.pk).update(guest_until=end)

    def guest_holds(self) -> bool:
        return self.sees(self.guest.invitee)

    def assist_at(self, end: dt.datetime) -> None:
        Assist.objects.filter(pk=self.assist.pk).update(given_at=end - dt.timedelta(hours=1), until=end)

    def assist_holds(self) -> bool:
        return self.sees(self.staff)

    def link_at(self, end: dt.datetime) -> None:
        ActivationLink.objects.update(made_at=end - DAY, expires_at=end)

    def link_holds(self) -> bool:
        return accounts.usable_link(self.link) is not None

    def glass_at(self, end: dt.datetime) -> None:
        GlassBreak.objects.update(asked_at=end - 3 * DAY)

    def glass_holds(self) -> bool:
        return GlassBreak.objects.waiting().exists()

    def wish_at(self, end: dt.datetime) -> None:
        RoleProposal.objects.update(asked_at=end - 3 * DAY)

    def wish_holds(self) -> bool:
        return RoleProposal.objects.waiting().exists()

    def lost_at(self, end: dt.datetime) -> None:
        LostPhone.objects.update(asked_at=end - 3 * DAY)

    def lost_holds(self) -> bool:
        return LostPhone.objects.waiting().exists()

    def recall_at(self, end: dt.datetime) -> None:
        Message.objects.filter(pk=self.said.pk).update(at=end - dt.timedelta(minutes=5))

    def recall_holds(self) -> bool:
        return Message.objects.get(pk=self.said.pk).recallable

    def referral_at(self, end: dt.datetime) -> None:
        Referral.objects.update(waits_since=end - 30 * DAY)

    def referral_holds(self) -> bool:
        return not Referral.objects.overdue().exists()


def days() -> list[tuple[str, dt.datetime]]:
    """The first moment of the day after each of ``MOMENTS``, by UTC: where a right that ends that day ends."""
    return [
        (name, dt.datetime.combine(moment.date() + DAY, dt.time(), tzinfo=dt.UTC)) for name, moment in MOMENTS.items()
    ]


def test_each_moment_ends_to_the_second(travel):
    rules, wrong, asked = Rules(), [], 0
    for name in ("invitation", "guest", "assist", "link", "glass", "wish", "lost", "recall", "referral"):
        for when, end in MOMENTS.items():
            getattr(rules, f"{name}_at")(end)
            for seconds, holds in ((-1, True), (0, False), (1, False)):
                travel(end + seconds * SECOND)
                asked += 1
                if getattr(rules, f"{name}_holds")() is not holds:
                    wrong.append((name, when, seconds))
    note("C21", "rights that end at a moment, a second before, at and after it", asked=asked, wrong=len(wrong))
    assert wrong == []


def test_each_day_ends_with_the_day_of_utc(travel):
    rules, wrong, asked = Rules(), [], 0
    membership = rules.staff.memberships.get()
    network, centre = rules.story.group.network, UserFactory().centre
    CentreMembership.objects.filter(centre=centre).delete()
    CentreMembership.objects.create(centre=centre, network=network, kind="full")
    places = CentreMembership.objects.filter(centre=centre)
    for when, end in days():
        last = (end - DAY).date()
        membership_rows = Membership.objects.filter(pk=membership.pk)
        membership_rows.update(valid_from=last, valid_to=last)
        Delegation.objects.filter(pk=rules.held.pk).update(valid_from=last, valid_to=last)
        User.objects.filter(pk=rules.story.expert.pk).update(away_until=last)
        places.update(since=last, until=last)
        for seconds, holds in ((-1, True), (0, False), (1, False)):
            travel(end + seconds * SECOND)
            found = {
                "role": membership_rows.current().exists(),
                "place in a network": places.current().exists(),
                "delegation": rules.sees(rules.helper),
                "absence": User.objects.get(pk=rules.story.expert.pk).is_away,
            }
            asked += len(found)
            wrong += [(name, when, seconds) for name, value in found.items() if value is not holds]
        for seconds, begun in ((-1, False), (0, True)):
            travel(end - DAY + seconds * SECOND)
            asked += 1
            wrong += [("role begins", when, seconds)] if membership_rows.current().exists() is not begun else []
    note("C21", "rights that begin and end with a day", asked=asked, wrong=len(wrong))
    assert wrong == []


def test_clearance_counts_from_its_day_in_the_persons_own_zone(travel):
    """A gate for people at their desks: the day is theirs."""
    centre, wrong, asked = UserFactory().centre, [], 0
    for zone in ("Europe/Helsinki", "Europe/Berlin", "Europe/Lisbon"):
        for moment in MOMENTS.values():
            centre.cleared_on = (moment + DAY).astimezone(ZoneInfo(zone)).date()
            begins = dt.datetime.combine(centre.cleared_on, dt.time(), tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
            for seconds, open_ in ((-1, False), (0, True)):
                travel(begins + seconds * SECOND)
                with timezone.override(ZoneInfo(zone)):
                    asked += 1
                    wrong += [(zone, moment, seconds)] if bool(may_open_panels(centre)) is not open_ else []
    note("C21", "clearance by the day of three zones", asked=asked, wrong=len(wrong))
    assert wrong == []


@pytest.mark.parametrize(
    ("staff", "key", "limit"),
    [(False, "seen_at", 1800), (False, "started_at", 43200), (True, "seen_at", 900), (True, "started_at", 28800)],
)
def test_sessions_end_a_second_after_their_limit(staff, key, limit, travel):
    user = UserFactory()
    if staff:
        give_role(user, Role.CORE_HELPDESK)
    wrong = 0
    for seconds, holds in ((-1, True), (0, True), (1, False)):
        client: Client = signed_in(user)
        session, now = client.session, timezone.now()
        session.update({"seen_at": now.timestamp(), "started_at": now.timestamp()})
        session[key] = now.timestamp() - limit - seconds
        session.save()
        travel(now)
        wrong += (client.get(reverse("security"), secure=True).status_code == 200) is not holds
    note("C21", f"{'staff' if staff else 'clinician'} session by {key}", asked=3, wrong=wrong)
    assert wrong == 0


def test_a_clock_that_goes_back_gives_no_code_a_second_life(monkeypatch):
    device = totp_device(UserFactory())
    code = code_for(device)
    assert django_otp.verify_token(device.user, device.persistent_id, code) is not None
    back = time.time() - 300
    monkeypatch.setattr("cpms.accounts.models.devices.time.time", lambda: back)
    refused = django_otp.verify_token(device.user, device.persistent_id, code) is None
    note("C21", "a used code after the clock went back five minutes", asked=1, wrong=int(not refused))
    assert refused
