"""Write, sign, close; watch the document being made, download it, check it."""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access, ask
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.accounts.views.refusals import rate_limited
from cpms.drafts import queries as drafts
from cpms.drafts.actions import discard
from outcomes import actions, pdf, queries
from outcomes.forms import ConclusionForm, SignForm, VerifyForm, advice_set
from outcomes.models import Outcome, OutcomeDocument
from outcomes.states import Decision, DocumentState
from panels.cases.queries import allowed
from panels.models import Panel


@access("outcomes:start", object=Panel, kwarg="ref", verb=Permission.OUTCOME_START, methods=WRITE)
def start(request: HttpRequest, panel: Panel) -> HttpResponse:
    actions.start_outcome(panel, by=request.user)
    return redirect("outcomes:edit", panel.ref)


def page(request: HttpRequest, panel: Panel, status: int = 200, **forms: Any) -> HttpResponse:
    """The outcome with whatever this person may do to it."""
    outcome = queries.outcome_of(panel)
    may_write = ask(Permission.OUTCOME_WRITE, request.user, panel)
    typed = drafts.fields_of(f"outcome:{panel.ref}", by=request.user)
    initial = {"version": outcome.version, "conclusion": typed.get("conclusion", outcome.conclusion)}
    rows = drafts.rows_of(typed, "advice", shown_by="text")
    context = {
        "panel": panel,
        "outcome": outcome,
        "items": outcome.items.all(),
        "form": forms.get("form") or ConclusionForm(initial=initial),
        "advice": forms.get("advice") or advice_set(outcome, typed=rows),
        "sign_form": forms.get("sign_form") or SignForm(initial=drafts.fields_of(f"sign:{panel.ref}", by=request.user)),
        "signatures": queries.signatures(outcome),
        "consent": allowed(panel.case),
        "documents": OutcomeDocument.objects.filter(panel=panel).defer("pdf"),
        "may_write": may_write,
        "may_sign": ask(Permission.OUTCOME_SIGN, request.user, panel),
        "may_close": ask(Permission.PANEL_CLOSE, request.user, panel),
    }
    return render(request, "outcomes/outcome.html", context, status=status)


@access("outcomes:edit", object=Panel, kwarg="ref", verb=Permission.OUTCOME_READ, reads_patient=True)
def edit(request: HttpRequest, panel: Panel) -> HttpResponse:
    return page(request, panel)


@access("outcomes:save", object=Panel, kwarg="ref", verb=Permission.OUTCOME_WRITE, methods=WRITE, reads_patient=True)
def save(request: HttpRequest, panel: Panel) -> HttpResponse:
    """Save; the button "Ask for signatures" saves and sends in one go."""
    form = ConclusionForm(request.POST)
    advice = advice_set(Outcome.objects.get(panel=panel), request.POST)
    if not (form.is_valid() and advice.is_valid()):
        return page(request, panel, status=422, form=form, advice=advice)
    clean = form.cleaned_data
    rows = [row for row in (one.cleaned_data for one in advice) if row]
    actions.write_outcome(panel, conclusion=clean["conclusion"], items=rows, version=clean["version"], by=request.user)
    discard(f"outcome:{panel.ref}", by=request.user)
    if request.POST.get("do") == "send":
        actions.send_for_signature(panel, by=request.user)
        messages.success(request, "Members are asked to sign.")
    else:
        messages.success(request, "The outcome is saved.")
    return redirect("outcomes:edit", panel.ref)


@access("outcomes:sign", object=Panel, kwarg="ref", verb=Permission.OUTCOME_SIGN, methods=WRITE, reads_patient=True)
def sign(request: HttpRequest, panel: Panel) -> HttpResponse:
    form = SignForm(request.POST)
    if not form.is_valid():
        return page(request, panel, status=422, sign_form=form)
    clean = form.cleaned_data
    decision, number = Decision(clean["decision"]), clean["number"]
    actions.sign(panel, decision=decision, number=number, text=clean["text"], by=request.user)
    discard(f"sign:{panel.ref}", by=request.user)
    messages.success(request, "Thank you. Your signature is recorded.")
    return redirect("outcomes:edit", panel.ref)


@access("outcomes:close", object=Panel, kwarg="ref", verb=Permission.PANEL_CLOSE, methods=WRITE)
def close(request: HttpRequest, panel: Panel) -> HttpResponse:
    actions.close_panel(panel, by=request.user)
    messages.success(request, "The panel is closed. The document is being made.")
    return redirect("outcomes:edit", panel.ref)


@access("outcomes:progress", object=OutcomeDocument, verb=Permission.SIGNED_IN)
def progress(request: HttpRequest, document: OutcomeDocument) -> HttpResponse:
    """A fragment that the page polls until the document is ready: a state and a number, nothing clinical."""
    return render(request, "outcomes/_progress.html", {"document": document})


@access("outcomes:retry", object=OutcomeDocument, verb=Permission.SIGNED_IN, methods=WRITE)
def retry(request: HttpRequest, document: OutcomeDocument) -> HttpResponse:
    actions.retry_document(document, by=request.user)
    return redirect("outcomes:edit", document.panel.ref)


@access("outcomes:download", object=OutcomeDocument, verb=Permission.DOCUMENT_READ, reads_patient=True)
def download(request: HttpRequest, document: OutcomeDocument) -> HttpResponse:
    """The file, opened under the patient's key for this request only; each download is written down."""
    data = actions.take_out_document(document, by=request.user)
    name = f"{document.panel.ref}-outcome-{document.number}.pdf"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(data, content_type="application/pdf", headers=headers)


@access("outcomes:verify", public="whoever holds a document checks it here by its code", methods=READ | WRITE)
def verify(request: HttpRequest) -> HttpResponse:
    """Says whether a code belongs to a document of ours: number, version, day, fingerprint. Nothing clinical, no
    name. Guessing is slowed down: 55 random bits and ten tries a minute."""
    form = VerifyForm(request.POST or None, request.FILES or None, initial={"code": request.GET.get("code", "")})
    found, same_file = None, None
    if form.is_valid():
        if not ratelimit.consume(request, action="verify"):
            return rate_limited(request)
        found = queries.genuine(form.cleaned_data["code"])
        if found is None:
            form.add_error("code", "No document of ours has this code. Please check the letters and digits.")
        elif form.cleaned_data["file"]:
            same_file = hashlib.sha256(form.cleaned_data["file"].read()).hexdigest() == found.file_hash
    context = {"form": form, "document": found, "same_file": same_file, "ready": DocumentState.READY}
    return render(request, "outcomes/verify.html", context, status=422 if form.errors else 200)


def year_asked(request: HttpRequest) -> int:
    """The year in the address, or this one."""
    asked = request.GET.get("year", "")
    years = queries.years_of(request.user)
    return next((year for year in years if str(year) == asked), years[0])


@access("outcomes:statement", verb=Permission.SIGNED_IN)
def statement(request: HttpRequest) -> HttpResponse:
    """One's own year: panels, statements, minutes."""
    year = year_asked(request)
    context = {"statement": queries.statement_of(request.user, year), "years": queries.years_of(request.user)}
    return render(request, "outcomes/statement.html", context)


@access("outcomes:statement_pdf", verb=Permission.SIGNED_IN)
def statement_pdf(request: HttpRequest) -> HttpResponse:
    year = year_asked(request)
    file = pdf.statement(request.user, queries.statement_of(request.user, year))
    named = f'attachment; filename="cpms-contribution-{year}.pdf"'
    return HttpResponse(file, content_type="application/pdf", headers={"Content-Disposition": named})
