"""What two people do: a new second factor after a loss, powerful roles, a look into a panel without its lead."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from consent.policy import look_once_at_each
from cpms.accounts.access import access, ask
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.models import User
from cpms.accounts.roles import Permission
from cpms.accounts.views import codes
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of
from helpdesk.people import actions
from helpdesk.people.forms import GlassForm, LostPhoneForm, PhoneCodeForm
from helpdesk.people.models import GlassBreak, LostPhone, PlaceProposal, RoleProposal
from helpdesk.people.views.persons import show


@access("people:lost_phone", object=User, verb=Permission.FACTOR_ASK, methods=WRITE, step_up=True)
def lost_phone(request: HttpRequest, person: User) -> HttpResponse:
    form = LostPhoneForm(request.POST)
    if not form.is_valid():
        return show(request, person, phone=form)
    actions.ask_for_factor(person, how_checked=form.cleaned_data["how_checked"], by=request.user)
    messages.success(request, "The owner is told. A second person of the helpdesk must confirm it within three days.")
    return redirect("people:person", person.pk)


@access("people:confirm_phone", object=LostPhone, verb=Permission.FACTOR_CONFIRM, methods=WRITE, step_up=True)
def confirm_phone(request: HttpRequest, lost: LostPhone) -> HttpResponse:
    actions.confirm_factor(lost, by=request.user)
    messages.success(request, "The old phone is gone. A link went to the owner's address.")
    return redirect("people:person", lost.person_id)


@access("people:drop_phone", object=LostPhone, verb=Permission.FACTOR_CONFIRM, methods=WRITE, step_up=True)
def drop_phone(request: HttpRequest, lost: LostPhone) -> HttpResponse:
    actions.drop_phone(lost, by=request.user)
    messages.success(request, "The phone stays as it is. Who asked is told.")
    return redirect("people:person", lost.person_id)


@transaction.non_atomic_requests
@access("people:my_phone", verb=Permission.SIGNED_IN, methods=READ | WRITE)
def my_phone(request: HttpRequest) -> HttpResponse:
    """Whether somebody told the helpdesk that the reader lost the phone; a code of the phone itself stops it. A session alone
    does not: it may be in the hands of whoever has neither."""
    user: Any = request.user
    form = PhoneCodeForm(request.POST or None)
    if form.is_valid():
        answer = codes.check(request, user, form.cleaned_data["code"], by=user)
        if answer.device is not None:
            stopped = actions.stop_phone(user, by=user)
            said = "It is stopped. Your phone stays as it is." if stopped else "Nothing waits any more."
            messages.success(request, said)
            return redirect("people:my_phone")
        form.add_error("code", answer.why_not)
    lost = LostPhone.objects.telling().filter(person=user).first()
    context = {"lost": lost, "form": form}
    return render(request, "people/my_phone.html", context, status=422 if form.errors else 200)


@access("people:confirm_role", object=RoleProposal, verb=Permission.ROLE_CONFIRM, methods=WRITE, step_up=True)
def confirm_role(request: HttpRequest, proposal: RoleProposal) -> HttpResponse:
    actions.confirm_role(proposal, by=request.user)
    messages.success(request, "The role counts from now.")
    return redirect("people:person", proposal.person_id)


@access("people:drop_role", object=RoleProposal, verb=Permission.ROLE_CONFIRM, methods=WRITE, step_up=True)
def drop_role(request: HttpRequest, proposal: RoleProposal) -> HttpResponse:
    actions.drop_role(proposal, by=request.user)
    messages.success(request, "The role is not given.")
    return redirect("people:person", proposal.person_id)


@access("people:confirm_place", object=PlaceProposal, verb=Permission.PLACE_CONFIRM, methods=WRITE, step_up=True)
def confirm_place(request: HttpRequest, proposal: PlaceProposal) -> HttpResponse:
    actions.confirm_place(proposal, by=request.user)
    messages.success(request, "The hospital belongs to one more network. It counts from now.")
    return redirect(proposal.centre)


@access("people:drop_place", object=PlaceProposal, verb=Permission.PLACE_CONFIRM, methods=WRITE, step_up=True)
def drop_place(request: HttpRequest, proposal: PlaceProposal) -> HttpResponse:
    actions.drop_place(proposal, by=request.user)
    messages.success(request, "The hospital does not join this network.")
    return redirect(proposal.centre)


@access("people:take_place_back", object=PlaceProposal, verb=Permission.PLACE_TAKE_BACK, methods=WRITE)
def take_place_back(request: HttpRequest, proposal: PlaceProposal) -> HttpResponse:
    actions.take_place_back(proposal, by=request.user)
    messages.success(request, "The hospital is not asked for any more.")
    return redirect("people:centres")


@access("people:glass", verb=Permission.GLASS_ASK, methods=READ | WRITE, step_up=True)
def glass(request: HttpRequest) -> HttpResponse:
    """Ask for an hour in a panel; what waits for a second person."""
    user: Any = request.user
    form = GlassForm(request.POST or None, user=user, initial=fields_of("glass", by=user))
    if form.is_valid():
        actions.ask_for_glass(form.cleaned_data["ref"], reason=form.cleaned_data["reason"], by=user)
        drafts.discard("glass", by=user)
        messages.success(request, "A second person of the helpdesk is asked to confirm it.")
        return redirect("people:glass")
    rows = list(GlassBreak.objects.with_surroundings().visible_to(user).waiting())
    look_once_at_each(row.panel.case.patient for row in rows)
    context = {"form": form, "waiting": [(row, ask(Permission.GLASS_CONFIRM, user, row)) for row in rows]}
    return render(request, "people/glass.html", context, status=422 if form.errors else 200)


@access("people:confirm_glass", object=GlassBreak, verb=Permission.GLASS_CONFIRM, methods=WRITE, step_up=True)
def confirm_glass(request: HttpRequest, glass: GlassBreak) -> HttpResponse:
    actions.confirm_glass(glass, by=request.user)
    messages.success(request, "Your colleague can look on for an hour. Whoever answers for the patient is told.")
    return redirect("people:glass")
