"""The way into a meeting's room, and into a room that is kept nowhere; the network's server that gives rooms."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.vault import actions as vault
from panels.meetings import queries, video
from panels.meetings.models import Attendance, Meeting, VideoService
from panels.meetings.policy import chairs, may_join, may_talk
from panels.models import Panel
from panels.policy import part_of
from panels.states import Part

EARLY, LATE = dt.timedelta(minutes=30), dt.timedelta(hours=2)
"""How long before its begin and after its end joining counts as being there."""
NO_SERVER = (
    "The network has no video server of its own. Plan a meeting with the link of a system that your hospital allows."
)


@transaction.atomic
def join(meeting: Meeting, *, by: Any) -> str:
    """The way in, made for this person now; near the meeting's time it also ticks them as being there. The meeting is read afresh,
    but not held: a video server may take its time to answer."""
    current = Meeting.objects.select_related("series").get(pk=meeting.pk)
    if not (verdict := may_join(by, current)):
        raise Refused(verdict.reason)
    address = current.link or room_of(current, by)
    now = clock.now()
    if current.starts_at - EARLY <= now <= current.ends_at + LATE:
        here = {"present": True, "joined_at": now, "centre_id": by.centre_id}
        Attendance.objects.update_or_create(meeting=current, who=by, defaults=here)
    audit.record(Event.MEETING_JOINED, on=current, by=by)
    return address


def room_of(meeting: Meeting, person: Any) -> str:
    if not meeting.room:
        raise Refused("This meeting has no video link. Who called it says where it takes place.")
    service = queries.service_of(meeting)
    if service is None:
        raise Refused(NO_SERVER)
    return let_in(service, meeting.room, person, moderator=chairs(person, meeting))


def let_in(service: VideoService, room: str, person: Any, *, moderator: bool) -> str:
    try:
        return video.way_in(service, room, video.Visitor(str(person.pk), person.display_name, moderator))
    except video.NoWayIn as refusal:
        raise Refused(str(refusal)) from refusal


@transaction.atomic
def talk(panel: Panel, *, by: Any) -> str:
    """Into the panel's room of today: nobody is invited, no meeting and no attendance is kept; who went in is in the audit."""
    if not (verdict := may_talk(by, panel)):
        raise Refused(verdict.reason)
    service = queries.server_for([panel.network_id])
    if service is None:
        raise Refused(NO_SERVER)
    treating = part_of(by, panel) == Part.TREATING
    address = let_in(service, video.passing_room(service, panel), by, moderator=treating)
    audit.record(Event.MEETING_JOINED, on=panel, by=by, verb="nothing kept")
    return address


@transaction.atomic
def save_service(service: VideoService, *, secret: str, by: Any) -> VideoService:
    """Set a network's video server; an empty ``secret`` leaves the one it has."""
    fresh = service._state.adding
    if fresh:
        service.key = vault.new_key()
    if secret:
        service.secret = secret
    service.changed_at, service.changed_by = clock.now(), by
    service.save(force_insert=fresh)
    audit.record(Event.VIDEO_CHANGED, on=service, by=by, kind=service.kind)
    return service
