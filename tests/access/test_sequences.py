"""Sequences of deeds, drawn by chance: after each of them everybody sees exactly what an independent model says.

The model knows nothing of querysets, policies or grants; it is a handful of facts about one panel. Fifty others in every
run; ``bin/campaign access`` for 500 of up to thirty deeds.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Container

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import Delegation, User
from cpms.accounts.roles import Role
from cpms.notifications.models import OutboxMessage
from outcomes import actions as outcomes
from panels import actions as panels
from panels.cases.models import Case, CaseGrant
from panels.meetings import actions as meetings
from panels.models import Assist, Invitation, Panel
from tests.access.model import PEOPLE, Model
from tests.clients import signed_in
from tests.evidence import note
from tests.factories import CANARIES, Story, UserFactory, give_role

pytestmark = [pytest.mark.long, pytest.mark.django_db(databases=["default", "cachedb"])]
MANY, STEPS = int(os.environ.get("CPMS_SEQUENCES", "50")), int(os.environ.get("CPMS_STEPS", "9"))
SEEDED = (
    seed(int(os.environ["CPMS_SEED"])) if "CPMS_SEED" in os.environ else lambda test: test
)  # else others in every run
IN_LARGE = MANY > 50  # an ordinary run leaves the further surfaces to ``test_revocation``
COUNTED: dict[str, int] = {"sequences": 0, "deeds": 0, "views": 0}
DEEDS = (
    "invite accept end decline expire invite_guest accept_guest guest_passes withdraw_consent give_consent "
    "withdraw switch_off switch_on name_assistant end_assistant lapse_assistant leave "
    "conclude reopen let_in end_assist lapse_assist take_staff_role give_staff_role make_coordinator end_coordinator"
).split()


class Scene:
    """The real thing: one panel and seven people with open sessions."""

    def __init__(self) -> None:
        self.story, self.model = Story("a"), Model()
        self.story.open()
        self.people = {
            "lead": self.story.lead,
            "expert": self.story.expert,
            "assistant": UserFactory(centre=self.story.lead.centre, role="none"),
            "outsider": UserFactory(),
            "helpdesk": UserFactory(role="none"),
            "coordinator": UserFactory(role="none"),
        }
        self.network = self.story.group.network
        give_role(self.people["helpdesk"], Role.HELPDESK_ADULT, network=self.network)
        self.coordinator = UserFactory(role="none")
        give_role(self.coordinator, Role.NETWORK_COORDINATOR, network=self.network)
        self.path = self.story.fresh().get_absolute_url()
        when = {"starts_at": clock.now() + dt.timedelta(days=2), "minutes": 30, "link": "https://video.example/x"}
        self.meeting = meetings.schedule(self.story.fresh(), by=self.story.lead, **when) if IN_LARGE else None

    def of(self, who: str) -> Invitation:
        rows = Invitation.objects.filter(panel=self.story.panel, invitee=self.people[who])
        return rows.order_by("-sent_at")[0]

    def do(self, deed: str) -> bool:
        """The deed, if it is possible; the model moves only when the product let it happen. A refused one is rolled back."""
        try:
            with transaction.atomic():
                getattr(self, deed)()
        except (Refused, IndexError, KeyError, User.DoesNotExist):
            return False
        return True

    def invite(self) -> None:
        if panels.invite_experts(self.story.fresh(), people=[self.people["expert"]], by=self.story.lead):
            self.model.expert = "pending"

    def accept(self) -> None:
        panels.accept(self.of("expert"), by=self.fresh("expert"))
        self.model.expert = "accepted"

    def decline(self) -> None:
        panels.decline(self.of("expert"), reason="time", by=self.fresh("expert"))
        self.model.expert = "declined"

    def end(self) -> None:
        panels.end_invitation(self.of("expert"), by=self.story.lead)
        self.model.expert = "ended"

    def expire(self) -> None:
        if self.model.expert == "pending":
            past = clock.now() - dt.timedelta(seconds=1)
            row = Invitation.objects.filter(pk=self.of("expert").pk)
            row.update(sent_at=past - dt.timedelta(days=14), expires_at=past)
            self.model.expert = "expired"

    def invite_guest(self) -> None:
        invitation = self.story.invite_guest("guest@far.example")
        self.people["guest"] = invitation.invitee
        User.objects.filter(pk=invitation.invitee_id).update(activated_at=clock.now())
        self.model.guest, self.model.guest_in_time = "pending", True

    def accept_guest(self) -> None:
        panels.accept(self.of("guest"), by=self.fresh("guest"))
        self.model.guest = "accepted"

    def guest_passes(self) -> None:
        if self.model.guest == "accepted":
            past = clock.now() - dt.timedelta(seconds=1)
            Invitation.objects.filter(pk=self.of("guest").pk).update(guest_until=past)
            CaseGrant.objects.filter(user=self.people["guest"]).update(until=past)
            self.model.guest_in_time = False

    def withdraw_consent(self) -> None:
        consent.withdraw_consent(self.story.patient, by=self.story.lead, stage=Stage.CARE)
        self.model.consented = False

    def give_consent(self) -> None:
        self.story.give_consent(self.story.patient)
        self.model.consented = True

    def withdraw(self) -> None:
        panels.withdraw(self.story.fresh(), by=self.story.lead)
        self.model.panel = "withdrawn"

    def conclude(self) -> None:
        self.story.contribute(self.people["expert"])
        outcomes.start_outcome(self.story.fresh(), by=self.story.lead)
        version = self.story.fresh().outcome.version
        outcomes.write_outcome(self.story.fresh(), conclusion="Salt.", items=[], version=version, by=self.story.lead)
        outcomes.send_for_signature(self.story.fresh(), by=self.story.lead)
        outcomes.close_panel(self.story.fresh(), by=self.story.lead)
        self.model.panel = "closed"

    def reopen(self) -> None:
        panels.reopen(self.story.fresh(), by=self.story.lead)
        self.model.panel = "open"

    def let_in(self) -> None:
        panels.let_in(self.story.fresh(), who=self.fresh("helpdesk"), by=self.story.lead)
        self.model.let_in = True

    def end_assist(self) -> None:
        panels.end_assist(Assist.objects.running()[0], by=self.story.lead)
        self.model.let_in = False

    def lapse_assist(self) -> None:
        past = clock.now() - dt.timedelta(seconds=1)
        Assist.objects.running().update(given_at=past - dt.timedelta(minutes=59), until=past)
        self.model.let_in = False

    def take_staff_role(self) -> None:
        role = self.people["helpdesk"].memberships.current().filter(role=Role.HELPDESK_ADULT)[0]
        accounts.end_role(role, by=self.coordinator)
        self.model.is_staff = False

    def give_staff_role(self) -> None:
        if not self.model.is_staff:
            give_role(self.people["helpdesk"], Role.HELPDESK_ADULT, network=self.network)
            self.model.is_staff = True

    def make_coordinator(self) -> None:
        if not self.people["coordinator"].memberships.current().exists():
            give_role(self.people["coordinator"], Role.GROUP_COORDINATOR, group=self.story.group)

    def end_coordinator(self) -> None:
        role = self.people["coordinator"].memberships.current().filter(role=Role.GROUP_COORDINATOR)[0]
        accounts.end_role(role, by=self.coordinator)

    def switch_off(self) -> None:
        accounts.switch_account(self.people["expert"], on=False, by=self.coordinator)
        self.model.active = False

    def switch_on(self) -> None:
        if not self.model.active:
            accounts.switch_account(self.people["expert"], on=True, by=self.coordinator)
            self.model.active = True

    def name_assistant(self) -> None:
        accounts.name_assistant(self.people["assistant"], until=None, by=self.fresh("lead"))
        self.model.assists = True

    def end_assistant(self) -> None:
        held = Delegation.objects.current().filter(assistant=self.people["assistant"])[0]
        accounts.end_delegation(held, by=self.people["assistant"])
        self.model.assists = False

    def lapse_assistant(self) -> None:
        yesterday = clock.today() - dt.timedelta(days=1)
        Delegation.objects.current().update(valid_from=yesterday, valid_to=yesterday)
        self.model.assists = False

    def leave(self) -> None:
        accounts.leave_centre(self.fresh("expert"), by=self.coordinator)
        self.model.employed = False
        if self.model.expert in {"pending", "accepted"}:
            self.model.expert = "ended"

    def fresh(self, who: str) -> User:
        return User.objects.get(pk=self.people[who].pk)

    def check(self, done: list[str], *, clicking: Container[str] = ()) -> None:
        """Every person against the model: the querysets after each deed, and the pages as those who click."""
        for who in self.people:
            COUNTED["views"] += 3
            user, sees = self.fresh(who), self.model.sees_case(who)
            assert Panel.objects.visible_to(user).exists() is sees, (who, "list", done)
            of_case = sees and who != "helpdesk"  # whoever is let in reads the panel, not the patient's page
            assert Case.objects.visible_to(user).exists() is of_case, (who, "case", done)
            sheet = Invitation.objects.visible_to(user).exists()
            assert sheet is self.model.sees_sheet(who), (who, "sheet", done)
            if who in clicking and user.is_active:
                self.ask(who, user, sees, done)

    def ask(self, who: str, user: User, sees: bool, done: list[str]) -> None:
        client: Client = signed_in(user)
        page = client.get(self.path, secure=True)
        assert page.status_code == (200 if sees else 404), (who, "page", page.status_code, done)
        listed = {}
        if IN_LARGE:
            listed["list"] = client.get(reverse("panels:list"), secure=True)
            listed["search"] = client.post(reverse("panels:search"), {"words": self.story.panel.ref}, secure=True)
            listed["my work"] = client.get("/", secure=True)
        for name, answer in listed.items():
            shown = self.path in answer.content.decode()
            assert shown is sees or (name == "my work" and not shown), (who, name, done)
        single = {name: client.get(address, secure=True) for name, address in self.addresses().items()}
        for name, answer in single.items():
            assert (answer.status_code != 404) is sees, (who, name, answer.status_code, done)
        sheet = self.model.sees_sheet(who)
        answers = [page, *listed.values(), *single.values()]
        COUNTED["views"] += len(answers)
        if not sees:
            allowed = {self.story.canary("question"), self.story.canary("diagnosis")} if sheet else set()
            leaked = [c for c in CANARIES if any(c.encode() in answer.content for answer in answers)]
            assert set(leaked) <= allowed, (who, leaked, done)

    def addresses(self) -> dict[str, str]:
        """What else a person who sees the panel can ask for by an address of its own."""
        ref = self.story.panel.ref
        if self.meeting is None:
            return {}
        return {
            "news": reverse("panels:news", args=[ref]),
            "meeting": reverse("meetings:detail", args=[self.meeting.pk]),
            "calendar": reverse("meetings:calendar", args=[self.meeting.pk]),
            "experts": reverse("panels:experts", args=[ref]),
            "outcome": reverse("outcomes:edit", args=[ref]),
        }


@pytest.fixture(scope="module", autouse=True)
def counted():
    """How much was asked, for the evidence."""
    yield
    note("C3", f"sequences of up to {STEPS} deeds", asked=COUNTED["sequences"])
    note("C3", "deeds, each followed by a look of all seven people", asked=COUNTED["deeds"])
    note("C3", "views compared with the model: querysets, and whole answers", asked=COUNTED["views"])


@SEEDED
@settings(
    max_examples=MANY,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # nine deeds are short enough to read; shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(st.sampled_from(DEEDS), min_size=3, max_size=STEPS),
    st.sets(st.sampled_from(PEOPLE), min_size=3, max_size=3),
)
def test_after_every_deed_everybody_sees_what_the_model_says(db, deeds, clicking):
    """The pages are opened once the sequence is through: as three people in an ordinary run, as everybody in a campaign."""
    COUNTED["sequences"] += 1
    COUNTED["deeds"] += len(deeds)
    with transaction.atomic():
        stage, done = Scene(), []
        for deed in deeds:
            done.append(deed)
            if stage.do(deed):
                stage.check(done)
        stage.check(done, clicking=PEOPLE if IN_LARGE else clicking)
        waiting = OutboxMessage.objects.filter(recipient__is_active=True)
        assert not [c for c in CANARIES if any(c in f"{m.ref}{m.link}{m.calendar}" for m in waiting)]
        transaction.set_rollback(True)
