"""Results from a pasted table or a file: read, shown for confirmation, added."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import Refused, access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of
from panels.cases import actions, queries
from panels.cases.importers.lab_table import read_text
from panels.cases.lab_forms import LabChoices, LabTableForm
from panels.cases.models import Case

CHANGED = (
    "The table was changed after it was read, and nothing is added yet. Look at the lines once more, then add them."
)
UNREAD = "No line could be read as a result: each needs a name and a value. What was left out, and why, stands below."


def not_now(request: HttpRequest, *, reason: str) -> HttpResponse:
    """A table sent by somebody who may not add to the case, or not any more: the reason beside it, all that was typed and
    ticked, and nothing of the case."""
    form = LabTableForm(request.POST, request.FILES)
    form.add_error("table", reason)
    apart = {"table", "taken_on", "add", "csrfmiddlewaretoken", "idempotency_key"}
    ticked = [(name, value) for name, values in request.POST.lists() if name not in apart for value in values]
    return render(request, "cases/labs_refused.html", {"form": form, "ticked": ticked}, status=403)


@access("cases:labs", object=Case, verb=Permission.CASE_EDIT, methods=READ | WRITE, reads_patient=True, refused=not_now)
def paste(request: HttpRequest, case: Case) -> HttpResponse:
    """Paste or choose a file; check what was read line by line; add what is ticked. Nothing is added before that."""
    form = LabTableForm(
        request.POST or None, request.FILES or None, initial=fields_of(f"labs:{case.pk}", by=request.user)
    )
    choices = None
    if form.is_valid():
        choices = read(request, case, form)
        if not choices.lines:
            form.add_error("table", UNREAD)
        elif choices.is_confirmed() and (added := add(request, case, form, choices)):
            messages.success(request, f"{added} result{'' if added == 1 else 's'} added.")
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


def read(request: HttpRequest, case: Case, form: LabTableForm) -> LabChoices:
    """The lines, with what was decided about each, unless the table was changed after it was looked at."""
    lines = read_text(form.text, queries.names_at(by=request.user), day=form.day)
    is_decided = "add" in request.POST
    if is_decided and request.POST.get("checked", form.mark) != form.mark:
        form.add_error("table", CHANGED)
        is_decided = False
    return LabChoices(lines, request.POST if is_decided else None, case=case)


def add(request: HttpRequest, case: Case, form: LabTableForm, choices: LabChoices) -> int:
    """How many results were added; a refusal, as when the case is full, stands beside the table."""
    rows = choices.rows()
    if not rows:
        form.add_error("table", "Tick at least one line to add.")
        return 0
    try:
        actions.add_labs(case, rows, names=choices.names(), by=request.user)
    except Refused as refusal:
        form.add_error("table", str(refusal))
        return 0
    drafts.discard(f"labs:{case.pk}", by=request.user)
    return len(rows)
