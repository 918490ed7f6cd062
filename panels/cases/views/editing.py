"""Correct a case; find a term for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of
from cpms.locking import kept_theirs
from cpms.terminology import queries as terminology
from panels.cases import actions
from panels.cases.forms import ROWS, CaseForms
from panels.cases.importers.sent import sent_text, sent_texts
from panels.cases.models import Case
from panels.cases.queries import allowed, asked_about, asked_about_variant, case_parts, forms_of, outline

SUGGESTED: dict[str, Callable[[str], list[terminology.Hit]]] = {
    "HPO": partial(terminology.search, "HP"),
    "ORPHA": partial(terminology.search, "ORPHA"),
    "GENE": terminology.suggested_genes,
}


@access("cases:edit", object=Case, verb=Permission.CASE_EDIT, methods=READ | WRITE, reads_patient=True)
def edit(request: HttpRequest, case: Case) -> HttpResponse:
    """Every line of the case, ready to correct. A clash shows both texts; errors keep what was typed."""
    case = case_parts(case)
    typed = fields_of(f"case:{case.pk}", by=request.user)
    forms = CaseForms(case, request.POST or None, typed=typed)
    if request.method == "POST" and forms.is_valid():
        correction = actions.Correction(
            summary=forms.summary.cleaned_data["summary"],
            gone=forms.gone(),
            **{name: forms.rows(name) for name in ROWS},
        )
        correction = correction.keeping(kept_theirs(request.POST))
        actions.correct_case(case, correction, version=forms.summary.cleaned_data["version"], by=request.user)
        drafts.discard(f"case:{case.pk}", by=request.user)
        messages.success(request, "The case is saved.")
        return redirect(after_saving(request, case))
    bad = request.method == "POST"
    context = {
        "case": case,
        "forms": forms,
        "outline": outline(case),
        "offers": forms_of(case),
        "consent": allowed(case),
        "panel": case.panels.order_by("-drafted_at").first(),
    }
    return render(request, "cases/edit.html", context, status=422 if bad else 200)


def after_saving(request: HttpRequest, case: Case) -> Any:
    """The panel; or the same part with a fresh row, for whom the page could not add one."""
    if (part := request.POST.get("stay")) in ROWS:
        return f"{reverse('cases:edit', args=[case.pk])}#{part}-more"
    return case.panels.order_by("-drafted_at").first() or case.patient


@access("cases:terms", verb=Permission.SIGNED_IN, methods=WRITE)
def terms(request: HttpRequest) -> HttpResponse:
    """Typeahead: HPO phenotypes, ORPHA diseases or genes as list options. What is typed may be a patient's, so it is no address."""
    suggested = SUGGESTED.get(request.GET.get("system", ""))
    hits = suggested(sent_text(request)) if suggested else []
    return render(request, "cases/_terms.html", {"hits": hits})


@access("cases:question", verb=Permission.SIGNED_IN, methods=WRITE)
def question(request: HttpRequest) -> HttpResponse:
    """About a result or a variant that is being typed: what is sent is looked at and forgotten."""
    gene, hgvs = sent_texts(request, "gene", "hgvs")
    if gene or hgvs:
        asked = asked_about_variant(gene, hgvs, terminology.genes())
    else:
        asked = asked_about(*sent_texts(request, "test", "value", "unit"))
    return render(request, "cases/_question.html", {"question": asked})


@access("cases:confirm", object=Case, verb=Permission.CASE_EDIT, methods=WRITE)
def confirm(request: HttpRequest, case: Case) -> HttpResponse:
    """Everything copied from the previous case still holds."""
    actions.confirm_copy(case, by=request.user)
    messages.success(request, "The copied data are confirmed.")
    return redirect(case.panels.order_by("-drafted_at").first() or case.patient)
