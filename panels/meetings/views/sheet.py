"""The meeting's sheet: one screen for the chair, the same to read for everybody else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cpms.accounts.access import access, ask, record_read
from cpms.accounts.access.routes import READ, WRITE, load_for
from cpms.accounts.roles import Permission
from cpms.drafts import queries as drafts
from panels import queries as panels
from panels.cases.queries import allowed, case_parts
from panels.meetings import actions, queries
from panels.meetings.forms import DecisionForm
from panels.meetings.models import AgendaItem, Meeting, MeetingDecision
from panels.meetings.policy import look_once_at_agenda
from panels.meetings.states import Turn
from panels.models import Panel


def sheet_of(meeting: Meeting, ref: str = "") -> str:
    """The sheet's address, open at one panel."""
    return reverse("meetings:sheet", args=[meeting.pk]) + (f"?panel={ref}" if ref else "")


def live(request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
    """What changes while the meeting runs. A read event is written for the panel whose decisions are shown."""
    look_once_at_agenda(meeting)
    attendance = queries.attendance_of(meeting)
    lines = queries.running_order(meeting, request.user, attendance)
    turn = queries.whose_turn(lines)
    chosen = next((line for line in lines if line.ref == request.GET.get("panel")), None)
    shown = chosen or turn
    panel = shown.panel if shown else None
    if panel is not None and shown is not None:
        shown.item.meeting, shown.item.panel = meeting, panel
        record_read(panel, by=request.user)
    may_run = ask(Permission.MEETING_CHANGE, request.user, meeting)
    return {
        "meeting": meeting,
        "lines": lines,
        "turn": turn,
        "shown": shown,
        "panel": panel,
        "follows": chosen is None,
        "place": lines.index(shown) + 1 if shown else 0,
        "decisions": queries.decided(shown.item) if panel is not None and shown is not None else [],
        "attendance": attendance,
        "present": sum(bool(row.present) for row in attendance),
        "may_run": may_run,
        "may_hold": ask(Permission.MEETING_HOLD, request.user, meeting),
        "may_join": ask(Permission.MEETING_JOIN, request.user, meeting),
        "may_decide": ask(Permission.MEETING_DECIDE, request.user, shown.item) if panel and shown else None,
        "stamp": queries.stamp(meeting),
        "ends": queries.expected_end(meeting, lines),
    }


@access("meetings:sheet", object=Meeting, verb=Permission.MEETING_READ)
def sheet(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Without a panel named, it follows whose turn it is."""
    context = live(request, meeting)
    panel, shown = context["panel"], context["shown"]
    if panel is not None:
        typed = drafts.fields_of(queries.draft_of(shown.item), by=request.user) if context["may_decide"] else {}
        context |= {
            "case": case_parts(panel.case),
            "consent": allowed(panel.case),
            "points": queries.to_decide(panel),
            "form": DecisionForm(initial=typed, people=panels.people_in(panel)),
            "draft": queries.draft_of(shown.item),
        }
    return render(request, "meetings/sheet.html", context)


@access("meetings:live", object=Meeting, verb=Permission.MEETING_READ)
def parts(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Polled by the open sheet: 204 when nothing changed since, else the parts that may have."""
    if request.GET.get("seen") == queries.stamp(meeting):
        return HttpResponse(status=204)
    return render(request, "meetings/_live.html", live(request, meeting))


@access("meetings:turn", object=Meeting, verb=Permission.MEETING_CHANGE, methods=WRITE)
def turn(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """The chair's clock; on to the next panel's sheet."""
    ref, asked = request.POST.get("panel", ""), request.POST.get("do", "")
    item = actions.turn(meeting, ref=ref, do=Turn(asked), by=request.user) if asked in Turn.values else None
    return redirect(sheet_of(meeting, item.panel.ref if item else ""))


@access("meetings:join", object=Meeting, verb=Permission.MEETING_JOIN)
def join(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """A link, so that the browser may go on to another host; joining near the time says that one is there."""
    return elsewhere(actions.join(meeting, by=request.user))


@access("meetings:talk", object=Panel, kwarg="ref", verb=Permission.MEETING_TALK)
def talk(request: HttpRequest, panel: Panel) -> HttpResponse:
    """The room of today; a network without a server of its own has none."""
    return elsewhere(actions.talk(panel, by=request.user))


def elsewhere(address: str) -> HttpResponse:
    """To the video server: the address lets somebody in, so it is kept nowhere on the way."""
    response = redirect(address)
    response["Cache-Control"] = "no-store"
    return response


@access("meetings:present", object=Meeting, verb=Permission.MEETING_CHANGE, methods=WRITE)
def present(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    who = {str(row.pk): row for row in meeting.attendance.all()}.get(request.POST.get("row", ""))
    if who is not None:
        actions.tick(meeting, who=who.who_id, here=request.POST.get("here") == "yes", by=request.user)
    return redirect(sheet_of(meeting, request.POST.get("panel", "")))


@access("meetings:decide", object=AgendaItem, verb=Permission.MEETING_DECIDE, methods=READ | WRITE)
def decide(request: HttpRequest, item: AgendaItem) -> HttpResponse:
    """A new decision, or the correction of the one that ``decision`` names."""
    before = chosen_decision(request, item)
    draft = queries.draft_of(item, before)
    initial = {**queries.as_written(before), **drafts.fields_of(draft, by=request.user)}
    form = DecisionForm(request.POST or None, initial=initial, people=panels.people_in(item.panel))
    if request.method == "POST" and form.is_valid():
        if before is None:
            actions.decide(item, **form.values, by=request.user)
        else:
            actions.redecide(before, values=form.values, version=form.cleaned_data["version"] or 0, by=request.user)
            messages.success(request, "The decision is corrected.")
        return redirect(sheet_of(item.meeting, item.panel.ref))
    record_read(item, by=request.user)
    back = sheet_of(item.meeting, item.panel.ref)
    context = {"form": form, "item": item, "decision": before, "draft": draft, "back": back}
    return render(request, "meetings/decision.html", context, status=422 if form.errors else 200)


def chosen_decision(request: HttpRequest, item: AgendaItem) -> MeetingDecision | None:
    """The decision that the address names, when it is one on this panel. Raises ``Http404``."""
    key = request.GET.get("decision") or request.POST.get("decision")
    if not key:
        return None
    try:
        found = load_for(request.user, MeetingDecision, key)
    except ValidationError as error:
        raise Http404 from error
    if found.item_id != item.pk:
        raise Http404
    found.item = item
    return found
