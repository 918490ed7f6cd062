"""Another weekday, hour, rhythm or zone for a series: what changes is shown first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from panels.meetings import actions, queries
from panels.meetings.forms import HomesForm, RescheduleForm
from panels.meetings.models import MeetingSeries


@access("meetings:series_when", object=MeetingSeries, verb=Permission.SERIES_CHANGE, methods=READ | WRITE)
def reschedule(request: HttpRequest, chosen: MeetingSeries) -> HttpResponse:
    """From one of the coming dates on. Nothing is done that was not shown: old and new dates, and where each panel goes."""
    coming = queries.planned(chosen)
    form = RescheduleForm(request.POST or None, series=chosen, coming=coming, initial=as_it_is(chosen, coming))
    if not form.is_valid():
        return page(request, chosen, form, status=422 if form.errors else 200)
    clean = form.cleaned_data
    change = queries.what_changes(chosen, since=clean["since"], plan=clean["plan"])
    if request.POST.get("shown") != change.stamp:
        typed = {name: request.POST[name] for name in request.POST if name.startswith("home-")}
        return page(request, chosen, form, change=change, homes=HomesForm(change=change, initial=typed))
    homes = HomesForm(request.POST, change=change)
    if not homes.is_valid():
        return page(request, chosen, form, change=change, homes=homes, status=422)
    wanted = {"since": clean["since"], "plan": clean["plan"], "seen": clean["version"], "homes": homes.homes}
    actions.reschedule(chosen, by=request.user, **wanted)
    messages.success(request, "Changed. Everybody concerned gets a mail, and their calendars follow.")
    return redirect(chosen)


def as_it_is(series: MeetingSeries, coming: list[Any]) -> dict[str, Any]:
    """The plan as it stands, from the next date on."""
    plan = series.plan
    following = {"since": f"{coming[0].day}", "day": coming[0].day} if coming else {}
    return {**following, "time": plan.at, "rhythm": plan.rhythm, "zone": plan.zone, "version": series.version}


def page(request: HttpRequest, series: MeetingSeries, form: Any, *, status: int = 200, **shown: Any) -> HttpResponse:
    context = {"series": series, "form": form, "change": None, "homes": None, **shown}
    return render(request, "meetings/series_when.html", context, status=status)
