"""Roles are given and ended by those entitled, some of them by two; a lost phone takes two people of the helpdesk."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused, ask
from cpms.accounts.models import Delegation, Membership, RecoveryDevice, TotpDevice, User
from cpms.accounts.policy import Post, looks_after, may_end, may_fill, posts_for
from cpms.accounts.roles import GRANTED_BY, POWERFUL, Permission, Role
from cpms.audit.models import AuditEvent
from cpms.notifications.models import OutboxMessage
from helpdesk.people import actions
from helpdesk.people.models import LostPhone, RoleProposal
from panels.models import Panel
from tests.clients import signed_in
from tests.factories import (
    CentreFactory,
    GroupFactory,
    LostPhoneFactory,
    NetworkFactory,
    RoleProposalFactory,
    Story,
    UserFactory,
    give_role,
    totp_device,
)

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
# Who may give which role on the own centre, group or network, written by hand; the code is never asked
MAY_GIVE = {
    "clinician": {"representative", "substitute", "network_coordinator"},
    "substitute": {"representative", "network_coordinator", "helpdesk_adult", "helpdesk_paediatric"},
    "representative": {"network_coordinator", "helpdesk_adult", "helpdesk_paediatric"},
    "group_coordinator": {"network_coordinator"},
    "network_coordinator": {"network_coordinator", "core_helpdesk"},
    "helpdesk_adult": {"network_coordinator", "core_helpdesk"},
    "helpdesk_paediatric": {"network_coordinator", "core_helpdesk"},
    "core_helpdesk": {"core_helpdesk"},
    "researcher": {"network_coordinator"},
    "national_officer": {"core_helpdesk"},
}


@pytest.fixture
def centre():
    return CentreFactory()


@pytest.fixture
def person(centre):
    return UserFactory(centre=centre, role="none")


def post_of(role, centre):
    group = GroupFactory()
    held = {"clinician": "centre", "representative": "centre", "substitute": "centre", "group_coordinator": "group"}
    where = held.get(role, "country" if role == "national_officer" else "" if role == "core_helpdesk" else "network")
    place = {"centre": centre, "group": group, "network": group.network, "country": "FI", "": None}[where]
    return Post(Role(role), registry="invented" if role == "researcher" else "", **({where: place} if where else {}))


def holder(role, centre, elsewhere=None):
    user = UserFactory(role="none")
    give_role(user, role, **(elsewhere or post_of(role, centre).held_on))
    return user


@pytest.mark.parametrize("granter", Role.values)
@pytest.mark.parametrize("role", Role.values)
def test_each_role_is_given_by_those_entitled_and_nobody_else(granter, role, centre, person):
    by, post = holder(granter, centre), post_of(role, centre)
    assert bool(may_fill(by, person, post)) is (granter in MAY_GIVE[role])
    assert (post in posts_for(by, person, registries=["invented"])) is (granter in MAY_GIVE[role])
    row = give_role(person, role, **post.held_on)
    assert bool(may_end(by, row)) is (granter in MAY_GIVE[role])
    assert may_end(person, row)


@pytest.mark.parametrize("granter", ["representative", "substitute", "network_coordinator", "helpdesk_adult"])
def test_entitled_elsewhere_is_not_entitled_here(granter, centre, person):
    bond = NetworkFactory(code="BOND", name="ERN BOND")
    there = {"network": bond} if granter in {"network_coordinator", "helpdesk_adult"} else {"centre": CentreFactory()}
    by = holder(granter, centre, there)
    for role in Role.values:
        assert not looks_after(by, post_of(role, centre)), role
    assert all((post.network or post.group.network) == bond for post in posts_for(by, person))
    assert not User.objects.visible_to(by).filter(pk=person.pk).exists()


def test_nobody_gives_a_role_to_themselves_twice_or_to_somebody_of_another_hospital(centre):
    by = holder("network_coordinator", centre)
    assert not may_fill(by, by, Post(Role.RESEARCHER, network=NetworkFactory(), registry="invented"))
    other = UserFactory()
    assert not may_fill(by, other, Post(Role.CLINICIAN, centre=centre))
    assert "already" in may_fill(by, other, Post(Role.CLINICIAN, centre=other.centre)).reason
    assert not ask(Permission.PERSON_MANAGE, by, by)


def test_a_role_given_counts_on_the_next_request_and_ends_with_its_sessions(centre, person):
    by = holder("network_coordinator", centre)
    client, desk = signed_in(person), signed_in(by)
    assert client.get(reverse("kpis"), secure=True).status_code == 403
    here = reverse("people:grant", args=[person.pk])
    desk.post(here, {"post": Post(Role.GROUP_COORDINATOR, group=GroupFactory()).key}, secure=True)
    assert client.get(reverse("kpis"), secure=True).url.startswith("/accounts/login/")  # sessions end with every change
    again = signed_in(person)
    assert again.get(reverse("kpis"), secure=True).status_code == 200
    row = Membership.objects.get(user=person)
    assert (row.granted_by, row.confirmed_by) == (by, None)
    desk.post(reverse("people:end_role", args=[person.pk, row.pk]), secure=True)
    assert signed_in(person).get(reverse("kpis"), secure=True).status_code == 403
    row.refresh_from_db()
    assert (row.ended_by, row.valid_to) == (by, clock.today())
    assert [e.detail["role"] for e in AuditEvent.objects.filter(event="role_ended")] == ["group_coordinator"]
    with pytest.raises(Refused):
        accounts.end_role(row, by=by)


def test_a_role_ends_by_its_date(person):
    row = give_role(person, Role.CLINICIAN, centre=person.centre)
    today = clock.today()
    for valid_to, holds in ((today, True), (today - dt.timedelta(1), False)):
        Membership.objects.filter(pk=row.pk).update(valid_from=today - dt.timedelta(9), valid_to=valid_to)
        assert (Role.CLINICIAN in User.objects.get(pk=person.pk).held_roles()) is holds
        row.refresh_from_db()
        assert row.is_current is holds


@pytest.mark.parametrize("role", sorted(POWERFUL))
def test_a_powerful_role_counts_only_with_a_second_person(role, centre, person):
    post = post_of(role, centre)
    granter = sorted(GRANTED_BY[role])[0]
    first, second = holder(granter, centre), holder(granter, centre)
    with pytest.raises(Refused):
        accounts.give_post(person, post, by=first)
    proposal = actions.propose_role(person, post, by=first)
    assert not person.memberships.exists()
    assert OutboxMessage.objects.get(notice="role_proposed").recipient == second
    for nobody in (first, person):
        with pytest.raises(Refused):
            actions.confirm_role(proposal, by=nobody)
    actions.confirm_role(proposal, by=second)
    row = person.memberships.get()
    assert (row.role, row.granted_by, row.confirmed_by) == (role, first, second)
    with pytest.raises(Refused):
        actions.drop_role(proposal, by=second)


def test_a_proposal_can_be_dropped_and_lapses_after_three_days(centre, person):
    first, second = holder("network_coordinator", centre), holder("network_coordinator", centre)
    post = Post(Role.RESEARCHER, network=NetworkFactory(), registry="invented")
    proposal = actions.propose_role(person, post, by=first)
    with pytest.raises(Refused):
        actions.propose_role(person, post, by=first)
    actions.drop_role(proposal, by=second)
    late = actions.propose_role(person, post, by=first)
    RoleProposal.objects.filter(pk=late.pk).update(asked_at=clock.now() - dt.timedelta(days=3, seconds=1))
    with pytest.raises(Refused):
        actions.confirm_role(late, by=second)
    actions.propose_role(person, post, by=first)
    assert RoleProposal.objects.waiting().count() == 1
    with pytest.raises(Refused):
        actions.propose_role(person, Post(Role.GROUP_COORDINATOR, group=GroupFactory()), by=first)


def test_a_lost_phone_takes_two_people_and_only_the_owner_gets_the_link(centre):
    owner = UserFactory(centre=centre)
    asking, confirming = holder("helpdesk_adult", centre), holder("helpdesk_paediatric", centre)
    client, desk, second = signed_in(owner), signed_in(asking), signed_in(confirming)
    RecoveryDevice.objects.create(user=owner, name="Recovery codes")
    here = reverse("people:lost_phone", args=[owner.pk])
    assert desk.post(here, {"how_checked": ""}, secure=True).status_code == 422
    desk.post(here, {"how_checked": "Video call with the representative"}, secure=True)
    lost = LostPhone.objects.get()
    confirm = reverse("people:confirm_phone", args=[lost.pk])
    assert desk.post(confirm, secure=True).status_code == 403
    assert TotpDevice.objects.filter(user=owner).exists()
    page = second.post(confirm, secure=True, follow=True).content.decode()
    assert not TotpDevice.objects.filter(user=owner).exists()
    assert not RecoveryDevice.objects.filter(user=owner).exists()
    assert client.get("/", secure=True).status_code == 302
    owner.refresh_from_db()
    assert not owner.has_usable_password()
    mail = OutboxMessage.objects.get(notice="factor_reset")
    assert mail.recipient == owner
    assert mail.link.startswith("/accounts/activate/")
    assert mail.link not in page
    assert OutboxMessage.objects.get(notice="factor_asked").link == reverse("people:my_phone")
    assert {e.actor_id for e in AuditEvent.objects.filter(event__in=["factor_asked", "factor_reset"])} == {
        asking.pk,
        confirming.pk,
    }


def test_a_lost_phone_is_nothing_for_the_own_account_or_one_not_in_use(centre):
    staff = holder("helpdesk_adult", centre)
    for person in (staff, UserFactory(centre=centre, activated_at=None), UserFactory(centre=centre, is_active=False)):
        with pytest.raises(Refused):
            actions.ask_for_factor(person, how_checked="Call", by=staff)
    asked = LostPhoneFactory(person=UserFactory(centre=centre), asked_by=staff)
    actions.ask_for_factor(asked.person, how_checked="Call again", by=staff)  # a second call replaces the first
    assert LostPhone.objects.waiting().get().how_checked == "Call again"


@pytest.mark.parametrize("factory", [LostPhoneFactory, RoleProposalFactory])
def test_the_database_refuses_one_person_as_two(factory):
    wish = factory()
    with pytest.raises(IntegrityError), transaction.atomic():
        type(wish).objects.filter(pk=wish.pk).update(
            state="confirmed", decided_at=clock.now(), decided_by=wish.asked_by
        )


def test_the_database_refuses_a_role_confirmed_by_its_granter(person, centre):
    by = holder("network_coordinator", centre)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=person, role=Role.RESEARCHER, granted_by=by, confirmed_by=by)


def test_leaving_a_hospital_ends_what_came_with_it():
    story, other = Story("a"), Story("b")
    story.open()
    other.open()
    other.seat(story.lead)
    member = story.lead
    coordinator = holder("network_coordinator", story.lead.centre)
    assistant = UserFactory(centre=member.centre, role="none")
    accounts.name_assistant(assistant, until=None, by=member)
    client = signed_in(member)
    accounts.leave_centre(member, by=coordinator)
    assert client.get("/", secure=True).status_code == 302
    member = User.objects.get(pk=member.pk)
    assert (member.centre, member.held_roles()) == (None, frozenset())
    assert not Panel.objects.visible_to(User.objects.get(pk=member.pk)).exists()
    assert not Panel.objects.visible_to(User.objects.get(pk=assistant.pk)).exists()
    assert not type(story.case).objects.visible_to(User.objects.get(pk=member.pk)).exists()
    assert not Delegation.objects.current().exists()


def test_an_account_switched_off_opens_nothing_and_can_come_back(centre, person):
    by = holder("representative", centre)
    client, desk = signed_in(person), signed_in(by)
    switch = reverse("people:switch", args=[person.pk])
    desk.post(switch, {"on": "0"}, secure=True)
    assert client.get("/", secure=True).status_code == 302
    assert desk.get(reverse("people:person", args=[person.pk]), secure=True).status_code == 200
    desk.post(switch, {"on": "1"}, secure=True)
    assert signed_in(User.objects.get(pk=person.pk)).get("/", secure=True).status_code == 200
    for act in (accounts.leave_centre, lambda u, by: accounts.switch_account(u, on=False, by=by)):
        with pytest.raises(Refused):
            act(by, by=by)


@pytest.mark.parametrize("count", [1, 30])
def test_the_pages_cost_the_same_however_many_there_are(count, centre, django_assert_num_queries):
    by = holder("network_coordinator", centre)
    people = [UserFactory(centre=centre) for _ in range(count)]
    for number in range(count):
        give_role(people[0], Role.GROUP_COORDINATOR, group=GroupFactory(number=number + 1), granted_by=by)
    client = signed_in(by)
    totp_device(people[0])
    with django_assert_num_queries(13):
        client.get(reverse("people:list"), secure=True)


def test_a_grant_names_a_role_that_may_be_given(centre, person):
    desk = signed_in(holder("representative", centre))
    here = reverse("people:grant", args=[person.pk])
    forged = Post(Role.NETWORK_COORDINATOR, network=NetworkFactory()).key
    assert desk.post(here, {"post": forged}, secure=True).status_code == 422
    assert not person.memberships.exists()
