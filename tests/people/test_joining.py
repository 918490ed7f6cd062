"""A hospital that others look after joins one more network by two people; until then nothing of it opens to who asks."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused, ask
from cpms.accounts.models import Centre, User
from cpms.accounts.policy import Post, looks_after
from cpms.accounts.roles import Permission, Role
from cpms.audit.models import AuditEvent
from cpms.notifications.models import OutboxMessage, WorkItem
from helpdesk.people import actions
from helpdesk.people.models import PlaceProposal
from tests.clients import signed_in
from tests.factories import CentreFactory, NetworkFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def person_with(role, **held_on):
    user = UserFactory(role="none")
    give_role(user, role, **held_on)
    return user


@pytest.fixture
def bond():
    return NetworkFactory(code="BOND", name="ERN BOND")


@pytest.fixture
def centre():
    return CentreFactory(name="Hôpital Inventé", city="Liège", country="BE")


@pytest.fixture
def coordinator(centre):
    return person_with(Role.NETWORK_COORDINATOR, network=centre.networks.get())


@pytest.fixture
def stranger(bond):
    return person_with(Role.HELPDESK_ADULT, network=bond)


def typed(centre, network, **changes):
    where = {"name": centre.name, "city": centre.city, "country": centre.country}
    return where | {"network": network.pk, "kind": "full"} | changes


def asked_for(centre, network, by):
    return actions.place_or_ask(centre, network=network, kind="full", by=by)


def test_typing_a_hospitals_name_opens_nothing_of_it(centre, bond, coordinator, stranger):
    staff, client = UserFactory(centre=centre), signed_in(stranger)
    answer = client.post(reverse("people:new_centre"), typed(centre, bond), secure=True, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("people:centres")
    page = answer.content.decode()
    assert "They are asked" in page
    assert "Asked for" in page
    assert centre.networks.get().code == "ENDO"
    assert centre not in Centre.objects.visible_to(stranger)
    assert staff not in User.objects.visible_to(stranger)
    assert not ask(Permission.CENTRE_CLEAR, stranger, centre)
    assert not looks_after(stranger, Post(Role.REPRESENTATIVE, centre=centre))
    assert client.post(reverse("people:leave", args=[staff.pk]), secure=True).status_code == 404
    with pytest.raises(Refused):
        accounts.add_centre(bond, name=centre.name, city=centre.city, country="BE", kind="full", by=stranger)


def test_it_waits_for_the_hospitals_own_and_counts_once_one_of_them_confirms(centre, bond, coordinator, stranger):
    representative = person_with(Role.REPRESENTATIVE, centre=centre)
    proposal = asked_for(centre, bond, stranger)
    assert asked_for(centre, bond, stranger) == proposal  # asking twice is asking once
    item = WorkItem.objects.open().get()
    assert (item.who, item.verb, item.path) == (coordinator, "confirm_place", centre.get_absolute_url())
    told = OutboxMessage.objects.filter(notice="place_asked").values_list("recipient", flat=True)
    assert set(told) == {coordinator.pk, representative.pk}
    confirm = reverse("people:confirm_place", args=[proposal.pk])
    for nobody, status in ((stranger, 403), (representative, 403)):
        assert signed_in(nobody).post(confirm, secure=True).status_code == status
    client = signed_in(coordinator)
    assert "ERN BOND asks for this hospital" in client.get(centre.get_absolute_url(), secure=True).content.decode()
    assert client.post(confirm, secure=True).url == centre.get_absolute_url()
    assert centre in Centre.objects.visible_to(User.objects.get(pk=stranger.pk))
    assert not WorkItem.objects.open().exists()
    decided = OutboxMessage.objects.filter(notice="place_decided").values_list("recipient", flat=True)
    assert set(decided) == {stranger.pk, representative.pk}
    events = AuditEvent.objects.filter(event__in=["place_asked", "place_decided"]).order_by("pk")
    assert [(e.event, e.actor_id) for e in events] == [("place_asked", stranger.pk), ("place_decided", coordinator.pk)]


def test_it_can_be_refused_and_lapses_after_thirty_days(centre, bond, coordinator, stranger):
    actions.drop_place(asked_for(centre, bond, stranger), by=coordinator)
    late = asked_for(centre, bond, stranger)
    PlaceProposal.objects.filter(pk=late.pk).update(asked_at=clock.now() - dt.timedelta(days=30, seconds=1))
    with pytest.raises(Refused, match="too long"):
        actions.confirm_place(late, by=coordinator)
    assert asked_for(centre, bond, stranger) != late
    assert PlaceProposal.objects.waiting().count() == 1
    assert not centre.networks.filter(code="BOND").exists()


def test_who_asks_can_take_it_back_and_nobody_else_does(centre, bond, coordinator, stranger):
    proposal = asked_for(centre, bond, stranger)
    back, listed = reverse("people:take_place_back", args=[proposal.pk]), reverse("people:centres")
    other = signed_in(coordinator)
    assert "Take it back" not in other.get(listed, secure=True).content.decode()
    assert other.post(back, secure=True).status_code == 403
    client = signed_in(stranger)
    assert "Take it back" in client.get(listed, secure=True).content.decode()
    assert client.post(back, secure=True).url == listed
    assert not PlaceProposal.objects.waiting().exists()
    assert not WorkItem.objects.open().exists()
    with pytest.raises(Refused, match="decided already"):
        actions.confirm_place(proposal, by=coordinator)
    assert client.post(back, secure=True).status_code == 403


@pytest.mark.parametrize("lost", ["role", "account"])
def test_who_asked_must_be_entitled_still(lost, centre, bond, coordinator, stranger):
    proposal = asked_for(centre, bond, stranger)
    if lost == "role":
        stranger.memberships.update(ended_at=clock.now(), ended_by=stranger)
    else:
        User.objects.filter(pk=stranger.pk).update(is_active=False)
    with pytest.raises(Refused, match="may not ask for this any more"):
        actions.confirm_place(proposal, by=coordinator)
    assert not centre.networks.filter(code="BOND").exists()


def test_a_hospital_without_a_network_where_people_work_waits_for_the_core_helpdesk(centre, bond, stranger):
    yesterday = clock.rights_day() - dt.timedelta(days=1)
    centre.memberships.update(since=yesterday, until=yesterday)
    assert asked_for(centre, bond, stranger) is None  # nobody works there
    centre.memberships.filter(network=bond).delete()
    UserFactory(centre=centre)
    core = person_with(Role.CORE_HELPDESK)
    proposal = asked_for(centre, bond, stranger)
    assert WorkItem.objects.open().get().who == core
    actions.confirm_place(proposal, by=core)
    assert centre in Centre.objects.visible_to(stranger)


def test_a_place_in_ones_own_network_changes_at_once(centre, bond, coordinator):
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=bond)
    assert asked_for(centre, bond, coordinator) is None
    assert actions.place_or_ask(centre, network=bond, kind="affiliated", by=coordinator) is None
    assert centre.memberships.get(network=bond).kind == "affiliated"
    with pytest.raises(Refused):
        asked_for(centre, NetworkFactory(code="SKIN", name="ERN Skin"), person_with(Role.HELPDESK_ADULT, network=bond))


def test_a_table_asks_for_a_hospital_of_others_and_says_so(centre, bond, stranger):
    UserFactory(centre=centre)
    text = f"Hospital,City,Country,Units,Cleared on\n{centre.name},{centre.city},BE,New unit,2026-01-02\n"
    table = actions.read_table(bond, data=text.encode(), name="list.csv", by=stranger)
    row = table.rows.get()
    assert row.state == "ready"
    assert row.problems == [
        "others look after this hospital. Taking the row in asks them, and it counts here once somebody there confirms it; "
        "its units and its clearance stay as they are."
    ]
    page = signed_in(stranger).get(table.get_absolute_url(), secure=True).content.decode()
    assert "To be asked for, and asked for: others look after this hospital." in page
    actions.take_table(table, by=stranger)
    actions.take_rows(table.pk, by=None)
    row.refresh_from_db()
    assert row.state == "asked"
    assert PlaceProposal.objects.waiting().get().centre == centre
    assert not centre.units.exists()
    centre.refresh_from_db()
    assert centre.cleared_on == dt.date(2020, 1, 1)
    page = signed_in(stranger).get(table.get_absolute_url(), secure=True).content.decode()
    assert "Asked for" in page
    assert "1 asked for, as others look after them" in page


def test_a_hospital_written_with_other_accents_is_the_same(centre, bond, coordinator):
    network = centre.networks.get()
    again = {"name": "hopital invente", "city": "LIEGE", "country": "BE", "kind": "full"}
    assert accounts.add_centre(network, by=coordinator, **again) == centre
    text = "Hospital,City,Country,Membership\nHopital Invente,Liege,BE,affiliated\n"
    table = actions.read_table(network, data=text.encode(), name="list.csv", by=coordinator)
    actions.take_table(table, by=coordinator)
    actions.take_rows(table.pk, by=None)
    assert (Centre.objects.get(country="BE"), centre.memberships.get().kind) == (centre, "affiliated")
    other = CentreFactory(name="Other", city="Liège", country="BE")
    with pytest.raises(Refused, match="this name"):
        accounts.describe_centre(other, name="Hopital invente", city="Liege", country="BE", version=1, by=coordinator)


def test_two_hospitals_in_another_alphabet_are_two(coordinator):
    network = coordinator.memberships.get().network
    text = "Hospital,City,Country\nΨξδ,Θδλ,GR\nΩφλ,Θδλ,GR\n"
    table = actions.read_table(network, data=text.encode(), name="list.csv", by=coordinator)
    actions.take_table(table, by=coordinator)
    actions.take_rows(table.pk, by=None)
    assert Centre.objects.filter(country="GR").count() == 2
