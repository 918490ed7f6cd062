"""Refusals that no page leads to, because it asks before it offers: the actions hold them all the same."""

from __future__ import annotations

import datetime as dt

import pytest
from django.http import HttpResponse
from django.urls import path

from consent.states import Giver, askings
from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused, ask
from cpms.accounts.access.routes import still_open
from cpms.accounts.models import User
from cpms.accounts.policy import Post
from cpms.accounts.roles import Permission, Role
from panels import actions as panels
from panels.meetings import actions as meetings
from panels.meetings.models import Meeting
from panels.models import Panel
from panels.states import State
from tests.factories import NetworkFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db
urlpatterns = [path("undeclared/", lambda _request: HttpResponse("open"), name="undeclared")]


@pytest.fixture
def story():
    story = Story()
    story.open()
    return story


def test_a_role_is_given_and_ended_by_nobody_else():
    person, stranger, network = UserFactory(), UserFactory(), NetworkFactory(code="BOND", name="ERN BOND")
    with pytest.raises(Refused, match="do not let you give"):
        accounts.give_post(person, Post(Role.CLINICIAN, centre=person.centre), by=stranger)
    held = give_role(person, Role.RESEARCHER, network=network)
    with pytest.raises(Refused):
        accounts.end_role(held, by=stranger)
    held.refresh_from_db()
    assert held.ended_at is None


def test_an_invitation_is_for_the_person_at_the_hospital_and_waits_while_the_panel_is_closed(story):
    panels.invite_experts(story.fresh(), people=[story.expert], by=story.lead)
    assert ask(Permission.INVITATION_ANSWER, story.expert, story.invitation(story.expert))
    gone = User.objects.get(pk=story.expert.pk)
    gone.centre = None
    assert "of your hospital" in ask(Permission.INVITATION_ANSWER, gone, story.invitation(story.expert)).reason
    Panel.objects.filter(pk=story.panel.pk).update(state=State.CLOSED, closed_at=clock.now())
    assert not ask(Permission.INVITATION_ANSWER, story.expert, story.fresh().invitations.get(invitee=story.expert))


def test_a_closed_panel_without_an_outcome_has_nothing_to_correct(story):
    Panel.objects.filter(pk=story.panel.pk).update(state=State.CLOSED, closed_at=clock.now())
    assert ask(Permission.OUTCOME_CORRECT, story.lead, story.fresh()).reason == "There is no outcome to correct."


def test_nothing_is_decided_in_a_cancelled_meeting(story):
    when = {"starts_at": clock.now() + dt.timedelta(days=2), "minutes": 30, "link": "https://video.example/x"}
    meeting = meetings.schedule(story.fresh(), by=story.lead, **when)
    item = meeting.agenda.select_related("meeting", "panel__case__patient").get()
    assert ask(Permission.MEETING_DECIDE, story.lead, item)
    Meeting.objects.filter(pk=meeting.pk).update(state="cancelled")
    assert not ask(Permission.MEETING_DECIDE, story.lead, meeting.agenda.select_related("meeting").get())


@pytest.mark.parametrize(("giver", "asked"), [(Giver.PARENT, 1), (Giver.REPRESENTATIVE, 0), (Giver.PATIENT, 0)])
def test_what_parents_gave_in_the_year_of_the_birthday_is_asked_when_the_year_is_over(giver, asked):
    of_age = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    assert [(one.opens, one.due) for one in askings(giver, dt.date(2026, 5, 4), None, of_age)] == [
        (of_age[1], of_age[1])
    ] * asked


def test_an_address_that_declares_nothing_is_listed_to_nobody(settings):
    settings.ROOT_URLCONF = __name__
    assert still_open(["/undeclared/", "/nowhere/"], UserFactory()) == set()
