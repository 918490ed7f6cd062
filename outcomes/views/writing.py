"""Write, sign and close an outcome."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cpms.accounts.access import access, ask
from cpms.accounts.access.routes import WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import queries as drafts
from cpms.drafts.actions import discard, save_draft
from outcomes import actions, policy, queries
from outcomes.forms import ConclusionForm, SignForm, advice_rows, advice_set, beside, is_changed
from outcomes.models import Outcome
from outcomes.states import Decision, OutcomeState
from panels.cases.queries import allowed
from panels.models import Panel

UNSAVED = "The text on your page is not the one that is saved, so the panel is not closed. Look at it and save it, then close."
CAME_IN = "A decision of a meeting has come in. It stands in the text now: look at it, then ask for signatures."


@access("outcomes:start", object=Panel, kwarg="ref", verb=Permission.OUTCOME_START, methods=WRITE)
def start(request: HttpRequest, panel: Panel) -> HttpResponse:
    actions.start_outcome(panel, by=request.user)
    return redirect("outcomes:edit", panel.ref)


def page(request: HttpRequest, panel: Panel, status: int = 200, **forms: Any) -> HttpResponse:
    """The outcome with whatever this person may do to it."""
    outcome = queries.outcome_of(panel)
    versions = queries.versions_of(outcome)
    sent = next((version for version in versions if version.number == outcome.number), None)
    text, signatures = queries.text_shown(outcome, sent), queries.signatures(outcome)
    typed = drafts.fields_of(f"outcome:{panel.ref}", by=request.user)
    initial = {name: typed.get(name, getattr(outcome, name)) for name in ("version", "conclusion", "plain")}
    rows = drafts.rows_of(typed, "advice", begun_by=["id", "text"])
    may_write = ask(Permission.OUTCOME_WRITE, request.user, panel)
    marked = queries.marked_since(outcome) if may_write else []
    advice = forms.get("advice") or advice_set(outcome, typed=rows, marked=marked)
    signing = drafts.fields_of(f"sign:{panel.ref}", by=request.user)
    context = {
        "panel": panel,
        "outcome": outcome,
        "text": text,
        "form": forms.get("form") or ConclusionForm(initial=initial),
        "advice": advice,
        "marked": {row["id"] for row in marked},
        "bare": not (text.advice or marked),
        "rows": beside(advice, outcome, text),
        "since": queries.said_since(outcome, text),
        "sign_form": forms.get("sign_form") or SignForm(initial=signing, advice=len(text.advice)),
        "signatures": signatures,
        "sent_for": queries.sent_for(sent, {str(one.who_id) for one in signatures}),
        "awaited": queries.awaited(outcome) if outcome.state == OutcomeState.SIGNING else [],
        "consent": allowed(panel.case),
        **queries.documents_of(panel, request.user),
        "may_write": may_write,
        "saves": queries.saves_of(outcome) if may_write else [],
        "may_sign": ask(Permission.OUTCOME_SIGN, request.user, panel),
        "versions": versions,
        "effect": queries.effect_of(panel),
        "followed": queries.answered_of(panel),
        "may_follow": ask(Permission.OUTCOME_FOLLOW, request.user, panel),
        "may_correct": ask(Permission.OUTCOME_CORRECT, request.user, panel),
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
    actions.write_outcome(panel, items=advice_rows(advice), by=request.user, **clean)
    discard(f"outcome:{panel.ref}", by=request.user)
    wants_signatures = request.POST.get("do") == "send"
    if wants_signatures and actions.take_decisions(panel, by=request.user):
        messages.error(request, CAME_IN)
    elif wants_signatures:
        ask_to_sign(request, panel)
    else:
        messages.success(request, "The outcome is saved.")
    return redirect("outcomes:edit", panel.ref)


def ask_to_sign(request: HttpRequest, panel: Panel) -> None:
    """What is missing in the text is said on its page: what was typed is saved, and nobody is asked."""
    try:
        actions.send_for_signature(panel, by=request.user)
    except actions.Missing as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Members are asked to sign.")


@access("outcomes:sign", object=Panel, kwarg="ref", verb=Permission.OUTCOME_SIGN, methods=WRITE, reads_patient=True)
def sign(request: HttpRequest, panel: Panel) -> HttpResponse:
    form = SignForm(request.POST, advice=Outcome.objects.get(panel=panel).items.count())
    if not form.is_valid():
        return page(request, panel, status=422, sign_form=form)
    clean = form.cleaned_data | {"decision": Decision(form.cleaned_data["decision"])}
    actions.sign(panel, by=request.user, **clean)
    discard(f"sign:{panel.ref}", by=request.user)
    messages.success(request, "Thank you. Your signature is recorded.")
    return redirect("outcomes:edit", panel.ref)


def keep_typed(request: HttpRequest, panel: Panel) -> None:
    """As the page's script keeps it, also without a script."""
    apart = {"csrfmiddlewaretoken", "idempotency_key", "although"}
    fields = {name: text for name, text in request.POST.items() if name not in apart}
    label, path = f"Outcome of {panel.ref}", reverse("outcomes:edit", args=[panel.ref])
    save_draft(form=f"outcome:{panel.ref}", label=label, path=path, fields=fields, by=request.user)


@access("outcomes:close", object=Panel, kwarg="ref", verb=Permission.PANEL_CLOSE, methods=WRITE)
def close(request: HttpRequest, panel: Panel) -> HttpResponse:
    """The text comes along as it stands on the page: one that is not saved waits there, and nothing is closed."""
    outcome = Outcome.objects.get(panel=panel)
    if is_changed(outcome, request.POST, marked=queries.marked_since(outcome)):
        if request.POST.get("version") == str(outcome.version):
            keep_typed(request, panel)
        messages.error(request, UNSAVED)
        return redirect("outcomes:edit", panel.ref)
    said = request.POST.get("although", "")[:9]
    although = int(said) if said.isdecimal() else 0
    if not (verdict := policy.enough_answered(len(queries.awaited(queries.outcome_of(panel))), although)):
        messages.error(request, verdict.reason)
        return redirect("outcomes:edit", panel.ref)
    if actions.take_decisions(panel, by=request.user):
        messages.error(request, CAME_IN)
        return redirect("outcomes:edit", panel.ref)
    actions.close_panel(panel, by=request.user, although=although)
    messages.success(request, "The panel is closed. The document is being made.")
    return redirect("outcomes:edit", panel.ref)
