"""A coordinator chooses among many people: a page offers few of them, and everybody is found by what is typed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cpms.accounts.models import CentreMembership, Network
from cpms.accounts.roles import Role
from panels import actions as panels
from panels.forms.dispatching import MOST_OFFERED
from panels.models import Dispatch, Referral
from panels.states import Urgency
from tests.clients import signed_in
from tests.factories import CentreFactory, GroupFactory, Story, UserFactory, canary, give_role

pytestmark = pytest.mark.django_db


def coordinator_of(group):
    person = UserFactory(role="none")
    give_role(person, Role.GROUP_COORDINATOR, group=group)
    return person


def boxes(response, name):
    return response.content.decode().count(f'name="{name}"')


@pytest.fixture
def dispatch():
    story = Story()
    story.coordinator = coordinator_of(story.group)
    for n in range(MOST_OFFERED + 5):
        UserFactory(display_name=f"Dr Many {n:02}", centre=story.expert.centre).groups_of_interest.add(story.group)
    last = UserFactory(display_name="Prof Zoë Zürcher", centre=story.expert.centre)
    last.groups_of_interest.add(story.group)
    story.open(story.expert)
    found = Dispatch.objects.get()
    found.by, found.last = signed_in(story.coordinator), last
    return found


def test_a_dispatch_offers_few_and_finds_the_others_whatever_the_accents(dispatch):
    page = dispatch.by.get(dispatch.get_absolute_url())
    assert boxes(page, "people") == MOST_OFFERED
    assert "Zürcher" not in page.content.decode()
    found = dispatch.by.get(dispatch.get_absolute_url(), {"q": "zurch zoe"})
    assert boxes(found, "people") == 1
    assert "Zürcher" in found.content.decode()


def test_who_was_ticked_and_is_not_offered_is_named_all_the_same(dispatch):
    dispatch.by.post(reverse("panels:take_up", args=[dispatch.pk]), {"people": [str(dispatch.last.pk)]})
    assert list(dispatch.proposed.all()) == [dispatch.last]


def test_a_tick_stands_first_on_the_page_shown_again(dispatch):
    typed = {"people": [str(dispatch.last.pk), "nobody"]}
    page = dispatch.by.post(reverse("panels:take_up", args=[dispatch.pk]), typed)
    assert page.status_code == 422
    assert f'id="name-{dispatch.last.pk}" checked' in page.content.decode()


def test_a_network_as_a_whole_names_people_of_its_hospitals_and_groups_and_no_others():
    """Also once it was taken up and help is asked for."""
    bone = Network.objects.create(code="BOND", name="ERN BOND")
    give_role(wide := UserFactory(role="none"), Role.NETWORK_COORDINATOR, network=bone)
    here = UserFactory(display_name="Dr Bone Hospital", centre=CentreFactory(network=bone))
    takes_part = UserFactory(display_name="Dr Takes Part")
    takes_part.groups_of_interest.add(GroupFactory(network=bone, name="Bone"))
    left = UserFactory(display_name="Dr Left Hospital", centre=CentreFactory(network=bone))
    CentreMembership.objects.filter(centre=left.centre).update(since="2020-01-01", until="2020-12-31")
    story = Story()
    story.open()
    row = panels.address(story.fresh(), network=bone, by=story.lead)
    client = signed_in(wide)
    client.post(reverse("panels:take_up", args=[row.pk]))
    page = client.get(row.get_absolute_url()).content.decode()
    assert "Name people" in page
    shown = {name: name in page for name in ("Dr Bone Hospital", "Dr Takes Part", "Dr Left Hospital")}
    assert shown == {"Dr Bone Hospital": True, "Dr Takes Part": True, "Dr Left Hospital": False}
    client.post(reverse("panels:name_people", args=[row.pk]), {"people": [str(here.pk), str(takes_part.pk)]})
    assert set(row.proposed.all()) == {here, takes_part}
    assert client.post(reverse("panels:name_people", args=[row.pk]), {"people": [str(left.pk)]}).status_code == 422


@pytest.fixture
def referral():
    group = GroupFactory()
    panels.refer(
        "far@outside.example",
        network=group.network,
        group=group,
        name="Dr Far Away",
        hospital="County Hospital",
        country="IE",
        text=canary("referral"),
        urgency=Urgency.SOON,
        by=None,
    )
    found = Referral.objects.get()
    found.by = signed_in(coordinator_of(group))
    return found


def test_a_referral_offers_the_physicians_country_and_finds_the_others(referral):
    here = CentreFactory(name="Galway", country="IE", network=referral.network)
    there = CentreFactory(name="Wrocław", country="PL", network=referral.network)
    UserFactory(display_name="Dr Near", centre=here)
    far = UserFactory(display_name="Dr Elsewhere", centre=there)
    page = referral.by.get(referral.get_absolute_url()).content.decode()
    assert "Dr Near" in page
    assert "Dr Elsewhere" not in page
    found = referral.by.get(referral.get_absolute_url(), {"q": "wroclaw"}).content.decode()
    assert "Dr Elsewhere" in found
    assert "Dr Near" not in found
    referral.by.post(reverse("panels:accept_referral", args=[referral.pk]), {"clinician": str(far.pk)})
    referral.refresh_from_db()
    assert referral.clinician == far


def test_nobody_of_the_country_is_said_and_others_are_offered(referral):
    there = CentreFactory(country="PL", network=referral.network)
    UserFactory(display_name="Dr Elsewhere", centre=there)
    page = referral.by.get(referral.get_absolute_url()).content.decode()
    assert "Nobody of Ireland is here yet" in page
    assert "Dr Elsewhere" in page
    nobody = referral.by.get(referral.get_absolute_url(), {"q": "qqq"}).content.decode()
    assert "Nobody of that name" in nobody


def test_a_broken_choice_is_refused_beside_the_field(referral):
    UserFactory()
    page = referral.by.post(reverse("panels:accept_referral", args=[referral.pk]), {"clinician": "nobody"})
    assert page.status_code == 422
    assert 'id="id_clinician_error"' in page.content.decode()
