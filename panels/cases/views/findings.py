"""Findings while a case is prepared: one by one, or proposed from a pasted letter."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.terminology import queries as terminology
from panels.cases import actions
from panels.cases.forms import LetterForm, OneFindingForm
from panels.cases.models import Case
from panels.cases.queries import allowed, line_words


@access("cases:findings", object=Case, verb=Permission.CASE_EDIT, methods=READ | WRITE, reads_patient=True)
def findings(request: HttpRequest, case: Case) -> HttpResponse:
    """A page of its own, or the part of the page that sent the form. Proposals are taken only when ticked."""
    do = {"add": add, "read": read, "take": take}.get(request.POST.get("do", ""), nothing)
    did = do(request, case)
    if did is None:
        return redirect("cases:findings", case.pk)  # htmx follows it and gets the part again
    parts = {"form": OneFindingForm(), "letter": LetterForm(), **did}
    held = list(case.findings.order_by("position"))
    for one in held:
        one.key = case.key
    panel = case.panels.order_by("-drafted_at").first()
    bad = any(form.errors for form in (parts["form"], parts["letter"]))
    is_part = bool(request.headers.get("HX-Request"))
    page = "cases/_findings.html" if is_part else "cases/findings.html"
    again = is_part and not parts.get("was_read") and not parts["form"]["present"].errors
    context = {"case": case, "held": held, "panel": panel, "consent": allowed(case), "again": again, **parts}
    return render(request, page, context, status=422 if bad else 200)


def nothing(_request: HttpRequest, _case: Case) -> dict[str, Any]:
    return {}


def add(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    """``None`` once it is done."""
    form = OneFindingForm(request.POST)
    if not form.is_valid():
        return {"form": form}
    if actions.add_findings(case, [form.cleaned_data], by=request.user):
        return None
    held = case.findings.filter(code=form.cleaned_data["code"]).first()
    words = f": {line_words(held)}" if held else ""
    form.add_error("label", f"The case holds this finding already{words}. Correct it on the page of the case.")
    return {"form": form}


def read(request: HttpRequest, case: Case) -> dict[str, Any]:
    """What the letter names and the case does not hold yet; and what it names that the case says something of."""
    letter = LetterForm(request.POST)
    if not letter.is_valid():
        return {"letter": letter}
    held = dict(case.findings.values_list("code", "present"))
    found = terminology.mentioned(letter.cleaned_data["letter"])
    known = [(one, held[one.code]) for one in found if one.code in held]
    return {"proposals": [one for one in found if one.code not in held], "known": known, "was_read": True}


def take(request: HttpRequest, case: Case) -> None:
    """The ticked ones, under the names that the terminology has for their codes."""
    rows = []
    for code in request.POST.getlist("take"):
        if name := terminology.name_of("HP", code):
            rows.append({"code": code, "label": name, "present": request.POST.get(f"is-{code}") != "0"})
    actions.add_findings(case, rows, by=request.user)
