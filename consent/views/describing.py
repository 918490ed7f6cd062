"""What is written down of a patient, corrected by the treating side."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from consent.forms import DescribeForm
from consent.queries import allowed
from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.patients import actions as patients
from cpms.patients.models import Patient


@access(
    "patients:describe",
    object=Patient,
    kwarg="pseudonym",
    verb=Permission.PATIENT_DESCRIBE,
    methods=READ | WRITE,
    reads_patient=True,
)
def describe(request: HttpRequest, patient: Patient) -> HttpResponse:
    form = DescribeForm(request.POST or None, patient=patient)
    if form.is_valid():
        patients.describe(patient, by=request.user, **form.cleaned_data)
        messages.success(request, "The patient's data is corrected.")
        return redirect(patient)
    context = {"patient": patient, "form": form, "consent": allowed(patient)}
    return render(request, "patients/describe.html", context, status=422 if form.errors else 200)
