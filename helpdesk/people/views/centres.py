"""Centres: who represents them, which networks they belong to, whether they may open panels, which units they have."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused, access, ask
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.models import Centre
from cpms.accounts.policy import may_open_panels, networks_served_by
from cpms.accounts.roles import REPRESENTING_ROLES, Permission
from cpms.drafts.actions import discard
from cpms.drafts.queries import fields_of_each
from helpdesk.people import actions, policy, queries
from helpdesk.people.forms import (
    ClearanceForm,
    CoverForm,
    DescribeForm,
    NewCentreForm,
    OutreachForm,
    PlaceForm,
    UnitForm,
)
from helpdesk.people.views.listing import list_page, thing_page
from panels.queries.handing_over import left_at

ASKED = "Others look after this hospital. They are asked; it belongs to the network once somebody there confirms it."
DESCRIBED = ("name", "city", "country", "version")
DRAFTED = ("clearance", "place", "outreach", "cover")
"""What is typed into these is kept: a fresh code may be asked for before it counts."""


@access("people:centres", verb=Permission.CENTRE_LIST)
def centre_list(request: HttpRequest) -> HttpResponse:
    served = set(networks_served_by(request.user).values_list("pk", flat=True))
    may_add, asked = ask(Permission.CENTRE_PLACE, request.user), queries.places_asked_for(request.user)
    more = {"may_add": may_add, "asked": asked, "served": served}
    return list_page(request, "people/centres.html", queries.centres_of, **more)


@access("people:new_centre", verb=Permission.CENTRE_PLACE, methods=READ | WRITE)
def new_centre(request: HttpRequest) -> HttpResponse:
    form = NewCentreForm(request.POST or None, user=request.user)
    if form.is_valid():
        centre, asked = actions.take_up_centre(by=request.user, **form.cleaned_data)
        if asked is not None:
            messages.success(request, ASKED)
            return redirect("people:centres")
        messages.success(request, "The hospital is there. It opens panels once it has data-protection clearance.")
        return redirect(centre)
    return render(request, "people/new_centre.html", {"form": form}, status=422 if form.errors else 200)


@access("people:centre", object=Centre, verb=Permission.CENTRE_READ)
def centre(request: HttpRequest, centre: Centre) -> HttpResponse:
    return show(request, centre)


def draft_of(form: str, centre: Centre) -> str:
    return f"{form}:{centre.pk}"


def show(request: HttpRequest, centre: Centre, **sent: Any) -> HttpResponse:
    """The page, also with the errors of one of its forms."""
    user = request.user
    people, left = queries.colleagues_at(centre), left_at(centre).count()
    context = {
        "centre": centre,
        "places": centre.memberships.select_related("network").order_by("network__code"),
        "people": people,
        "represented_by": [p for p in people if any(held.role in REPRESENTING_ROLES for held in p.roles_today)],  # type: ignore[attr-defined]
        "units": centre.units.order_by("name"),
        "covers": queries.covers_at(centre),
        "may_cover": ask(Permission.CENTRE_COVER, user, centre),
        "asked": [(row, policy.may_confirm_place(user, row)) for row in queries.places_asked_for(user, centre=centre)],
        "may_open": may_open_panels(centre),
        "left": left,
        "may_hand_over": left and ask(Permission.CENTRE_HAND_OVER, user, centre),
        "may_clear": ask(Permission.CENTRE_CLEAR, user, centre),
        "may_place": ask(Permission.CENTRE_PLACE, user, centre),
        "may_log": ask(Permission.OUTREACH_LOG, user, centre),
        "log": queries.outreach_at(centre, user=user),
    }
    typed = fields_of_each((draft_of(form, centre) for form in DRAFTED), by=user)
    clearance, place, outreach, cover = (typed[draft_of(form, centre)] for form in DRAFTED)
    empty: dict[str, Any] = {
        "clearance": ClearanceForm(initial={"cleared_on": centre.cleared_on, **clearance}),
        "unit": UnitForm(),
        "place": PlaceForm(user=user, initial={**queries.place_of(centre, user=user), **place}),
        "cover": CoverForm(centre=centre, initial=cover),
        "describe": DescribeForm(initial={name: getattr(centre, name) for name in DESCRIBED}),
    }
    if context["may_log"]:
        empty["outreach"] = OutreachForm(centre=centre, user=user, typed=outreach)
    return thing_page(request, "people/centre.html", context, empty | sent)


@access("people:describe_centre", object=Centre, verb=Permission.CENTRE_CLEAR, methods=WRITE)
def describe(request: HttpRequest, centre: Centre) -> HttpResponse:
    form = DescribeForm(request.POST)
    if form.is_valid():
        try:
            accounts.describe_centre(centre, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            return redirect(centre)
    return show(request, centre, describe=form)


@access("people:place_centre", object=Centre, verb=Permission.CENTRE_PLACE, methods=WRITE, step_up=True)
def place(request: HttpRequest, centre: Centre) -> HttpResponse:
    """As what the hospital belongs to a network, and until when."""
    form = PlaceForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            asked = actions.place_or_ask(centre, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("until", str(refusal))
        else:
            discard(draft_of("place", centre), by=request.user)
            messages.success(request, "Saved. It counts from now." if asked is None else ASKED)
            return redirect(centre)
    return show(request, centre, place=form)


@access("people:clearance", object=Centre, verb=Permission.CENTRE_CLEAR, methods=WRITE, step_up=True)
def clearance(request: HttpRequest, centre: Centre) -> HttpResponse:
    form = ClearanceForm(request.POST)
    if not form.is_valid():
        return show(request, centre, clearance=form)
    accounts.set_clearance(centre, cleared_on=form.cleaned_data["cleared_on"], by=request.user)
    discard(draft_of("clearance", centre), by=request.user)
    messages.success(request, "The clearance is saved. It counts from now.")
    return redirect(centre)


@access("people:unit", object=Centre, verb=Permission.CENTRE_READ, methods=WRITE)
def unit(request: HttpRequest, centre: Centre) -> HttpResponse:
    form = UnitForm(request.POST)
    if not form.is_valid():
        return show(request, centre, unit=form)
    accounts.add_unit(centre, name=form.cleaned_data["name"], by=request.user)
    return redirect(centre)


@access("people:drop_unit", object=Centre, verb=Permission.CENTRE_READ, methods=WRITE)
def drop_unit(request: HttpRequest, centre: Centre, unit: int) -> HttpResponse:
    found = centre.units.filter(pk=unit).first()
    if found is None:
        raise Http404
    try:
        accounts.drop_unit(found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(centre)
