"""By when and with how many answers; a wish to meet; into the archive and out of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cpms.accounts.access import access
from cpms.accounts.access.routes import WRITE
from cpms.accounts.roles import Permission
from panels import actions
from panels.forms import MinutesForm, TermsForm
from panels.models import Panel


@access("panels:terms", object=Panel, kwarg="ref", verb=Permission.PANEL_TERMS, methods=WRITE)
def terms(request: HttpRequest, panel: Panel) -> HttpResponse:
    form = TermsForm(request.POST)
    if form.is_valid():
        actions.set_terms(panel, by=request.user, **form.cleaned_data)
        messages.success(request, "Changed. Everybody is told of a new day or another urgency.")
    else:
        messages.error(request, "Give a day that lies ahead, a number from 1 to 20, and how urgent it is.")
    return redirect(panel)


@access("panels:wish", object=Panel, kwarg="ref", verb=Permission.PANEL_WISH, methods=WRITE)
def wish(request: HttpRequest, panel: Panel) -> HttpResponse:
    actions.wish_meeting(panel, by=request.user)
    messages.success(request, "The lead is told that you would like to meet.")
    return redirect(panel)


@access("panels:minutes", object=Panel, kwarg="ref", verb=Permission.PANEL_TIME, methods=WRITE)
def minutes(request: HttpRequest, panel: Panel) -> HttpResponse:
    form = MinutesForm(request.POST)
    if form.is_valid():
        actions.say_minutes(panel, minutes=form.cleaned_data["minutes"], by=request.user)
        messages.success(request, "Your time is noted.")
    else:
        messages.error(request, "Give whole minutes.")
    return redirect(panel)


@access("panels:archive", object=Panel, kwarg="ref", verb=Permission.PANEL_ARCHIVE, methods=WRITE)
def archive(request: HttpRequest, panel: Panel) -> HttpResponse:
    actions.archive(panel, by=request.user)
    messages.success(request, "In the archive. It has left the lists and can be read.")
    return redirect(panel)


@access("panels:unarchive", object=Panel, kwarg="ref", verb=Permission.PANEL_UNARCHIVE, methods=WRITE)
def unarchive(request: HttpRequest, panel: Panel) -> HttpResponse:
    actions.unarchive(panel, by=request.user)
    messages.success(request, "Out of the archive again.")
    return redirect(panel)
