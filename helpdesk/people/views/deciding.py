"""Requests for access before those who decide them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access
from cpms.accounts.access.routes import WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import queries as drafts
from cpms.drafts.actions import discard
from helpdesk.people import actions, queries
from helpdesk.people.forms import RefusalForm
from helpdesk.people.models import AccessRequest


@access("people:requests", verb=Permission.ACCESS_LIST)
def requests(request: HttpRequest) -> HttpResponse:
    return page(request)


def draft_of(asked: AccessRequest) -> str:
    """How a reason that is being typed is named; a bare number would be any thing's."""
    return f"refuse:request-{asked.pk}"


def page(request: HttpRequest, refused: Any = None, form: RefusalForm | None = None, status: int = 200) -> HttpResponse:
    """The list; ``refused`` is the request whose refusal had no reason."""
    waiting = list(queries.waiting_requests(request.user))
    typed = drafts.fields_of_each((draft_of(asked) for asked in waiting), by=request.user)
    for asked in waiting:
        asked.typed = typed[draft_of(asked)].get("reason", "")  # type: ignore[attr-defined]
    context = {
        "waiting": waiting,
        "decided": queries.decided_requests(request.user),
        "refused": refused,
        "form": form or RefusalForm(),
    }
    return render(request, "people/requests.html", context, status=status)


@access("people:approve", object=AccessRequest, verb=Permission.ACCESS_DECIDE, methods=WRITE, step_up=True)
def approve(request: HttpRequest, asked: AccessRequest) -> HttpResponse:
    user = actions.approve_request(asked, by=request.user)
    discard(draft_of(asked), by=request.user)
    hears = "has an account already and is told by mail" if user.activated_at else "gets an activation link by mail"
    messages.success(request, f"{user.display_name} {hears}.")
    return redirect("people:requests")


@access("people:refuse", object=AccessRequest, verb=Permission.ACCESS_DECIDE, methods=WRITE)
def refuse(request: HttpRequest, asked: AccessRequest) -> HttpResponse:
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return page(request, refused=asked, form=form, status=422)
    actions.refuse_request(asked, reason=form.cleaned_data["reason"], by=request.user)
    discard(draft_of(asked), by=request.user)
    messages.success(request, "The applicant reads your reason on the status page.")
    return redirect("people:requests")
