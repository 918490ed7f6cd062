"""The one-click action of the page of today."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from cpms.accounts.access import Refused, access
from cpms.accounts.access.routes import WRITE
from cpms.accounts.roles import Permission
from helpdesk import actions, queries
from helpdesk.states import NudgeKind


class NudgeForm(forms.Form):
    kind = forms.ChoiceField(choices=NudgeKind.choices)
    key = forms.CharField(max_length=40)


@access("nudge", verb=Permission.STAFF_SITE, methods=WRITE)
def nudge(request: HttpRequest) -> HttpResponse:
    """Only about what stands on this person's own list: anything else is not there."""
    form = NudgeForm(request.POST)
    if not form.is_valid():
        raise Http404
    kind = NudgeKind(form.cleaned_data["kind"])
    try:
        thing = queries.thing_to_nudge(kind, form.cleaned_data["key"], user=request.user)
    except (ValueError, ValidationError):
        thing = None  # a key of another shape
    if thing is None:
        raise Http404
    try:
        actions.nudge(thing, kind=kind, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "A mail is on its way.")
    return redirect("helpdesk:index")
