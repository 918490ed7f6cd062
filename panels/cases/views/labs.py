"""Results from a pasted table or a file: read, shown for confirmation, added."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of
from panels.cases import actions, queries
from panels.cases.importers.lab_table import read_text
from panels.cases.lab_forms import LabChoices, LabTableForm
from panels.cases.models import Case


@access("cases:labs", object=Case, verb=Permission.CASE_EDIT, methods=READ | WRITE, reads_patient=True)
def paste(request: HttpRequest, case: Case) -> HttpResponse:
    """Paste or choose a file; check what was read line by line; add what is ticked. Nothing is added before that."""
    form = LabTableForm(
        request.POST or None, request.FILES or None, initial=fields_of(f"labs:{case.pk}", by=request.user)
    )
    choices = None
    if form.is_valid():
        lines = read_text(form.text, queries.names_at(by=request.user), day=form.day)
        choices = LabChoices(lines, request.POST if "add" in request.POST else None, case=case)
        if choices.is_confirmed() and (rows := choices.rows()):
            actions.add_labs(case, rows, names=choices.names(), by=request.user)
            drafts.discard(f"labs:{case.pk}", by=request.user)
            messages.success(request, f"{len(rows)} result{'' if len(rows) == 1 else 's'} added.")
            return redirect("cases:edit", case.pk)
    bad = form.errors or (choices and choices.errors)
    context = {
        "case": case,
        "form": form,
        "choices": choices,
        "panel": case.panels.order_by("-drafted_at").first(),
        "consent": queries.allowed(case),
    }
    return render(request, "cases/labs.html", context, status=422 if bad else 200)
