"""One's meetings, the series of one's groups, and panels brought to them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access, ask
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from panels.meetings import actions, queries
from panels.meetings.forms import BringForm, PeopleForm, SeriesChangeForm, SeriesForm, TakeOffForm
from panels.meetings.models import MeetingSeries
from panels.meetings.states import Rhythm
from panels.models import Panel
from panels.views.panel import BESIDE

MOST_TO_BRING = 8
LIST = ("offered", "people")


@access("meetings:list", verb=Permission.MEETING_LIST)
def meeting_list(request: HttpRequest) -> HttpResponse:
    context = {
        "meetings": queries.coming(request.user)[: queries.MOST],
        "series": queries.series_of(request.user),
        "may_start": ask(Permission.SERIES_START, request.user),
    }
    return render(request, "meetings/list.html", context)


@access("meetings:series_new", verb=Permission.SERIES_START, methods=READ | WRITE)
def start_series(request: HttpRequest) -> HttpResponse:
    """A rhythm, a first day and the groups; then whoever takes part in the groups is shown, and is asked to all meetings unless
    struck out. Nobody is asked who was not shown."""
    form = SeriesForm(request.POST or None, user=request.user)
    valid, second = form.is_valid(), "shown" in request.POST
    asked = to_ask(request, form) if valid or second else []
    if valid and were_shown(request, asked):
        wanted = {name: form.cleaned_data[name] for name in ("name", "minutes", "slots", "link")}
        people = [person for person, ticked in asked if ticked]
        made = actions.start_series(
            groups=list(form.cleaned_data["groups"]),
            rhythm=Rhythm(form.cleaned_data["rhythm"]),
            first_on=form.cleaned_data["day"],
            at=form.cleaned_data["time"],
            people=people,
            by=request.user,
            **wanted,
        )
        messages.success(request, f"The series is planned. {len(people)} people get a mail with its calendar entry.")
        return redirect(made)
    before = [] if valid or asked else [(name, key) for name in LIST for key in request.POST.getlist(name)]
    context = {"form": form, "asked": asked, "shown": valid or second, "before": before}
    return render(request, "meetings/series_form.html", context, status=422 if form.errors else 200)


def to_ask(request: HttpRequest, form: SeriesForm) -> list[tuple[Any, bool]]:
    """Who takes part in the chosen groups, each ticked unless they were struck out of the list that was shown."""
    struck = set(request.POST.getlist("offered")) - set(request.POST.getlist("people"))
    people = queries.people_of(form.cleaned_data.get("groups", []))
    return [(person, str(person.pk) not in struck) for person in people]


def were_shown(request: HttpRequest, asked: list[tuple[Any, bool]]) -> bool:
    """Whether the page showed these people, or that there are none."""
    people, offered = {str(person.pk) for person, _ticked in asked}, set(request.POST.getlist("offered"))
    return "shown" in request.POST and people <= offered and bool(people or not offered)


@access("meetings:series", object=MeetingSeries, verb=Permission.SERIES_READ)
def series(request: HttpRequest, chosen: MeetingSeries) -> HttpResponse:
    return page(request, chosen)


def page(request: HttpRequest, chosen: MeetingSeries, *, form: PeopleForm | None = None) -> HttpResponse:
    """Its dates and people; who keeps it can change both."""
    coming = queries.coming(request.user).filter(series=chosen)
    context: dict[str, Any] = {
        "series": chosen,
        "groups": chosen.groups.select_related("network"),
        "meetings": coming,
        "people": chosen.people.select_related("centre").order_by("display_name"),
        "may_change": ask(Permission.SERIES_CHANGE, request.user, chosen) and not chosen.over,
        "earlier": MeetingSeries.objects.visible_to(request.user).with_dates_left().filter(goes_on_as=chosen),
    }
    if context["may_change"]:
        context["form"] = form or PeopleForm(people=queries.not_asked_yet(chosen))
    return render(request, "meetings/series.html", context, status=422 if form else 200)


@access("meetings:series_change", object=MeetingSeries, verb=Permission.SERIES_CHANGE, methods=READ | WRITE)
def change_series(request: HttpRequest, chosen: MeetingSeries) -> HttpResponse:
    """Name, groups, length, slots and link; the coming meetings follow."""
    initial = {name: getattr(chosen, name) for name in ("name", "minutes", "slots", "link", "version")}
    initial["groups"] = list(chosen.groups.values_list("pk", flat=True))
    form = SeriesChangeForm(request.POST or None, user=request.user, initial=initial)
    if form.is_valid():
        clean = {**form.cleaned_data}
        actions.change_series(chosen, seen=clean.pop("version"), by=request.user, **clean)
        messages.success(request, "Changed. The coming meetings follow, and everybody concerned gets a mail.")
        return redirect(chosen)
    context = {"form": form, "series": chosen}
    return render(request, "meetings/series_change.html", context, status=422 if form.errors else 200)


@access("meetings:series_add", object=MeetingSeries, verb=Permission.SERIES_CHANGE, methods=WRITE)
def add_people(request: HttpRequest, chosen: MeetingSeries) -> HttpResponse:
    form = PeopleForm(request.POST, people=queries.not_asked_yet(chosen))
    if not form.is_valid():
        return page(request, chosen, form=form)
    actions.add_people(chosen, people=list(form.cleaned_data["people"]), by=request.user)
    messages.success(request, "They get a mail with the calendar entry of the series.")
    return redirect(chosen)


@access("meetings:series_strike", object=MeetingSeries, verb=Permission.SERIES_CHANGE, methods=WRITE)
def strike(request: HttpRequest, chosen: MeetingSeries) -> HttpResponse:
    asked = request.POST.get("person", "")
    person = next((one for one in chosen.people.all() if str(one.pk) == asked), None)
    if person is not None:
        actions.strike(chosen, person=person, by=request.user)
        messages.success(request, f"{person.display_name} is asked to the series no more, and gets a mail.")
    return redirect(chosen)


@access("meetings:series_end", object=MeetingSeries, verb=Permission.SERIES_CHANGE, methods=WRITE)
def end_series(request: HttpRequest, chosen: MeetingSeries) -> HttpResponse:
    actions.end_series(chosen, by=request.user)
    messages.success(request, "The series has ended. Everybody asked to it gets a mail.")
    return redirect(chosen)


def next_to_bring(panel: Panel, user: Any) -> dict[str, Any]:
    """For the panel's page: the meeting that its treating side may bring it to in one tap, and how many places it has left."""
    meeting: Any = queries.next_for(user, panel) if ask(Permission.MEETING_BRING, user, panel) else None
    return {"next_board": meeting, "places_left": meeting.series.slots - meeting.panels if meeting else 0}


