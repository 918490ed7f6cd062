"""Centres: who represents them, whether they may open panels, which units they have."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts import actions as accounts
from cpms.accounts.access import access, ask
from cpms.accounts.access.routes import WRITE
from cpms.accounts.models import Centre
from cpms.accounts.policy import may_open_panels
from cpms.accounts.roles import Permission
from helpdesk.people import queries
from helpdesk.people.forms import ClearanceForm, UnitForm

PAGE = 30


@access("people:centres", verb=Permission.CENTRE_LIST)
def centre_list(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")[:80].strip()
    page = Paginator(queries.centres_of(request.user, text=text), PAGE).get_page(request.GET.get("page"))
    return render(request, "people/centres.html", {"page": page, "text": text})


@access("people:centre", object=Centre, verb=Permission.CENTRE_READ)
def centre(request: HttpRequest, centre: Centre) -> HttpResponse:
    return show(request, centre)


def show(
    request: HttpRequest,
    centre: Centre,
    clearance: ClearanceForm | None = None,
    unit: UnitForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, also with the errors of one of its two forms."""
    context = {
        "centre": centre,
        "places": centre.memberships.select_related("network"),
        "people": queries.colleagues_at(centre),
        "units": centre.units.order_by("name"),
        "may_open": may_open_panels(centre),
        "may_clear": ask(Permission.CENTRE_CLEAR, request.user, centre),
        "clearance": clearance or ClearanceForm(initial={"cleared_on": centre.cleared_on}),
        "unit": unit or UnitForm(),
    }
    return render(request, "people/centre.html", context, status=status)


@access("people:clearance", object=Centre, verb=Permission.CENTRE_CLEAR, methods=WRITE)
def clearance(request: HttpRequest, centre: Centre) -> HttpResponse:
    form = ClearanceForm(request.POST)
    if not form.is_valid():
        return show(request, centre, clearance=form, status=422)
    accounts.set_clearance(centre, cleared_on=form.cleaned_data["cleared_on"], by=request.user)
    messages.success(request, "The clearance is saved. It counts from now.")
    return redirect(centre)


@access("people:unit", object=Centre, verb=Permission.CENTRE_READ, methods=WRITE)
def unit(request: HttpRequest, centre: Centre) -> HttpResponse:
    form = UnitForm(request.POST)
    if not form.is_valid():
        return show(request, centre, unit=form, status=422)
    accounts.add_unit(centre, name=form.cleaned_data["name"], by=request.user)
    return redirect(centre)
