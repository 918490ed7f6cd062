"""Networks and groups as they are; a centre's clearance has an effect, and is nobody's own to give."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.http import urlencode

from cpms import clock
from cpms.accounts import actions
from cpms.accounts.access import Refused, ask
from cpms.accounts.models import AdvocacyGroup, Centre, Network, ThematicGroup, Unit, User
from cpms.accounts.policy import Post, centres_run_by, looks_after
from cpms.accounts.queries import networks_of
from cpms.accounts.queries.coverage import countries_of
from cpms.accounts.roles import Permission, Role
from cpms.audit.models import AuditEvent
from cpms.drafts.actions import save_draft
from cpms.drafts.models import Draft
from panels.policy import may_open
from tests.clients import signed_in
from tests.factories import CentreFactory, GroupFactory, NetworkFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
MISSING = "Your centre's data-protection clearance is missing; your network's coordinator can help."


def person_with(role, **held_on):
    user = UserFactory(role="none")
    give_role(user, role, **held_on)
    return user


@pytest.fixture
def coordinator():
    return person_with(Role.NETWORK_COORDINATOR, network=NetworkFactory())


def test_all_24_networks_are_loaded_by_their_official_names_and_twice_is_once(capsys):
    NetworkFactory(name="Something else")
    call_command("load_networks")
    call_command("load_networks")
    assert Network.objects.count() == 24
    assert str(Network.objects.get(code="ENDO")) == "Endo-ERN"
    assert Network.objects.get(code="VASCERN").topic == "multisystemic vascular diseases"
    assert AuditEvent.objects.get(event="places_changed").detail == {"kind": "network", "count": 23}


def test_without_clearance_no_new_panel_and_the_page_says_why(coordinator):
    story = Story("a")
    centre, client = story.lead.centre, signed_in(story.lead)
    draft, running = story.panel, Story("b")
    running.lead = story.lead
    running.open()
    actions.set_clearance(centre, cleared_on=None, by=coordinator)
    story.lead.centre.refresh_from_db()
    assert ask(Permission.PANEL_DRAFT, story.lead).reason == MISSING
    answer = client.get(reverse("panels:new"), secure=True)
    assert answer.status_code == 403
    assert "data-protection clearance is missing" in answer.content.decode()
    assert may_open(story.lead, story.fresh()).reason == MISSING
    assert client.get(draft.get_absolute_url(), secure=True).status_code == 403
    assert client.get(running.fresh().get_absolute_url(), secure=True).status_code == 200
    actions.set_clearance(centre, cleared_on=clock.today(), by=coordinator)
    assert client.get(reverse("panels:new"), secure=True).status_code == 200


@pytest.mark.parametrize(("days", "open_"), [(-1, True), (0, True), (1, False)])
def test_clearance_counts_from_its_day_on(days, open_):
    centre = CentreFactory(cleared_on=clock.today() + dt.timedelta(days=days))
    assert bool(ask(Permission.PANEL_DRAFT, UserFactory(centre=centre))) is open_


def test_what_was_typed_of_clearance_and_membership_stands_there_after_the_fresh_code(coordinator):
    centre = CentreFactory(cleared_on=None)
    here, client = centre.get_absolute_url(), signed_in(coordinator, fresh=False)
    typed = {"clearance": {"cleared_on": "2026-01-05"}, "place": {"kind": "affiliated", "until": "2027-02-03"}}
    for form, fields in typed.items():
        assert f'data-draft="{form}:{centre.pk}"' in client.get(here, secure=True).content.decode()
        save_draft(form=f"{form}:{centre.pk}", label="x", path=here, fields=fields, by=coordinator)
    address = reverse("people:clearance", args=[centre.pk])
    asked = client.post(address, typed["clearance"], secure=True, headers={"referer": f"https://localhost{here}"})
    assert asked.url.startswith(f"{reverse('step_up')}?{urlencode({'next': here})}&held=")
    shown = client.get(here, secure=True).context
    assert shown["clearance"]["cleared_on"].value() == "2026-01-05"
    assert (shown["place"]["kind"].value(), shown["place"]["until"].value()) == ("affiliated", "2027-02-03")
    centre.refresh_from_db()
    assert centre.cleared_on is None
    assert signed_in(coordinator).post(address, typed["clearance"], secure=True).status_code == 302
    assert [draft.form for draft in Draft.objects.all()] == [f"place:{centre.pk}"]


def test_a_representative_does_not_clear_the_own_hospital():
    centre = CentreFactory(cleared_on=None)
    representative = person_with(Role.REPRESENTATIVE, centre=centre)
    with pytest.raises(Refused):
        actions.set_clearance(centre, cleared_on=clock.today(), by=representative)
    here = reverse("people:clearance", args=[centre.pk])
    assert signed_in(representative).post(here, {"cleared_on": clock.today()}, secure=True).status_code == 403


def test_helpdesk_of_another_network_sees_no_centre_of_this_one():
    centre = CentreFactory()
    stranger = person_with(Role.HELPDESK_ADULT, network=NetworkFactory(code="BOND", name="ERN BOND"))
    core = person_with(Role.CORE_HELPDESK)
    assert not Centre.objects.visible_to(stranger).exists()
    assert centre in Centre.objects.visible_to(core)


def test_a_unit_is_named_once(coordinator):
    centre = CentreFactory()
    client = signed_in(coordinator)
    for _ in range(2):
        client.post(reverse("people:unit", args=[centre.pk]), {"name": "Adrenal clinic"}, secure=True)
    assert Unit.objects.get().name == "Adrenal clinic"


def group_in(client, **fields):
    return client.post("/helpdesk/accounts/thematicgroup/add/", fields, secure=True)


def test_staff_arrange_two_levels_of_groups_in_their_network():
    main, other = GroupFactory(), NetworkFactory(code="BOND", name="ERN BOND")
    staff = person_with(Role.HELPDESK_ADULT, network=main.network)
    client = signed_in(staff)
    typed = {"network": main.network.pk, "parent": main.pk, "number": 11, "name": "Adrenal in childhood"}
    assert group_in(client, **typed).status_code == 302
    sub = ThematicGroup.objects.get(number=11)
    assert sub.parent == main
    assert group_in(client, **typed | {"number": 12, "parent": sub.pk}).status_code == 200  # no third level
    assert group_in(client, **typed | {"number": 13, "network": other.pk}).status_code == 200
    assert ThematicGroup.objects.count() == 2
    with pytest.raises(Refused):
        actions.save_group(ThematicGroup(network=other, number=1, name="Bone"), by=staff)
    main.parent = sub
    with pytest.raises(Refused):
        actions.save_group(main, by=staff)


@pytest.mark.parametrize("count", [1, 30])
def test_the_lists_cost_the_same_however_many_there_are(count, coordinator, django_assert_num_queries):
    centres = [CentreFactory() for _ in range(count)]
    for _ in range(count):
        give_role(UserFactory(centre=centres[0]), Role.REPRESENTATIVE, centre=centres[0])
    client = signed_in(coordinator)
    with django_assert_num_queries(17):
        client.get(reverse("people:centres"), secure=True)
    with django_assert_num_queries(30):
        client.get(centres[0].get_absolute_url(), secure=True)


def test_the_page_keeps_names_memberships_and_units(coordinator):
    centre, client = CentreFactory(name="Old Name"), signed_in(coordinator)
    network, other = NetworkFactory(), NetworkFactory(code="BOND", name="ERN BOND")

    def send(route, *more, **typed):
        return client.post(reverse(route, args=[centre.pk, *more]), typed, secure=True).status_code

    place = {"city": "Oulu", "country": "FI"}
    assert send("people:describe_centre", name="New Name", version="1", **place) == 302
    assert send("people:describe_centre", name="Other Name", version="1", **place) == 409
    assert Centre.objects.get(pk=centre.pk).name == "New Name"
    assert send("people:describe_centre", name="Other Name", version="2", **place) == 302
    CentreFactory(name="Twin", city="Oulu")
    assert send("people:describe_centre", name="twin", city="oulu", country="FI", version="3") == 422
    assert send("people:place_centre", network=network.pk, kind="affiliated") == 302
    assert centre.memberships.get().kind == "affiliated"
    assert send("people:place_centre", network=other.pk, kind="full") == 422
    assert send("people:place_centre", network=network.pk, kind="full", until="2001-01-01") == 422
    unit = actions.add_unit(centre, name="Adrenal clinic", by=coordinator)
    person = UserFactory(centre=centre)
    here = reverse("people:move_to_unit", args=[person.pk])
    assert client.post(here, {"unit": unit.pk}, secure=True).status_code == 302
    assert (
        "Somebody belongs to this unit"
        in client.post(
            reverse("people:drop_unit", args=[centre.pk, unit.pk]), follow=True, secure=True
        ).content.decode()
    )
    client.post(here, {"unit": ""}, secure=True)
    assert send("people:drop_unit", unit.pk) == 302
    assert not Unit.objects.exists()
    kinds = AuditEvent.objects.filter(event="places_changed", subject_id=str(centre.pk)).order_by("pk")
    assert [event.detail["kind"] for event in kinds] == ["centre", "centre", "membership", "unit", "unit"]


def test_a_hospital_is_added_once_by_who_serves_the_network(coordinator):
    client, here = signed_in(coordinator), reverse("people:new_centre")
    typed = {"name": "New Hospital", "city": "Galway", "country": "IE", "network": NetworkFactory().pk, "kind": "full"}
    for _ in range(2):
        assert client.post(here, typed, secure=True).status_code == 302
    centre = Centre.objects.get(name="New Hospital")
    assert (centre.cleared_on, centre.memberships.count()) == (None, 1)
    stranger = person_with(Role.REPRESENTATIVE, centre=centre)
    assert signed_in(stranger).get(here, secure=True).status_code == 403


def test_when_a_membership_is_over_the_network_lets_nobody_in_there(coordinator):
    centre = CentreFactory()
    person = UserFactory(centre=centre, role="none")
    assert looks_after(coordinator, Post(Role.CLINICIAN, centre=centre))
    yesterday = clock.rights_day() - dt.timedelta(days=1)
    centre.memberships.update(since=yesterday, until=yesterday)
    assert not looks_after(coordinator, Post(Role.CLINICIAN, centre=centre))
    assert centre not in centres_run_by(coordinator)
    assert not networks_of(person).exists()
    assert centre not in Centre.objects.members()


@pytest.mark.parametrize("role", [Role.NETWORK_COORDINATOR, Role.HELPDESK_ADULT])
def test_a_network_that_a_hospital_has_left_sees_and_clears_it_no_more(role):
    network = NetworkFactory()
    server, centre = person_with(role, network=network), CentreFactory(network=network, country="IE")
    person = UserFactory(centre=centre)
    client = signed_in(server)
    pages = [centre.get_absolute_url(), reverse("people:person", args=[person.pk])]
    switch = reverse("people:switch", args=[person.pk])
    assert [client.get(page, secure=True).status_code for page in pages] == [200, 200]
    assert ask(Permission.CENTRE_CLEAR, server, centre)
    assert countries_of(network) == ["FI", "IE"]
    yesterday = clock.rights_day() - dt.timedelta(days=1)
    centre.memberships.update(since=yesterday, until=yesterday)
    assert [client.get(page, secure=True).status_code for page in pages] == [404, 404]
    assert client.post(switch, {"active": ""}, secure=True).status_code == 404
    assert not ask(Permission.CENTRE_CLEAR, server, centre)
    assert centre not in Centre.objects.visible_to(server)
    assert not User.objects.visible_to(server).filter(pk=person.pk).exists()
    assert countries_of(network) == ["FI"]


def test_a_hospital_of_two_networks_is_seen_by_the_one_it_stays_in(coordinator):
    stays, centre = NetworkFactory(code="BOND", name="ERN BOND"), CentreFactory()
    other, person = person_with(Role.NETWORK_COORDINATOR, network=stays), UserFactory(centre=centre)
    actions.place_centre(centre, network=stays, kind="full", until=None, by=other, confirmed_by=coordinator)
    yesterday = clock.rights_day() - dt.timedelta(days=1)
    centre.memberships.exclude(network=stays).update(since=yesterday, until=yesterday)
    seen = [User.objects.visible_to(one).filter(pk=person.pk).exists() for one in (coordinator, other)]
    assert seen == [False, True]
    page = signed_in(other).get(reverse("people:centres"), secure=True).content.decode()
    assert "ERN BOND, full member" in page
    assert "Endo-ERN, full member" not in page


def test_staff_keep_the_advocacy_groups_of_their_own_network():
    network, other = NetworkFactory(), NetworkFactory(code="BOND", name="ERN BOND")
    client = signed_in(person_with(Role.HELPDESK_ADULT, network=network))
    here, typed = (
        "/helpdesk/accounts/advocacygroup/add/",
        {"network": network.pk, "name": "Invented Voices", "country": "IE"},
    )
    assert client.post(here, typed, secure=True).status_code == 302
    assert client.post(here, typed | {"network": other.pk}, secure=True).status_code == 200
    group = AdvocacyGroup.objects.get()
    page = f"/helpdesk/accounts/advocacygroup/{group.pk}/change/"
    seen = client.get(page, secure=True).context["adminform"].form["seen"].value()
    assert client.post(page, typed | {"name": "Voices", "seen": seen}, secure=True).status_code == 302
    assert AdvocacyGroup.objects.get().name == "Voices"
    with pytest.raises(Refused):
        actions.save_advocacy_group(
            AdvocacyGroup(network=other, name="X", country="IE"), by=person_with(Role.HELPDESK_ADULT, network=network)
        )
    assert AuditEvent.objects.filter(event="places_changed", detail__kind="advocacy").count() == 2


def test_the_form_of_a_membership_begins_with_what_is_true_today(coordinator):
    """Saving it unread changes nothing."""
    network = coordinator.memberships.get().network
    centre = CentreFactory()
    actions.place_centre(centre, network=network, kind="affiliated", until=None, by=coordinator)
    page = signed_in(coordinator).get(centre.get_absolute_url(), secure=True)
    assert page.context["place"].initial == {"network": network.pk, "kind": "affiliated", "until": None}


def test_a_search_keeps_its_words_on_the_next_page(coordinator):
    network = coordinator.memberships.get().network
    for number in range(31):
        actions.add_centre(
            name=f"Bone & Joint {number}", city="Cork", country="IE", network=network, kind="full", by=coordinator
        )
    page = signed_in(coordinator).get(reverse("people:centres"), {"q": "bone & joint"}, secure=True).content.decode()
    assert 'href="?q=bone+%26+joint&amp;page=2"' in page
    assert "Next" in page


def test_people_and_hospitals_are_found_in_every_alphabet(coordinator):
    network = Network.objects.get()
    greek = CentreFactory(name="Γενικό Νοσοκομείο Λάρισας", city="Λάρισα", network=network)
    person = UserFactory(display_name="Dr Zoë Wiśniewska-Łuczak", email="zoe@klinik.example", centre=greek)
    for path, words, wanted in (
        (reverse("people:centres"), "νοσοκομειο λαρισα", greek.name),
        (reverse("people:list"), "zoe luczak", person.display_name),
        (reverse("people:list"), "ΛΑΡΙΣΑΣ", person.display_name),
        (reverse("people:list"), "zoe@klinik", person.display_name),
    ):
        assert wanted in signed_in(coordinator).get(path, {"q": words}).content.decode(), words
        assert wanted not in signed_in(coordinator).get(path, {"q": f"{words} zebra"}).content.decode(), words
