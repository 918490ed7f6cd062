"""The helpdesk looks on for an hour."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import Refused, access, ask
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from panels import actions
from panels.forms.inviting import LetInForm
from panels.models import Assist, Panel


@access("panels:let_in", object=Panel, kwarg="ref", verb=Permission.ASSIST_GIVE, methods=READ | WRITE)
def let_in(request: HttpRequest, panel: Panel) -> HttpResponse:
    """Who looks on now, and letting one more person in."""
    form = LetInForm(request.POST or None, panel=panel)
    if form.is_valid():
        try:
            actions.let_in(panel, who=form.cleaned_data["who"], by=request.user)
        except Refused as refusal:
            form.add_error("who", str(refusal))
        else:
            messages.success(request, "The helpdesk can look on for an hour. What is read is on record.")
            return redirect(panel)
    return render(request, "panels/let_in.html", {"panel": panel, "form": form}, status=422 if form.errors else 200)


@access("panels:end_assist", object=Panel, kwarg="ref", verb=Permission.PANEL_READ, methods=WRITE)
def end_assist(request: HttpRequest, panel: Panel, assist: Any) -> HttpResponse:
    """Over at once."""
    found = Assist.objects.running().filter(panel=panel, pk=assist).select_related("panel__case__patient").first()
    if found is None:
        raise Http404
    actions.end_assist(found, by=request.user)
    messages.success(request, "Ended. The helpdesk sees this panel no more.")
    return redirect(panel if ask(Permission.ASSIST_GIVE, request.user, panel) else "home")
