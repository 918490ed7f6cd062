"""Who can see this case, and why; who has read it. For the treating side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from consent.policy import may_be_discussed
from consent.queries import allowed
from cpms.accounts.access import access
from cpms.accounts.roles import Permission
from cpms.patients.models import Patient
from cpms.patients.queries import recipients
from panels.queries import sight


@access("panels:sight", object=Patient, kwarg="pseudonym", verb=Permission.SIGHT_READ, reads_patient=True)
def who_sees(request: HttpRequest, patient: Patient) -> HttpResponse:
    consented = may_be_discussed(patient)
    context = {
        "patient": patient,
        "consented": consented,
        "seers": sight.seers(patient, consented=bool(consented)),
        "glimpses": sight.glimpses(patient, consented=bool(consented)),
        "hours": sight.hours_over(patient, consented=bool(consented)),
        "readings": sight.readings(patient),
        "recipients": recipients(patient),
        "consent": allowed(patient),
    }
    return render(request, "panels/sight.html", context)
