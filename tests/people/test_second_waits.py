"""What waits for a second person, or for a silent representative, reaches somebody who is there."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.actions.activation import fresh_codes
from cpms.accounts.models import Delegation, TotpDevice, User
from cpms.accounts.policy import Post
from cpms.accounts.queries import codes_left
from cpms.accounts.roles import Role
from cpms.notifications.models import OutboxMessage, WorkItem
from helpdesk.people import actions, queries
from helpdesk.people.models import AccessRequest, LostPhone, RoleProposal
from tests.clients import signed_in
from tests.factories import CentreFactory, NetworkFactory, UserFactory, code_for, give_role, totp_device
from tests.people.test_getting_in import read, send, status_path

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
LONG_AGO = dt.timedelta(days=3, minutes=1)


def holding(role, **held_on):
    user = UserFactory(role="none")
    give_role(user, role, **held_on)
    return user


@pytest.fixture
def centre():
    return CentreFactory()


@pytest.fixture
def desk(centre):
    return [holding(Role.HELPDESK_ADULT, network=centre.networks.get()) for _ in range(3)]


def waits_for(verb):
    return set(WorkItem.objects.open().filter(verb=verb).values_list("who", flat=True))


def told(notice):
    return set(OutboxMessage.objects.filter(notice=notice).values_list("recipient", flat=True))


def test_a_lost_phone_waits_for_the_others_on_duty_who_may_say_no(centre, desk):
    owner = totp_device(UserFactory(centre=centre)).user
    elsewhere = holding(Role.HELPDESK_ADULT, network=NetworkFactory(code="BOND", name="ERN BOND"))
    lost = actions.ask_for_factor(owner, how_checked="Call", by=desk[0])
    assert waits_for("confirm_factor") == told("factor_waits") == {desk[1].pk, desk[2].pk}
    assert elsewhere.pk not in waits_for("confirm_factor")
    with pytest.raises(Refused):
        actions.drop_phone(lost, by=desk[0])
    client = signed_in(desk[1])
    page = client.get(reverse("people:person", args=[owner.pk]), secure=True).content.decode()
    assert "Do not confirm it" in page
    assert "A lost phone; a second person" in client.get("/", secure=True).content.decode()
    client.post(reverse("people:drop_phone", args=[lost.pk]), secure=True)
    lost.refresh_from_db()
    assert (lost.state, lost.decided_by) == ("dropped", desk[1])
    assert waits_for("confirm_factor") == set()
    assert told("not_seconded") == {desk[0].pk}
    assert TotpDevice.objects.filter(user=owner).exists()


def asks(notice):
    """To how many a mail still goes that asks them."""
    return OutboxMessage.objects.filter(notice=notice, state="waiting").count()


def test_no_mail_that_waits_asks_for_what_somebody_decided(centre, desk):
    representatives = [holding(role, centre=centre) for role in (Role.REPRESENTATIVE, Role.SUBSTITUTE)]
    send(centre)
    before = asks("request_waiting")
    actions.refuse_request(AccessRequest.objects.get(), reason="Not known here.", by=representatives[0])
    assert (before, asks("request_waiting")) == (2, 0)
    owner = totp_device(UserFactory(centre=centre)).user
    lost = actions.ask_for_factor(owner, how_checked="Call", by=desk[0])
    before = asks("factor_waits")
    actions.confirm_factor(lost, by=desk[1])
    assert (before, asks("factor_waits")) == (2, 0)


def test_a_confirmed_phone_and_a_role_leave_nothing_to_do(centre, desk):
    owner = totp_device(UserFactory(centre=centre)).user
    actions.confirm_factor(actions.ask_for_factor(owner, how_checked="Call", by=desk[0]), by=desk[1])
    assert waits_for("confirm_factor") == told("not_seconded") == set()
    core = [holding(Role.CORE_HELPDESK) for _ in range(2)]
    post = Post(Role.NETWORK_COORDINATOR, network=centre.networks.get())
    proposal = actions.propose_role(UserFactory(role="none"), post, by=core[0])
    assert core[1].pk in waits_for("confirm_role")
    assert core[0].pk not in waits_for("confirm_role")
    actions.confirm_role(proposal, by=core[1])
    assert waits_for("confirm_role") == set()


def test_the_owner_stops_what_was_asked_in_their_name_and_the_helpdesk_sees_who_did(centre, desk):
    owner = totp_device(UserFactory(centre=centre)).user
    actions.ask_for_factor(owner, how_checked="A call from an unknown number", by=desk[0])
    client, page = signed_in(owner), reverse("people:my_phone")
    assert page in client.get(reverse("security"), secure=True).content.decode()
    assert "A call from an unknown number" not in client.get(page, secure=True).content.decode()
    assert LostPhone.objects.get().state == "waiting"  # looking at it changes nothing
    assert "I have my phone" not in signed_in(desk[2]).get(page, secure=True).content.decode()
    device, recovery = TotpDevice.objects.get(user=owner), fresh_codes(owner)[0]
    for wrong in ("", "000000", recovery):
        assert client.post(page, {"code": wrong}, secure=True).status_code == 422
    assert (LostPhone.objects.get().state, codes_left(owner)) == ("waiting", 10)
    TotpDevice.objects.update(throttling_failure_count=0)
    assert client.post(page, {"code": code_for(device)}, secure=True).url == page
    assert client.post(page, {"code": code_for(device)}, secure=True).status_code == 422  # a code counts once
    assert "it was you who stopped it" in client.get(page, secure=True).content.decode()
    assert (waits_for("confirm_factor"), told("factor_stopped"), told("not_seconded")) == (set(), {desk[0].pk}, set())
    with pytest.raises(Refused):
        actions.confirm_factor(LostPhone.objects.get(), by=desk[1])
    shown = signed_in(desk[1]).get(reverse("people:person", args=[owner.pk]), secure=True).content.decode()
    assert ("Stopped by the account" in shown, "Do not confirm it" in shown) == (True, False)
    assert TotpDevice.objects.filter(user=owner).exists()


@pytest.mark.parametrize(("days", "told_of"), [(7, True), (8, False), (0, True)])
def test_a_right_that_ends_within_a_week_is_told_once_to_holder_and_giver(centre, days, told_of):
    giver, lead, helper = UserFactory(centre=centre), UserFactory(centre=centre), UserFactory(centre=centre)
    today = clock.rights_day()
    row = {"valid_from": today - dt.timedelta(days=60), "valid_to": today + dt.timedelta(days=days)}
    give_role(lead, Role.SUBSTITUTE, centre=centre, granted_by=giver, **row)
    Delegation.objects.create(assistant=helper, clinician=lead, **row)
    short = {"valid_from": today, "valid_to": today + dt.timedelta(days=3)}
    give_role(helper, Role.SUBSTITUTE, centre=centre, granted_by=giver, **short)  # given for days: nobody forgot it
    assert [actions.tell_of_ends(by=None) for _ in range(2)] == [2 * told_of] * 2
    told_in_all = OutboxMessage.objects.filter(notice__in=["role_ends", "role_given_ends"]).count()
    assert (told("role_ends"), told("role_given_ends"), told_in_all) == (
        ({lead.pk, helper.pk}, {giver.pk, lead.pk}, 4) if told_of else (set(), set(), 0)
    )


def test_what_nobody_seconds_ends_after_three_days_and_who_asked_is_told(centre, desk):
    owner = totp_device(UserFactory(centre=centre)).user
    actions.ask_for_factor(owner, how_checked="Call", by=desk[0])
    core = [holding(Role.CORE_HELPDESK) for _ in range(2)]
    post = Post(Role.NETWORK_COORDINATOR, network=centre.networks.get())
    actions.propose_role(UserFactory(role="none"), post, by=core[0])
    assert actions.end_lapsed(by=None) == 0
    for kind in (LostPhone, RoleProposal):
        kind.objects.update(asked_at=clock.now() - LONG_AGO)
    assert [actions.end_lapsed(by=None) for _ in range(2)] == [2, 0]
    assert told("not_seconded") == {desk[0].pk, core[0].pk}
    assert waits_for("confirm_factor") == waits_for("confirm_role") == set()


@pytest.mark.parametrize("why", ["late", "away"])
def test_a_silent_or_absent_representative_does_not_hold_a_request_up(centre, why):
    representative = holding(Role.REPRESENTATIVE, centre=centre)
    coordinator = holding(Role.NETWORK_COORDINATOR, network=centre.networks.get())
    send(centre)
    asked = AccessRequest.objects.get()
    assert waits_for("decide") == {representative.pk}
    assert "Asked as well" not in read(status_path()).content.decode()
    if why == "late":
        AccessRequest.objects.update(asked_at=clock.now() - LONG_AGO)
    else:
        User.objects.filter(pk=representative.pk).update(away_until=clock.rights_day())
    asked.refresh_from_db()
    assert queries.asked_further(asked)
    for _ in range(2):
        actions.look_after_requests(by=None)
    assert waits_for("decide") == {representative.pk, coordinator.pk}
    assert OutboxMessage.objects.filter(notice="request_waiting", recipient=coordinator).count() == 1
    assert "Asked as well" in read(status_path()).content.decode()
