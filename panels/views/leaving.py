"""Leave a panel, propose a colleague for it, remind somebody in it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts import queries as accounts
from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of as typed_before
from panels import actions
from panels.forms import ColleagueForm, LeaveForm
from panels.models import Invitation, Panel

BOTH = READ | WRITE


@access("panels:leave", object=Panel, kwarg="ref", verb=Permission.PANEL_LEAVE, methods=BOTH)
def leave(request: HttpRequest, panel: Panel) -> HttpResponse:
    """What leaving means, why one goes, and perhaps a better name; asked once more by being a page of its own."""
    form = LeaveForm(request.POST or None, initial=typed_before(f"leave:{panel.ref}", by=request.user))
    if form.is_valid():
        actions.leave(panel, by=request.user, **form.cleaned_data)
        messages.success(request, "You have left the panel. Thank you for your time.")
        return redirect("home")
    return render(request, "panels/leave.html", {"form": form, "panel": panel}, status=422 if form.errors else 200)


@access("panels:propose_colleague", object=Panel, kwarg="ref", verb=Permission.PANEL_PROPOSE, methods=BOTH)
def propose_colleague(request: HttpRequest, panel: Panel) -> HttpResponse:
    """A better name from somebody who stays."""
    draft = f"colleague:{panel.ref}"
    form = ColleagueForm(request.POST or None, initial=typed_before(draft, by=request.user))
    if form.is_valid():
        actions.propose_colleague(panel, better_name=form.cleaned_data["better_name"], by=request.user)
        drafts.discard(draft, by=request.user)
        messages.success(request, "The lead is told, and may invite your colleague.")
        return redirect(panel)
    return render(request, "panels/colleague.html", {"form": form, "panel": panel}, status=422 if form.errors else 200)


@access("panels:nudge", object=Panel, kwarg="ref", verb=Permission.INVITATION_NUDGE, methods=WRITE)
def nudge(request: HttpRequest, panel: Panel, invitation: Any) -> HttpResponse:
    """Remind one person who has not answered."""
    found = Invitation.objects.filter(panel=panel, pk=invitation).first()
    if found is None:
        raise Http404
    actions.nudge(found, by=request.user)
    messages.success(request, "Reminded, politely. They can be reminded again after three days.")
    for sentence in accounts.absences([found.invitee] if found.shown.is_away else []):
        messages.warning(request, sentence)
    return redirect(f"{panel.get_absolute_url()}#experts")
