"""Schedule a meeting, see it, move it, call it off, take its calendar file, say that it was held."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from cpms import clock
from cpms.accounts.access import access, ask, record_shown
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from panels import queries as panels
from panels.meetings import actions, queries
from panels.meetings.calendars import calendar_file, occurrence_file
from panels.meetings.forms import ChangeForm, MeetingForm, MoveForm, PlaceForm, SeenForm, TurnForm
from panels.meetings.models import AgendaItem, Meeting
from panels.meetings.policy import look_once_at_agenda
from panels.models import Panel

NOW_LASTS = 30


@access("meetings:schedule", object=Panel, kwarg="ref", verb=Permission.MEETING_SCHEDULE, methods=READ | WRITE)
def schedule(request: HttpRequest, panel: Panel) -> HttpResponse:
    form = MeetingForm(request.POST or None)
    if form.is_valid():
        wanted = {name: form.cleaned_data[name] for name in ("starts_at", "minutes", "link")}
        meeting = actions.schedule(panel, by=request.user, **wanted)
        messages.success(request, "The meeting is planned. Members get a mail with a calendar entry.")
        return redirect(meeting)
    context = {"form": form, "panel": panel, "server": queries.server_for([panel.network_id])}
    return render(request, "meetings/meeting_form.html", context, status=422 if form.errors else 200)


@access("meetings:meet_now", object=Panel, kwarg="ref", verb=Permission.MEETING_SCHEDULE, methods=WRITE)
def meet_now(request: HttpRequest, panel: Panel) -> HttpResponse:
    """A meeting that begins now, on the network's own server or without video; members are mailed, its sheet opens."""
    meeting = actions.schedule(panel, starts_at=clock.now(), minutes=NOW_LASTS, link="", by=request.user)
    messages.success(request, "The meeting has begun. Members get a mail with the way to it.")
    return redirect("meetings:sheet", meeting.pk)


