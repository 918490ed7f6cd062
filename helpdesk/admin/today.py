"""The one-click action of the page of today."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from cpms.accounts.access import Refused, access
from cpms.accounts.access.routes import WRITE
from cpms.accounts.roles import Permission
from helpdesk import actions, queries
from helpdesk.states import MAIL, NudgeKind

ACTS: dict[str, Callable[..., None]] = {
    MAIL: actions.send_again,
    **{kind: partial(actions.nudge, kind=kind) for kind in NudgeKind},
}
"""What each kind of button does with its thing."""


class NudgeForm(forms.Form):
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in ACTS])
    key = forms.CharField(max_length=40)
    page = forms.IntegerField(min_value=0, max_value=9_999, required=False)


@access("nudge", verb=Permission.STAFF_SITE, methods=WRITE)
def nudge(request: HttpRequest) -> HttpResponse:
    """Reminds, or sends a mail again. Only about what stands on this person's own list now; of anything else the answer is the
    same, there or not."""
    form = NudgeForm(request.POST)
    thing = found(form, request.user) if form.is_valid() else None
    if thing is None:
        messages.error(request, "This is not on your list any more.")
        return back(form)
    try:
        ACTS[form.cleaned_data["kind"]](thing, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "A mail is on its way.")
    return back(form)


def back(form: NudgeForm) -> HttpResponse:
    """To the page of today, or to the page of the one list that the button stood on."""
    here, kind, page = reverse("helpdesk:index"), form.cleaned_data.get("kind"), form.cleaned_data.get("page")
    return redirect(f"{here}?{urlencode({'part': kind, 'page': page})}" if kind and page else here)


def found(form: NudgeForm, user: Any) -> Any:
    try:
        return queries.thing_pressed(form.cleaned_data["kind"], form.cleaned_data["key"], user=user)
    except (ValueError, ValidationError):
        return None  # a key of another shape
