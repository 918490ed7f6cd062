"""The patients of clinicians who have gone: their hospital says who answers for them from now on."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms import words
from cpms.accounts import queries as accounts
from cpms.accounts.access import Refused, access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.models import Centre
from cpms.accounts.policy import may_open_panels
from cpms.accounts.roles import Permission
from panels import actions
from panels.forms.handing_over import HandOverForm, running_panels
from panels.queries import handing_over


@access("people:left_behind", object=Centre, verb=Permission.CENTRE_HAND_OVER, methods=READ | WRITE, step_up=True)
def left_behind(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Of each patient the pseudonym, how many panels run and since when nobody answers: nothing else is shown here."""
    named = partial(as_seen_here, since=handing_over.gone_since(centre))
    patients, clinicians = handing_over.left_at(centre), accounts.clinicians_of(centre.pk)
    form = HandOverForm(request.POST or None, patients=patients, clinicians=clinicians, named=named)
    if form.is_valid():
        try:
            count = actions.hand_over(form.chosen(), to=form.cleaned_data["to"], by=request.user)
        except Refused as refusal:
            form.add_error("to", str(refusal))
        else:
            messages.success(request, f"Handed over: {count}. {form.cleaned_data['to']} is told.")
            return redirect(centre)
    context = {"centre": centre, "form": form, "may_open": may_open_panels(centre)}
    return render(request, "people/left_behind.html", context, status=422 if form.errors else 200)


def as_seen_here(patient: Any, *, since: dict[Any, Any]) -> str:
    at = since.get(patient.enrolled_by_id)
    gone = f"nobody answers since {words.day(at)}" if at else "nobody answers"
    return f"{patient.pseudonym}: {running_panels(patient)}, {gone}"
