"""What the coordinators of groups and networks do with the panels put before them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access, ask, record_shown
from cpms.accounts.access.routes import WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of_each
from panels import actions, queries
from panels.cases.queries import allowed
from panels.forms import AddressForm, ClarifyForm, ForwardForm, ReturnForm, TakeUpForm
from panels.models import Dispatch, Panel
from panels.policy import part_of
from panels.states import Part


@access("panels:dispatches", verb=Permission.DISPATCH_LIST, lists_patients=True)
def dispatches(request: HttpRequest) -> HttpResponse:
    """What waits, then what was decided of running panels, by pages."""
    waiting = list(queries.dispatches(request.user)[: queries.PAGE])
    page = Paginator(queries.decided(request.user), queries.PAGE).get_page(request.GET.get("page"))
    shown = {row.panel_id: row.panel for row in [*waiting, *page.object_list]}
    record_shown(shown.values(), by=request.user)
    return render(request, "panels/dispatches.html", {"waiting": waiting, "page": page})


@access("panels:dispatch", object=Dispatch, verb=Permission.DISPATCH_READ, reads_patient=True)
def dispatch(request: HttpRequest, dispatch: Dispatch) -> HttpResponse:
    """The sheet that an invitation shows too; the treating side is led to its panel."""
    if part_of(request.user, dispatch.panel) == Part.TREATING:
        return redirect(dispatch.panel)
    return show(request, dispatch)


def show(request: HttpRequest, dispatch: Dispatch, status: int = 200, **bound: Any) -> HttpResponse:
    """The page, with the one form that had an error as it was typed."""
    panel = dispatch.panel
    typed = fields_of_each([f"forward:{dispatch.pk}", f"return:{dispatch.pk}"], by=request.user)
    context = {
        "dispatch": dispatch,
        "panel": panel,
        "diagnoses": panel.case.diagnoses.all(),
        "consent": allowed(panel.case),
        "way": queries.addressed(panel),
        "may_decide": ask(Permission.DISPATCH_DECIDE, request.user, dispatch),
        "may_name": ask(Permission.DISPATCH_NAME, request.user, dispatch),
        "named": dispatch.proposed.select_related("centre"),
        "take_up_form": TakeUpForm(dispatch=dispatch, words=request.GET.get("q", "")[:80]),
        "forward_form": ForwardForm(panel=panel, initial=typed[f"forward:{dispatch.pk}"]),
        "return_form": ReturnForm(initial=typed[f"return:{dispatch.pk}"]),
        **bound,
    }
    return render(request, "panels/dispatch.html", context, status=status)


@access("panels:take_up", object=Dispatch, verb=Permission.DISPATCH_DECIDE, methods=WRITE, reads_patient=True)
def take_up(request: HttpRequest, dispatch: Dispatch) -> HttpResponse:
    form = TakeUpForm(request.POST, dispatch=dispatch)
    if not form.is_valid():
        return show(request, dispatch, status=422, take_up_form=form)
    actions.take_up(dispatch, people=form.cleaned_data["people"], by=request.user)
    drafts.discard_about([str(dispatch.pk)], by=request.user)
    messages.success(request, "Taken up. The lead is told, and sees whom you name.")
    return redirect("panels:dispatches")


@access("panels:name_people", object=Dispatch, verb=Permission.DISPATCH_NAME, methods=WRITE, reads_patient=True)
def name_people(request: HttpRequest, dispatch: Dispatch) -> HttpResponse:
    """More people for the lead to invite, also after taking up."""
    form = TakeUpForm(request.POST, dispatch=dispatch)
    if not form.is_valid():
        return show(request, dispatch, status=422, take_up_form=form)
    actions.name_people(dispatch, people=form.cleaned_data["people"], by=request.user)
    messages.success(request, "The lead sees whom you name.")
    return redirect(dispatch)


@access("panels:forward", object=Dispatch, verb=Permission.DISPATCH_DECIDE, methods=WRITE, reads_patient=True)
def forward(request: HttpRequest, dispatch: Dispatch) -> HttpResponse:
    form = ForwardForm(request.POST, panel=dispatch.panel)
    if not form.is_valid():
        return show(request, dispatch, status=422, forward_form=form)
    network, group = form.cleaned_data["to"]
    actions.forward(dispatch, network=network, group=group, reason=form.cleaned_data["reason"], by=request.user)
    drafts.discard_about([str(dispatch.pk)], by=request.user)
    messages.success(request, "Forwarded. Its coordinators and the lead are told.")
    return redirect("panels:dispatches")


@access("panels:return", object=Dispatch, verb=Permission.DISPATCH_DECIDE, methods=WRITE, reads_patient=True)
def return_with_question(request: HttpRequest, dispatch: Dispatch) -> HttpResponse:
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return show(request, dispatch, status=422, return_form=form)
    actions.return_with_question(dispatch, reason=form.cleaned_data["reason"], by=request.user)
    drafts.discard_about([str(dispatch.pk)], by=request.user)
    messages.success(request, "Your question is with the lead. The answer brings the panel back to this list.")
    return redirect("panels:dispatches")


@access("panels:clarify", object=Dispatch, verb=Permission.DISPATCH_CLARIFY, methods=WRITE)
def clarify(request: HttpRequest, dispatch: Dispatch) -> HttpResponse:
    """The treating side answers on the panel's page."""
    form = ClarifyForm(request.POST)
    if form.is_valid():
        actions.clarify(dispatch, text=form.cleaned_data["text"], by=request.user)
        drafts.discard_about([str(dispatch.pk)], by=request.user)
        messages.success(request, "Sent to the coordinators.")
    else:
        messages.error(request, "Write your answer to the coordinators.")
    return redirect(f"{dispatch.panel.get_absolute_url()}#groups")


@access("panels:address", object=Panel, kwarg="ref", verb=Permission.PANEL_ADDRESS, methods=WRITE)
def address(request: HttpRequest, panel: Panel) -> HttpResponse:
    """A further group or network, chosen on the page that invites."""
    form = AddressForm(request.POST, panel=panel)
    if not form.is_valid():
        messages.error(request, "Choose a group or network that the panel is not before yet.")
        return redirect("panels:invite", panel.ref)
    network, group = form.cleaned_data["to"]
    actions.address(panel, network=network, group=group, by=request.user)
    messages.success(request, "Its coordinators are told.")
    return redirect(panel)
