"""A clinician hands own patients over to a colleague."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts import queries as accounts
from cpms.accounts.access import Refused, access, record_shown
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.policy import may_open_panels
from cpms.accounts.roles import Permission
from panels import actions
from panels.forms.handing_over import HandOverForm, running_panels
from panels.queries import handing_over


@access("panels:hand_over", verb=Permission.PATIENT_HAND_OVER, methods=READ | WRITE, step_up=True, lists_patients=True)
def hand_over(request: HttpRequest) -> HttpResponse:
    """One patient, several or all, to another clinician of the same hospital."""
    user: Any = request.user
    patients = handing_over.own_patients(user)
    clinicians = accounts.clinicians_of(user.centre_id, besides=user)
    form = HandOverForm(request.POST or None, patients=patients, clinicians=clinicians, named=as_known)
    if form.is_valid():
        try:
            count = actions.hand_over(form.chosen(), to=form.cleaned_data["to"], by=user)
        except Refused as refusal:
            form.add_error("to", str(refusal))
        else:
            messages.success(
                request, f"Handed over: {count}. {form.cleaned_data['to']} is told, and leads the panels now."
            )
            return redirect("patients:list")
    record_shown(form.shown, by=user)
    context = {"form": form, "may_open": may_open_panels(user.centre)}
    return render(request, "panels/hand_over.html", context, status=422 if form.errors else 200)


def as_known(patient: Any) -> str:
    """As the clinician's own list names the patient."""
    known = f"{patient.nickname}, {patient.pseudonym}" if patient.nickname else patient.pseudonym
    return f"{known}: {running_panels(patient)}"
