"""Schedule a meeting, see it, take its calendar file, say that it was held."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access, ask
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.audit import actions as audit
from cpms.audit.states import Event
from panels.meetings import actions
from panels.meetings.calendars import calendar_file
from panels.meetings.forms import MeetingForm
from panels.meetings.models import Meeting
from panels.models import Panel


@access("meetings:schedule", object=Panel, kwarg="ref", verb=Permission.MEETING_SCHEDULE, methods=READ | WRITE)
def schedule(request: HttpRequest, panel: Panel) -> HttpResponse:
    form = MeetingForm(request.POST or None)
    if form.is_valid():
        wanted = {name: form.cleaned_data[name] for name in ("starts_at", "minutes", "link")}
        meeting = actions.schedule(panel, by=request.user, **wanted)
        messages.success(request, "The meeting is planned. Members get a mail with a calendar entry.")
        return redirect(meeting)
    context = {"form": form, "panel": panel}
    return render(request, "meetings/meeting_form.html", context, status=422 if form.errors else 200)


def panels_of(request: HttpRequest, meeting: Meeting) -> list[Panel]:
    """The meeting's panels that this person sees, and a read event for them."""
    panels = list(Panel.objects.visible_to(request.user).filter(agenda_items__meeting=meeting).with_case())
    audit.record_list(Event.PATIENT_READ, panels, by=request.user)
    return panels


@access("meetings:detail", object=Meeting, verb=Permission.MEETING_READ)
def detail(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    context: dict[str, Any] = {
        "meeting": meeting,
        "panels": panels_of(request, meeting),
        "attendance": meeting.attendance.select_related("who__centre").order_by("who__display_name"),
        "may_hold": ask(Permission.MEETING_HOLD, request.user, meeting),
    }
    return render(request, "meetings/detail.html", context)


@access("meetings:calendar", object=Meeting, verb=Permission.MEETING_READ)
def calendar(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """The calendar file for downloading: numbers only, as in the mail."""
    seen = Panel.objects.visible_to(request.user).filter(agenda_items__meeting=meeting)
    text = calendar_file(meeting, list(seen.values_list("ref", flat=True)))
    headers = {"Content-Disposition": 'attachment; filename="cpms-meeting.ics"'}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


@access("meetings:hold", object=Meeting, verb=Permission.MEETING_HOLD, methods=WRITE)
def hold(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    asked = {str(pk) for pk in meeting.attendance.values_list("who_id", flat=True)}
    actions.hold(meeting, present=[pk for pk in request.POST.getlist("present") if pk in asked], by=request.user)
    messages.success(request, "Noted. The outcome can be written now.")
    return redirect(meeting)
