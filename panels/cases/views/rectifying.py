"""What a patient says is wrong: written down beside what stands in the case."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of
from panels.cases import actions
from panels.cases.forms import RectifyForm
from panels.cases.models import Case
from panels.cases.queries import allowed, case_parts, lines


@access("cases:rectify", object=Case, verb=Permission.CASE_RECTIFY, methods=READ | WRITE, reads_patient=True)
def rectify(request: HttpRequest, case: Case) -> HttpResponse:
    """A right that needs no consent: open to the treating side at any time."""
    case = case_parts(case)
    known = lines(case)
    draft = f"rectify:{case.pk}"
    form = RectifyForm(request.POST or None, lines=known, initial=fields_of(draft, by=request.user))
    if form.is_valid():
        clean = form.cleaned_data
        part, written = known[clean["about"]]
        asked = {name: clean[name] for name in ("says", "asked_by", "asked_on")}
        actions.rectify(case, part=part, written=written, by=request.user, **asked)
        drafts.discard(draft, by=request.user)
        messages.success(request, "Written down. It stands beside the original, for everybody who sees the case.")
        return redirect("cases:rectify", case.pk)
    context = {"case": case, "form": form, "consent": allowed(case)}
    return render(request, "cases/rectify.html", context, status=422 if form.errors else 200)
