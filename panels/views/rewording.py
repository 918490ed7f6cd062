"""Correct or recall one's own statement or message."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of as typed_before
from panels import actions
from panels.cases.queries import allowed
from panels.forms import RewordForm
from panels.models import Contribution, Message

BOTH = READ | WRITE


@access("panels:reword_statement", object=Contribution, verb=Permission.PANEL_REWORD, methods=BOTH, reads_patient=True)
def reword_statement(request: HttpRequest, statement: Contribution) -> HttpResponse:
    return reword(request, statement)


@access("panels:reword_message", object=Message, verb=Permission.PANEL_REWORD, methods=BOTH, reads_patient=True)
def reword_message(request: HttpRequest, message: Message) -> HttpResponse:
    return reword(request, message)


def reword(request: HttpRequest, said: Contribution | Message) -> HttpResponse:
    """The words in a box; "Recall" beside it while they are fresh."""
    draft = f"reword:{said.pk}"
    form = RewordForm(request.POST or None, initial={"text": said.text, **typed_before(draft, by=request.user)})
    if "recall" in request.POST:
        panel = said.panel
        actions.recall(said, by=request.user)
        drafts.discard(draft, by=request.user)
        messages.success(request, "Recalled. Your words are gone.")
        return redirect(panel)
    if form.is_valid():
        actions.reword(said, text=form.cleaned_data["text"], by=request.user)
        drafts.discard(draft, by=request.user)
        messages.success(request, "Corrected. The earlier wording stays readable.")
        return redirect(said.panel)
    context = {"form": form, "said": said, "panel": said.panel, "draft": draft, "consent": allowed(said.panel.case)}
    return render(request, "panels/reword.html", context, status=422 if form.errors else 200)
