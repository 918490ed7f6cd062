"""Pages that show something of a case say in a sentence what its patient's consents allow."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from consent import actions as consent
from consent.models import Consent, Review
from consent.states import ReviewKind
from cpms import clock
from cpms.accounts.roles import Role
from cpms.patients.models import Patient
from panels.meetings import actions as meetings
from panels.models import Dispatch
from tests.clients import signed_in
from tests.factories import Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def story():
    made = Story()
    made.open()
    made.seat(made.expert)
    return made


def says(person, address: str) -> bool:
    return "May be discussed in Endo-ERN" in signed_in(person).get(address).content.decode()


def test_beside_ones_own_words_and_views(story):
    said = story.contribute(story.expert)
    assert says(story.expert, reverse("panels:reword_statement", args=[said.pk]))
    assert says(story.lead, f"{reverse('panels:stance', args=[said.pk])}?kind=dissent")


@pytest.mark.parametrize("name", ["patients:detail", "patients:describe", "patients:erase", "panels:sight"])
def test_on_every_page_of_the_patient(story, name):
    assert says(story.lead, reverse(name, args=[story.patient.pseudonym]))


def test_where_consent_is_asked_for_again(story):
    Patient.objects.filter(pk=story.patient.pk).update(birth_year=clock.today().year - 18)
    Consent.objects.filter(patient=story.patient).update(given_on=clock.today() - dt.timedelta(days=730))
    consent.look_again(by=None)
    assert says(story.lead, Review.objects.get().get_absolute_url())


def test_where_data_is_kept_or_erased(story):
    review = Review.objects.create(patient=story.patient, kind=ReviewKind.RETENTION, due_on=clock.today())
    assert says(story.lead, review.get_absolute_url())


def test_of_a_patient_without_a_panel_it_names_the_networks_of_the_hospital():
    story = Story()
    assert says(story.lead, story.patient.get_absolute_url())
    story.patient.cases.all().update(patient=Story("b").patient)
    assert says(story.lead, story.patient.get_absolute_url())


def test_on_the_sheet_of_a_meeting(story):
    when = {"starts_at": clock.now() + dt.timedelta(days=2), "minutes": 30, "link": ""}
    meeting = meetings.schedule(story.fresh(), by=story.lead, **when)
    assert says(story.expert, reverse("meetings:sheet", args=[meeting.pk]))


def test_before_coordinators_who_see_the_question(story):
    coordinator = UserFactory(role="none")
    give_role(coordinator, Role.GROUP_COORDINATOR, group=story.group)
    assert says(coordinator, Dispatch.objects.get(panel=story.panel).get_absolute_url())
