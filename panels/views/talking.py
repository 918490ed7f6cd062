"""Reply, take a stance, mark."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts import queries as accounts
from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of as typed_before
from panels import actions, queries
from panels.cases.queries import allowed
from panels.forms import ContributionForm, StanceForm, ThanksForm
from panels.models import Contribution, Panel
from panels.views.panel import begun, offers, page


@access(
    "panels:reply",
    object=Panel,
    kwarg="ref",
    verb=Permission.PANEL_CONTRIBUTE,
    methods=WRITE,
    reads_patient=True,
)
def reply(request: HttpRequest, panel: Panel) -> HttpResponse:
    """Advice or a message; an error shows the page again with the text in its box."""
    form = ContributionForm(request.POST, **offers(panel, request.user))
    if not form.is_valid():
        return page(request, panel, form, status=422)
    clean = form.cleaned_data
    answers = queries.answered_words(panel, clean["answers"])
    beside = actions.Beside(tuple(clean["mentions"]), answers, clean["quote"])
    if clean["kind"] == "message":
        actions.comment(panel, text=clean["text"], beside=beside, by=request.user)
    else:
        words = {name: clean[name] for name in ("kind", "text", "certainty")}
        actions.contribute(panel, beside=beside, by=request.user, **words)
    drafts.discard(f"reply:{panel.ref}", by=request.user)
    messages.success(request, "Sent.")
    for sentence in accounts.absences(clean["mentions"]):
        messages.warning(request, sentence)
    return redirect(panel)


@access(
    "panels:stance",
    object=Contribution,
    verb=Permission.PANEL_STANCE,
    methods=READ | WRITE,
    reads_patient=True,
)
def stance(request: HttpRequest, contribution: Contribution) -> HttpResponse:
    """Agree in one tap; to amend or dissent a small page asks for the words."""
    kind = request.POST.get("kind") or request.GET.get("kind", "dissent")
    draft = f"stance:{contribution.pk}:{kind}"
    said = queries.objection_of(request.user, contribution)
    typed = {"kind": kind, "text": said, **typed_before(draft, by=request.user)}
    form = StanceForm(request.POST or None, initial=typed)
    if form.is_valid():
        clean = form.cleaned_data
        actions.take_stance(contribution, kind=clean["kind"], text=clean["text"], by=request.user)
        drafts.discard(draft, by=request.user)
        return redirect(f"{contribution.panel.get_absolute_url()}#s-{contribution.pk}")
    panel = contribution.panel
    context = {"form": form, "contribution": contribution, "panel": panel, "kind": kind, "consent": allowed(panel.case)}
    return render(request, "panels/stance.html", context, status=422 if form.errors else 200)


@access("panels:supply", object=Contribution, verb=Permission.PANEL_SUPPLY, methods=WRITE)
def supply(request: HttpRequest, contribution: Contribution) -> HttpResponse:
    """The asked-for data is in the case now."""
    actions.supply(contribution, by=request.user)
    messages.success(request, "Noted. Whoever asked is told.")
    return redirect(f"{contribution.panel.get_absolute_url()}#s-{contribution.pk}")


@access("panels:thank", object=Panel, kwarg="ref", verb=Permission.PANEL_THANK, methods=WRITE, reads_patient=True)
def thank(request: HttpRequest, panel: Panel) -> HttpResponse:
    """How useful the advice was, and a word to those who gave it."""
    form = ThanksForm(request.POST)
    if not form.is_valid():
        reply_form = ContributionForm(initial=begun(panel, request.user), **offers(panel, request.user))
        return page(request, panel, reply_form, status=422, thanks_form=form)
    actions.thank(panel, useful=form.cleaned_data["useful"], text=form.cleaned_data["text"], by=request.user)
    drafts.discard(f"thank:{panel.ref}", by=request.user)
    messages.success(request, "Thank you. The members are told.")
    return redirect(panel)


@access("panels:mark", object=Contribution, verb=Permission.PANEL_MARK, methods=WRITE)
def mark(request: HttpRequest, contribution: Contribution) -> HttpResponse:
    actions.mark(contribution, marked=request.POST.get("marked") == "1", by=request.user)
    return redirect(f"{contribution.panel.get_absolute_url()}#s-{contribution.pk}")
