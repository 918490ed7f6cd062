"""What two people do: a new second factor after a loss, and powerful roles."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cpms.accounts.access import access
from cpms.accounts.access.routes import WRITE
from cpms.accounts.models import User
from cpms.accounts.roles import Permission
from helpdesk.people import actions
from helpdesk.people.forms import LostPhoneForm
from helpdesk.people.models import LostPhone, RoleProposal
from helpdesk.people.views.persons import show


@access("people:lost_phone", object=User, verb=Permission.FACTOR_ASK, methods=WRITE, step_up=True)
def lost_phone(request: HttpRequest, person: User) -> HttpResponse:
    form = LostPhoneForm(request.POST)
    if not form.is_valid():
        return show(request, person, phone=form, status=422)
    actions.ask_for_factor(person, how_checked=form.cleaned_data["how_checked"], by=request.user)
    messages.success(request, "The owner is told. A second person of the helpdesk must confirm it within three days.")
    return redirect("people:person", person.pk)


@access("people:confirm_phone", object=LostPhone, verb=Permission.FACTOR_CONFIRM, methods=WRITE, step_up=True)
def confirm_phone(request: HttpRequest, lost: LostPhone) -> HttpResponse:
    actions.confirm_factor(lost, by=request.user)
    messages.success(request, "The old phone is gone. A link went to the owner's address.")
    return redirect("people:person", lost.person_id)


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
