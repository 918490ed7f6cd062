"""The versions of an outcome, and the correction that makes a new one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import queries as drafts
from cpms.drafts.actions import discard
from outcomes import actions, policy, queries
from outcomes.forms import CorrectionForm, advice_rows, advice_set, beside
from outcomes.models import OutcomeDocument
from panels.cases.queries import allowed
from panels.models import Panel


@access("outcomes:version", object=Panel, kwarg="ref", verb=Permission.OUTCOME_READ, reads_patient=True)
def version(request: HttpRequest, panel: Panel, *, number: int) -> HttpResponse:
    """One version as it was sent, with its signatures and its document; for the treating side also what was saved before."""
    outcome = queries.outcome_of(panel)
    versions = queries.versions_of(outcome)
    shown = next((one for one in versions if one.number == number), None)
    if shown is None:
        raise Http404
    signatures = queries.signatures(outcome, number)
    context = {
        "panel": panel,
        "consent": allowed(panel.case),
        "outcome": outcome,
        "shown": shown,
        "versions": versions,
        "text": queries.text_from(shown.body),
        "signatures": signatures,
        "sent_for": queries.sent_for(shown, {str(one.who_id) for one in signatures}),
        "saves": queries.saves_before(shown) if policy.may_read_saves(request.user, panel) else [],
        "documents": OutcomeDocument.objects.filter(panel=panel, number=number).defer("pdf"),
    }
    return render(request, "outcomes/version.html", context)


@access(
    "outcomes:correct",
    object=Panel,
    kwarg="ref",
    verb=Permission.OUTCOME_CORRECT,
    methods=READ | WRITE,
    reads_patient=True,
)
def correct(request: HttpRequest, panel: Panel) -> HttpResponse:
    """The closed text, open to correct, with a reason."""
    if request.method != "POST":
        return correction_page(request, panel)
    form = CorrectionForm(request.POST)
    advice = advice_set(queries.outcome_of(panel), request.POST)
    if not (form.is_valid() and advice.is_valid()):
        return correction_page(request, panel, status=422, form=form, advice=advice)
    actions.correct_outcome(panel, items=advice_rows(advice), by=request.user, **form.cleaned_data)
    discard(f"correct:{panel.ref}", by=request.user)
    messages.success(request, "The outcome is corrected. The new document is being made, and the members are told.")
    return redirect("outcomes:edit", panel.ref)


def correction_page(request: HttpRequest, panel: Panel, status: int = 200, **forms: Any) -> HttpResponse:
    outcome = queries.outcome_of(panel)
    text = queries.text_of(outcome)
    typed = drafts.fields_of(f"correct:{panel.ref}", by=request.user)
    written = ("version", "conclusion", "plain", "reason")
    initial = {name: typed.get(name, getattr(outcome, name, "")) for name in written}
    rows = drafts.rows_of(typed, "advice", begun_by=["id", "text"])
    advice = forms.get("advice") or advice_set(outcome, typed=rows)
    context = {
        "panel": panel,
        "consent": allowed(panel.case),
        "outcome": outcome,
        "form": forms.get("form") or CorrectionForm(initial=initial),
        "advice": advice,
        "rows": beside(advice, outcome, text),
    }
    return render(request, "outcomes/correct.html", context, status=status)
