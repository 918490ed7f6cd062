"""Accounts and their roles, for those who look after them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from cpms.accounts import actions as accounts
from cpms.accounts.access import access, ask
from cpms.accounts.access.routes import WRITE
from cpms.accounts.models import User
from cpms.accounts.policy import may_end_each, may_switch
from cpms.accounts.roles import POWERFUL, Permission
from helpdesk.people import actions, policy, queries
from helpdesk.people.forms import GrantForm, LostPhoneForm, PersonUnitForm
from helpdesk.people.models import LostPhone, RoleProposal, WhyAway
from helpdesk.people.views.listing import list_page, thing_page
from outcomes.states import Reason
from panels.queries import handing_over


class WhyAwayForm(forms.Form):
    reason = forms.ChoiceField(label="Why, as they say", choices=[("", "Choose a reason"), *Reason.choices])


@access("people:list", verb=Permission.PERSON_LIST)
def person_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, "people/list.html", queries.people_of)


@access("people:person", object=User, verb=Permission.PERSON_READ)
def person(request: HttpRequest, person: User) -> HttpResponse:
    return show(request, person)


def show(request: HttpRequest, person: User, **sent: Any) -> HttpResponse:
    """The page, also with the errors of one of its forms."""
    user: Any = request.user
    roles = queries.roles_of(person)
    proposals = RoleProposal.objects.waiting().filter(person=person).select_related("network", "asked_by", "person")
    told = LostPhone.objects.telling().filter(person=person).first()
    lost = None if told is None or told.is_stopped else told
    posts, running = queries.posts_for(user, person), [row for row in roles if row.is_current]
    context = {
        "person": person,
        "running": list(zip(running, may_end_each(user, running), strict=True)),
        "past": [row for row in roles if not row.is_current],
        "posts": posts,
        "proposals": [
            (row, may := policy.may_confirm_role(user, row), may and policy.may_be_granted(row)) for row in proposals
        ],
        "lost": lost,
        "address_changed_at": queries.address_changed_at(person),
        "stopped": told if lost is None else None,
        "patients": [(at, ask(Permission.CENTRE_HAND_OVER, user, at)) for at in handing_over.hospitals_of(person)],
        "why_away": WhyAway.objects.filter(person=person).select_related("by").last(),
        "spoken": queries.spoken_with(person, user=user),
        "may_note_away": ask(Permission.PERSON_AWAY, user, person),
        "may_manage": ask(Permission.PERSON_MANAGE, user, person),
        "may_switch": may_switch(user, person),
        "may_free": ask(Permission.ADDRESS_FREE, user, person),
        "may_ask_phone": ask(Permission.FACTOR_ASK, user, person),
        "may_drop_phone": bool(lost and ask(Permission.FACTOR_CONFIRM, user, lost)),
        "may_confirm_phone": (ask(Permission.FACTOR_CONFIRM, user, lost) and policy.may_be_reset(lost))
        if lost
        else None,
    }
    empty = {"grant": GrantForm(posts=posts), "phone": LostPhoneForm(), "unit": PersonUnitForm(person=person)}
    empty["away"] = WhyAwayForm()
    return thing_page(request, "people/person.html", context, empty | sent)


@access("people:grant", object=User, verb=Permission.PERSON_MANAGE, methods=WRITE, step_up=True)
def grant(request: HttpRequest, person: User) -> HttpResponse:
    """Give a role at once, or propose a powerful one."""
    form = GrantForm(request.POST, posts=queries.posts_for(request.user, person))
    if not form.is_valid():
        return show(request, person, grant=form)
    post, until = form.cleaned_data["post"], form.cleaned_data["valid_to"]
    if post.role in POWERFUL:
        actions.propose_role(person, post, valid_to=until, by=request.user)
        messages.success(request, "A second person is asked to confirm this role.")
    else:
        accounts.give_post(person, post, valid_to=until, by=request.user)
        messages.success(request, "The role counts from now.")
    return redirect("people:person", person.pk)


@access("people:end_role", object=User, verb=Permission.PERSON_MANAGE, methods=WRITE, step_up=True)
def end_role(request: HttpRequest, person: User, membership: int) -> HttpResponse:
    held = person.memberships.filter(pk=membership).first()
    if held is None:
        raise Http404
    accounts.end_role(held, by=request.user)
    messages.success(request, "The role has ended, and with it this person's sessions.")
    return redirect("people:person", person.pk)


@access("people:leave", object=User, verb=Permission.PERSON_MANAGE, methods=WRITE, step_up=True)
def leave(request: HttpRequest, person: User) -> HttpResponse:
    """The person no longer works at the hospital."""
    centre = person.centre
    accounts.leave_centre(person, by=request.user)
    messages.success(request, "What came with the hospital has ended.")
    if (
        centre is not None
        and handing_over.left_at(centre).exists()
        and ask(Permission.CENTRE_HAND_OVER, request.user, centre)
    ):
        return redirect("people:left_behind", centre.pk)
    return redirect("people:list")


@access("people:switch", object=User, verb=Permission.PERSON_MANAGE, methods=WRITE, step_up=True)
def switch(request: HttpRequest, person: User) -> HttpResponse:
    on = request.POST.get("on") == "1"
    accounts.switch_account(person, on=on, by=request.user)
    messages.success(request, "The account is on." if on else "The account is off, its sessions have ended.")
    return redirect("people:person", person.pk)


@access("people:free_address", object=User, verb=Permission.ADDRESS_FREE, methods=WRITE, step_up=True)
def free_address(request: HttpRequest, person: User) -> HttpResponse:
    """Of an account that nobody ever used."""
    was = person.email
    actions.free_address(person, by=request.user)
    messages.success(request, f"{was} is free. Who owns it, or meant another one, asks for access.")
    return redirect("people:person", person.pk)


@access("people:move_to_unit", object=User, verb=Permission.PERSON_MANAGE, methods=WRITE)
def move_to_unit(request: HttpRequest, person: User) -> HttpResponse:
    """The unit that the person works in."""
    form = PersonUnitForm(request.POST, person=person)
    if not form.is_valid():
        return show(request, person, unit=form)
    actions.move_to_unit(person, unit=form.cleaned_data["unit"], by=request.user)
    return redirect("people:person", person.pk)


@access("people:why_away", object=User, verb=Permission.PERSON_AWAY, methods=WRITE)
def why_away(request: HttpRequest, person: User) -> HttpResponse:
    """What the helpdesk heard of somebody who does not come any more, or that it was no reason after all."""
    if (said := request.POST.get("taken_back", "")[:20]).isdecimal():
        actions.take_back_why_away(person, said=int(said), by=request.user)
        messages.success(request, "Taken back. Months that are frozen stay as they are.")
        return redirect("people:person", person.pk)
    form = WhyAwayForm(request.POST)
    if not form.is_valid():
        return show(request, person, away=form)
    actions.note_why_away(person, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, "Written down. It counts in the figures, without a name.")
    return redirect("people:person", person.pk)
