"""The laboratory ranges of thematic groups: looked at, confirmed, set, ended. Holds no patient's data."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms import clock
from cpms.accounts.access import Refused, access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.models import ThematicGroup
from cpms.accounts.roles import COORDINATING_ROLES, Permission
from cpms.terminology import catalogue
from cpms.terminology.catalogue import Analyte
from panels.cases import actions, queries
from panels.cases.models import GroupRange
from panels.cases.policy import ranged_by
from panels.cases.range_forms import EndRangeForm, RangeForm, bounds_in_words


@access("cases:ranges", verb=Permission.RANGE_SET)
def ranges(request: HttpRequest) -> HttpResponse:
    """Every analyte, with how many defaults it has and how many ranges the group has confirmed or set."""
    user: Any = request.user
    groups = list(ranged_by(user))
    wanted = request.GET.get("group", "")
    group = next((one for one in groups if str(one.pk) == wanted), groups[0] if groups else None)
    tests = queries.tests_of(group) if group else []
    coordinates = bool(user.held_roles() & COORDINATING_ROLES)
    context = {"groups": groups, "group": group, "tests": tests, "coordinates": coordinates}
    return render(request, "cases/ranges.html", context)


@access("cases:range", verb=Permission.RANGE_SET, methods=READ | WRITE)
def of_test(request: HttpRequest, network: str, number: int, test: str) -> HttpResponse:
    """One analyte of one group: a range is typed or taken from a default, looked at, and only then confirmed."""
    group = ranged_by(request.user).filter(network__code=network, number=number).first()
    analyte = catalogue.analytes().get(test)
    if group is None or analyte is None:
        raise Http404
    rows = queries.history_of(group, analyte.key)
    if "end-row" in request.POST:
        ending, form = EndRangeForm(request.POST, rows=rows), new_form(request, None, group, analyte, rows)
        done = ending.is_valid() and end(request, ending)
    else:
        ending, form = None, new_form(request, request.POST or None, group, analyte, rows)
        done = form.is_valid() and "confirm" in request.POST and confirm(request, form)
    if done:
        return redirect("cases:range", network, number, test)
    context = shown(group, analyte, rows, ending) | {"form": form, "ending": ending}
    bad = form.errors or (ending and ending.errors)
    return render(request, "cases/range.html", context, status=422 if bad else 200)


def new_form(
    request: HttpRequest, data: Any, group: ThematicGroup, analyte: Analyte, rows: list[GroupRange]
) -> RangeForm:
    """Begun with the default of the number in the address, where one is named."""
    number = request.GET.get("default", "")[:9]
    known = number.isdecimal() and int(number) < len(analyte.intervals)
    start = analyte.intervals[int(number)] if known else None
    return RangeForm(data, group=group, analyte=analyte, rows=rows, start=start)


def confirm(request: HttpRequest, form: RangeForm) -> bool:
    assert form.new is not None  # noqa: S101 a valid form has made it
    try:
        actions.set_range(form.new, by=request.user)
    except Refused as refusal:
        form.add_error("age_from", str(refusal))
        return False
    messages.success(request, "The range is confirmed. Cases of the group show it from now on.")
    return True


def end(request: HttpRequest, form: EndRangeForm) -> bool:
    try:
        actions.end_range(form.cleaned_data["row"], since=form.cleaned_data["since"], by=request.user)
    except Refused as refusal:
        form.add_error("since", str(refusal))
        return False
    messages.success(request, "The range is ended.")
    return True


def shown(
    group: ThematicGroup, analyte: Analyte, rows: list[GroupRange], ending: EndRangeForm | None
) -> dict[str, Any]:
    """Defaults, the group's ranges for samples of today and of later days, each with the form that ends it, and everything there
    ever was."""
    tried = ending.cleaned_data.get("row") if ending and ending.errors else None
    days = queries.turning_days(rows, clock.today())
    standing = {row.pk: row for day in days for row in queries.in_force(rows, day)}
    unplaced = ending.errors.values() if ending and tried not in standing.values() else ()
    return {
        "group": group,
        "analyte": analyte,
        "defaults": [(number, one, *words(one, analyte)) for number, one in enumerate(analyte.intervals)],
        "today": [
            (one, *words(one, analyte), ending if one == tried else EndRangeForm(rows=rows, row=one.pk))
            for one in standing.values()
        ],
        "unplaced": [error for errors in unplaced for error in errors],
        "history": [(one, *words(one, analyte)) for one in reversed(rows)],
    }


def words(one: Any, analyte: Analyte) -> tuple[str, str]:
    """Ages and bounds as people say them."""
    ended = isinstance(one, GroupRange) and one.is_end
    return queries.ages_in_words(one.age_from, one.age_to), "" if ended else bounds_in_words(one, analyte)
