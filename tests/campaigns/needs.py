"""What is made ready before a route is pressed, and the words that take the world to be known."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from allauth.usersessions.models import UserSession

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.models import User
from cpms.accounts.roles import Role
from helpdesk.models import FigureFile
from helpdesk.tickets import actions as tickets
from outcomes.models import FollowUp, OutcomeDocument, SurveyRound
from outcomes.states import DocumentState
from panels import actions as panels
from panels.meetings import actions as meetings
from panels.models import Assist
from tests.access.world import World
from tests.clients import signed_in
from tests.factories import UserFactory, give_role


def day(ahead: int) -> str:
    return (clock.rights_day() + dt.timedelta(days=ahead)).isoformat()


def of_group(world: World) -> str:
    return f"g{world.other.group.pk}"


def never_used(world: World) -> User:
    return UserFactory(centre=world.story.lead.centre, activated_at=None)


def row_of_expertise(world: World) -> dict[str, Any]:
    return {"row": world.story.lead.expertise.create(system="GENE", code="CYP21A2", name="CYP21A2").pk}


def other_session(world: World) -> dict[str, Any]:
    signed_in(world.story.lead)
    return {"session": UserSession.objects.filter(user=world.story.lead).earliest("pk").pk}


def running_assist(world: World) -> dict[str, Any]:
    return {"assist": Assist.objects.running().get().pk}


def declined(world: World) -> dict[str, Any]:
    asked = world.people["invited"]
    return {"key": panels.decline(world.story.invitation(asked), reason="time", by=asked).pk}


def kept_filter(world: World) -> dict[str, Any]:
    return {"key": panels.save_filter("state=open", label="Open", by=world.story.lead).pk}


def escalated(world: World) -> dict[str, Any]:
    tickets.escalate(world.ticket, by=world.people["helpdesk"])
    return {}


def failed_file(world: World) -> dict[str, Any]:
    FigureFile.objects.filter(pk=world.figures.pk).update(state="failed", data=None, made_at=None)
    return {}


def failed_document(world: World) -> dict[str, Any]:
    OutcomeDocument.objects.filter(pk=world.document.pk).update(state=DocumentState.FAILED, pdf=None, made_at=None)
    return {}


def gone_clinician(world: World) -> dict[str, Any]:
    """The lead has left, so the hospital hands over; somebody of it can take."""
    accounts.leave_centre(User.objects.get(pk=world.story.lead.pk), by=world.people["network_coordinator"])
    return {}


def calendar_address(world: World) -> dict[str, Any]:
    meetings.renew_feed(by=world.story.lead)
    return {}


def in_group(world: World) -> dict[str, Any]:
    world.people["outsider"].groups_of_interest.add(world.story.group)
    return {}


def in_series(world: World) -> dict[str, Any]:
    meetings.add_people(world.series, people=[world.people["member"]], by=world.people["network_coordinator"])
    return {}


def next_of_series(world: World) -> Any:
    return world.series.meetings.earliest("starts_at")


def brought(world: World) -> dict[str, Any]:
    meetings.bring(world.story.fresh(), to=next_of_series(world), invite=False, by=world.story.lead)
    return {}


def both(world: World) -> dict[str, Any]:
    """Two panels on one agenda, of which the first can go second."""
    brought(world)
    item = next_of_series(world).agenda.get()
    item.meeting.agenda.create(panel=world.other.panel, position=item.position + 1)
    return {}


def never_opened(world: World) -> dict[str, Any]:
    """The world's draft was open before: nobody was asked, and it lies before no group."""
    world.story.panel.dispatches.all().delete()
    return {}


def followed_up(world: World) -> dict[str, Any]:
    FollowUp.objects.create(panel=world.story.fresh(), months=3, closed_on=clock.today(), key=world.story.patient.key)
    return {}


def told_of(world: World) -> dict[str, Any]:
    """A ticket with the core helpdesk, and an entry of its kind on the public page."""
    words = {"title": "Slow list", "words": "", "state": "planned"}
    tickets.publish("bug", by=world.people["core_helpdesk"], **words)
    return escalated(world)


def meeting_began(world: World) -> dict[str, Any]:
    world.series.meetings.model.objects.filter(pk=world.meeting.pk).update(starts_at=world.story.yesterday)
    return {}


def no_survey_yet(world: World) -> dict[str, Any]:
    SurveyRound.objects.filter(pk=world.survey.pk).delete()
    return {}


def helpdesk_elsewhere(world: World) -> dict[str, Any]:
    give_role(UserFactory(role="none"), Role.HELPDESK_ADULT, network=world.other.group.network)
    return {}


def offered(world: World) -> dict[str, Any]:
    """Who is shown before a series is planned."""
    return {"offered": [world.people["member"].pk], "people": [world.people["member"].pk]}


def endo(world: World) -> dict[str, Any]:
    return {"network": world.story.group.network.pk}


def file_of(data: bytes, name: str) -> io.BytesIO:
    file = io.BytesIO(data)
    file.name = name
    return file


def taking(world: World) -> dict[str, Any]:
    return {"to": world.people["colleague"].pk, "everyone": "on", "patients": [world.story.patient.pk]}


def newest(world: World) -> dict[str, Any]:
    """The version of the outcome as its page shows it."""
    return {"version": world.story.fresh().outcome.version}
