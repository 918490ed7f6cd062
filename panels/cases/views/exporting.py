"""The case as a file for the treating side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from cpms.accounts.access import access
from cpms.accounts.roles import Permission
from panels.cases import actions
from panels.cases.models import Case
from panels.cases.queries import case_parts


@access("cases:phenopacket", object=Case, verb=Permission.CASE_EXPORT, reads_patient=True, step_up=True)
def phenopacket(request: HttpRequest, case: Case) -> HttpResponse:
    """A GA4GH phenopacket v2, named by the pseudonym."""
    data = actions.export_phenopacket(case_parts(case), by=request.user)
    named = f'attachment; filename="{case.patient.pseudonym}.phenopacket.json"'
    return HttpResponse(data, content_type="application/json", headers={"Content-Disposition": named})