BESIDE.append(next_to_bring)


@access("meetings:bring", object=Panel, kwarg="ref", verb=Permission.MEETING_BRING, methods=READ | WRITE)
def bring(request: HttpRequest, panel: Panel) -> HttpResponse:
    """The next meetings, the first of them chosen; the next of the panel's own group is one tap away on the panel's page."""
    coming = queries.to_bring_to(request.user, panel)
    meetings = list(coming[:MOST_TO_BRING])
    form = BringForm(request.POST or None, coming=coming, offered=meetings)
    if form.is_valid():
        meeting = form.cleaned_data["meeting"]
        actions.bring(panel, to=meeting, invite=form.cleaned_data["invite"], by=request.user)
        messages.success(request, "The panel is on the agenda.")
        return redirect(meeting)
    context = {"form": form, "panel": panel, "meetings": meetings}
    return render(request, "meetings/bring.html", context, status=422 if form.errors else 200)


@access("meetings:take_off", object=Panel, kwarg="ref", verb=Permission.MEETING_BRING, methods=WRITE)
def take_off(request: HttpRequest, panel: Panel) -> HttpResponse:
    form = TakeOffForm(request.POST, panel=panel)
    if not form.is_valid():
        messages.error(request, "This meeting is over, or the panel is not on its agenda any more.")
        return redirect(panel)
    meeting = form.cleaned_data["meeting"]
    actions.take_off(panel, of=meeting, by=request.user)
    messages.success(request, f"{panel.ref} is off the agenda.")
    return redirect(meeting.series)
