"""A poll of dates: proposed by the treating side, answered by everybody in the panel."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access, ask
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from panels.meetings import actions, queries
from panels.meetings.forms import CanForm, DatesForm
from panels.meetings.models import DatePoll
from panels.models import Panel


@access("meetings:propose", object=Panel, kwarg="ref", verb=Permission.DATES_PROPOSE, methods=READ | WRITE)
def propose(request: HttpRequest, panel: Panel) -> HttpResponse:
    form = DatesForm(request.POST or None)
    if form.is_valid():
        wanted = {"minutes": form.cleaned_data["minutes"], "link": form.cleaned_data["link"]}
        poll = actions.propose_dates(panel, dates=form.dates, by=request.user, **wanted)
        messages.success(request, "Everybody in the panel is asked which date suits.")
        return redirect(poll)
    context = {"form": form, "panel": panel}
    return render(request, "meetings/propose.html", context, status=422 if form.errors else 200)


@access("meetings:dates", object=DatePoll, verb=Permission.DATES_READ)
def dates(request: HttpRequest, poll: DatePoll) -> HttpResponse:
    """One's own answers, and how the dates suit the others. Names and times, nothing of the case."""
    rows = queries.dates_of(poll)
    context = {
        "poll": poll,
        "rows": rows,
        "form": CanForm(rows=rows, who=request.user),
        "may_answer": ask(Permission.DATES_ANSWER, request.user, poll),
        "may_pick": ask(Permission.DATES_PICK, request.user, poll),
    }
    return render(request, "meetings/dates.html", context)


@access("meetings:can_come", object=DatePoll, verb=Permission.DATES_ANSWER, methods=WRITE)
def can_come(request: HttpRequest, poll: DatePoll) -> HttpResponse:
    form = CanForm(request.POST, rows=queries.dates_of(poll), who=request.user)
    if form.is_valid():
        actions.answer_dates(poll, answers=form.answers, by=request.user)
        messages.success(request, "Thank you. You can change your answer until a date is picked.")
    return redirect(poll)


@access("meetings:pick", object=DatePoll, verb=Permission.DATES_PICK, methods=WRITE)
def pick(request: HttpRequest, poll: DatePoll) -> HttpResponse:
    date = {str(row.pk): row for row in poll.dates.all()}.get(request.POST.get("date", ""))
    if date is None:
        return redirect(poll)
    meeting = actions.pick_date(poll, date=date, by=request.user)
    messages.success(request, "The meeting is planned. Members get a mail with a calendar entry.")
    return redirect(meeting)


@access("meetings:end_dates", object=DatePoll, verb=Permission.DATES_PICK, methods=WRITE)
def end_dates(request: HttpRequest, poll: DatePoll) -> HttpResponse:
    actions.end_dates(poll, by=request.user)
    messages.success(request, "Ended. Nobody is asked about these dates any more.")
    return redirect(poll)