@access("meetings:detail", object=Meeting, verb=Permission.MEETING_READ, lists_patients=True)
def detail(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """The agenda as far as this person sees it, with a read event for the panels shown."""
    look_once_at_agenda(meeting)
    agenda = queries.agenda(meeting, request.user)
    record_shown([slot.panel for slot in agenda if slot.panel], by=request.user)
    may_change = ask(Permission.MEETING_CHANGE, request.user, meeting)
    user: Any = request.user
    treating = set(user.serves())
    attendance = queries.attendance_of(meeting)
    context: dict[str, Any] = {
        "meeting": meeting,
        "agenda": agenda,
        "attendance": attendance,
        "now": clock.now().isoformat(),
        "may_join": ask(Permission.MEETING_JOIN, request.user, meeting),
        "may_hold": ask(Permission.MEETING_HOLD, request.user, meeting),
        "may_change": may_change,
        "may_order": may_change and len(agenda) > 1,
        "leads": {slot.ref for slot in agenda if slot.panel and slot.panel.treated_by_id in treating},
    }
    return render(request, "meetings/detail.html", context)


@access("meetings:move", object=Meeting, verb=Permission.MEETING_CHANGE, methods=READ | WRITE)
def move(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    local = timezone.localtime(meeting.starts_at)
    initial = {"day": local.date(), "time": local.time().replace(second=0), "version": meeting.sequence}
    form = MoveForm(request.POST or None, initial=initial)
    if form.is_valid():
        clean = form.cleaned_data
        actions.move(meeting, starts_at=clean["starts_at"], seen=clean["version"], by=request.user)
        messages.success(request, "Moved. Everybody asked gets a mail, and their calendars follow.")
        return redirect(meeting)
    return render(request, "meetings/move.html", {"form": form, "meeting": meeting}, status=422 if form.errors else 200)


@access("meetings:change", object=Meeting, verb=Permission.MEETING_CHANGE, methods=READ | WRITE)
def change(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Length and way in."""
    initial = {"minutes": meeting.minutes, "link": meeting.link, "version": meeting.sequence}
    form = ChangeForm(request.POST or None, initial=initial)
    if form.is_valid():
        clean = {**form.cleaned_data}
        actions.change(meeting, seen=clean.pop("version"), by=request.user, **clean)
        messages.success(request, "Changed. Everybody asked gets a mail, and their calendars follow.")
        return redirect(meeting)
    context = {"form": form, "meeting": meeting, "server": queries.service_of(meeting)}
    return render(request, "meetings/change.html", context, status=422 if form.errors else 200)


@access("meetings:call_off", object=Meeting, verb=Permission.MEETING_CHANGE, methods=WRITE)
def call_off(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    actions.call_off(meeting, by=request.user)
    messages.success(request, "Called off. Everybody asked gets a mail, and their calendars follow.")
    return redirect(meeting)


@access("meetings:order", object=Meeting, verb=Permission.MEETING_CHANGE, methods=WRITE)
def order(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    form = PlaceForm(request.POST)
    if form.is_valid():
        actions.put_in_order(meeting, **form.cleaned_data, by=request.user)
    return redirect(meeting)


@access("meetings:drop", object=Meeting, verb=Permission.MEETING_CHANGE, methods=WRITE)
def drop(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Off the agenda, by who keeps the series and may know no more of the panel than its number."""
    ref = request.POST.get("ref", "")
    if actions.drop(meeting, ref=ref, by=request.user):
        messages.success(request, f"{ref} is off the agenda. Its lead gets a mail.")
    else:
        messages.error(request, "The panel is not on this agenda any more.")
    return redirect(meeting)


@access("meetings:time", object=AgendaItem, verb=Permission.AGENDA_TIME, methods=READ | WRITE)
def time(request: HttpRequest, item: AgendaItem) -> HttpResponse:
    """Minutes of a panel's turn, and its presenter."""
    people = panels.people_in(item.panel)
    initial = {"minutes": item.minutes or item.meeting.minutes_for(item), "presenter": item.presenter_id}
    form = TurnForm(request.POST or None, initial=initial, people=people)
    if request.method == "POST" and form.is_valid():
        actions.give_time(item.meeting, ref=item.panel.ref, by=request.user, **form.cleaned_data)
        messages.success(request, "Noted. Who is concerned gets a notice.")
        return redirect(item.meeting)
    return render(request, "meetings/time.html", {"form": form, "item": item}, status=422 if form.errors else 200)


@access("meetings:calendar", object=Meeting, verb=Permission.MEETING_READ)
def calendar(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """The calendar file for downloading: numbers only, as in the mail."""
    if meeting.series and meeting.series.people.filter(pk=request.user.pk).exists():
        text = occurrence_file(meeting)  # the series is in their calendar: this is one of its days, not another entry
    else:
        seen = Panel.objects.visible_to(request.user).filter(agenda_items__meeting=meeting)
        text = calendar_file(meeting, list(seen.values_list("ref", flat=True)))
    headers = {"Content-Disposition": 'attachment; filename="cpms-meeting.ics"'}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


@access("meetings:hold", object=Meeting, verb=Permission.MEETING_HOLD, methods=WRITE)
def hold(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    if "as_ticked" in request.POST:
        actions.hold(meeting, present=None, by=request.user)
        messages.success(request, "Noted. The outcomes can be written now.")
        return redirect(meeting)
    asked = {str(pk): pk for pk in meeting.attendance.values_list("who_id", flat=True)}
    ticked = [*asked] if "everybody" in request.POST else request.POST.getlist("present")
    form = SeenForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else None
    before = [asked[pk] for pk in request.POST.getlist("ticked") if pk in asked]
    present = [asked[pk] for pk in ticked if pk in asked]
    actions.hold(meeting, present=present, seen=seen, ticked=before, by=request.user)
    messages.success(request, "Noted. The outcome can be written now.")
    return redirect(meeting)
