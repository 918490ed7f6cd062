"""A hospital of two networks opens panels in either; what a panel grows from says in which."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import CentreMembership, Delegation, Network
from cpms.accounts.roles import Role
from panels import actions as panels
from panels.models import Panel, Referral
from tests.clients import signed_in
from tests.factories import GroupFactory, NetworkFactory, Story, UserFactory, canary, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
TYPED = {
    "stage_1": "given",
    "given_by": "patient",
    "given_on": "2026-01-05",
    "sex": "female",
    "birth_year": "2001",
    "country": "FI",
    "route": "own",
}
NEW = "panels:new"


@pytest.fixture
def bond():
    return Network.objects.create(code="BOND", name="ERN BOND")


@pytest.fixture
def lead(bond):
    """Of a hospital that belongs to Endo-ERN and ERN BOND."""
    person = UserFactory(display_name="Dr Two Networks")
    CentreMembership.objects.create(centre=person.centre, network=bond, kind="full", since=clock.rights_day())
    return person


def start(person, **more):
    return signed_in(person).post(reverse(NEW), TYPED | more)


@pytest.mark.parametrize("code", ["BOND", "ENDO"])
def test_the_network_is_asked_for_and_its_groups_are_offered(lead, code):
    groups = {one: GroupFactory(network=Network.objects.get_or_create(code=one)[0]) for one in ("BOND", "ENDO")}
    assert "network" in start(lead).context["form"].errors
    network = Network.objects.get(code=code)
    assert start(lead, network=network.pk).status_code == 302
    panel = Panel.objects.get()
    assert (panel.network, panel.ref[:4]) == (network, code)
    form = signed_in(lead).get(reverse("panels:prepare", args=[panel.ref])).context["form"]
    assert list(form.fields["group"].queryset) == [groups[code]]


def test_with_one_network_nothing_is_asked(bond):
    alone = UserFactory()
    assert "network" not in signed_in(alone).get(reverse(NEW)).context["form"].fields
    assert start(alone, network=bond.pk).status_code == 302
    assert Panel.objects.get().network == NetworkFactory()


def test_a_network_the_hospital_left_is_neither_offered_nor_taken(lead, bond):
    yesterday = clock.rights_day().replace(year=2020)
    CentreMembership.objects.filter(network=bond).update(since=yesterday, until=yesterday)
    assert "network" not in signed_in(lead).get(reverse(NEW)).context["form"].fields
    case = Story().case
    with pytest.raises(Refused, match="does not belong"):
        panels.draft_panel(case, network=bond, by=case.patient.enrolled_by)


@pytest.mark.parametrize("code", ["BOND", "ENDO"])
def test_a_question_brings_its_network_and_group_along(lead, code):
    group = GroupFactory(network=Network.objects.get_or_create(code=code)[0])
    question = panels.ask_group(group, text=canary("grown"), by=lead)
    form = signed_in(lead).get(f"{reverse(NEW)}?question={question.pk}").context["form"]
    assert "network" not in form.fields
    assert start(lead, question=question.pk).status_code == 302
    panel = Panel.objects.get()
    assert (panel.network, panel.group, panel.question) == (group.network, group, canary("grown"))


def test_a_question_to_a_group_below_brings_the_main_group(lead):
    main = GroupFactory()
    below = GroupFactory(network=main.network, number=11, name="Adrenal tumours", parent=main)
    question = panels.ask_group(below, text="A dose?", by=lead)
    start(lead, question=question.pk)
    assert Panel.objects.get().group == main


def test_a_question_to_a_network_elsewhere_leaves_the_group_open(lead):
    far = GroupFactory(network=Network.objects.create(code="NEURO", name="ERN-RND"), name="Ataxia")
    question = panels.ask_group(far, text="A dose?", by=lead)
    assert "network" in start(lead, question=question.pk).context["form"].errors
    assert start(lead, question=question.pk, network=NetworkFactory().pk).status_code == 302
    panel = Panel.objects.get()
    assert (panel.network, panel.group, panel.question) == (NetworkFactory(), None, "A dose?")


@pytest.mark.parametrize("code", ["BOND", "ENDO"])
def test_a_referral_brings_its_network_and_group_along(lead, code):
    network = Network.objects.get_or_create(code=code)[0]
    group = GroupFactory(network=network)
    give_role(coordinator := UserFactory(role="none"), Role.GROUP_COORDINATOR, group=group)
    words = {"name": "Dr Far Away", "hospital": "County Hospital", "country": "IE", "urgency": "soon"}
    panels.refer("far@outside.example", text="Whom to ask?", network=network, group=group, by=None, **words)
    referral = Referral.objects.get()
    panels.accept_referral(referral, clinician=lead, by=coordinator)
    assert start(lead, referral=referral.pk).status_code == 302
    assert (Panel.objects.get().network, Panel.objects.get().group) == (network, group)


def test_an_assistant_chooses_too(lead, bond):
    helper = UserFactory(role="none", centre=lead.centre)
    Delegation.objects.create(assistant=helper, clinician=lead)
    assert "network" in start(helper, clinician=lead.pk).context["form"].errors
    assert start(helper, clinician=lead.pk, network=bond.pk).status_code == 302
    assert (Panel.objects.get().lead, Panel.objects.get().network) == (lead, bond)


def test_a_further_panel_of_a_patient_stays_in_the_network_or_goes_to_the_other(lead, bond):
    start(lead, network=NetworkFactory().pk)
    client, first = signed_in(lead), Panel.objects.get()
    patient = first.case.patient
    page = client.get(patient.get_absolute_url()).content.decode()
    assert f'name="network" value="{bond.pk}"' in page
    again = reverse("panels:again", args=[patient.pseudonym])
    client.post(again)
    client.post(again, {"network": bond.pk})
    client.post(again, {"network": "nothing"})
    networks = Panel.objects.order_by("drafted_at").values_list("network__code", flat=True)
    assert list(networks) == ["ENDO", "ENDO", "BOND", "BOND"]
