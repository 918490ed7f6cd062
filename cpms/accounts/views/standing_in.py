"""Who acts for whom: assistants, and deputies during an absence."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts import actions, queries
from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.forms import AbsenceForm, AssistantForm
from cpms.accounts.roles import Permission, Role


@access("assistants", verb=Permission.SIGNED_IN, methods=READ | WRITE, step_up=True)
def assistants(request: HttpRequest) -> HttpResponse:
    """Name a colleague, see who acts for me and for whom I act."""
    user: Any = request.user
    form = AssistantForm(request.POST or None, user=user)
    if form.is_valid():
        chosen = form.cleaned_data["assistant"]
        actions.name_assistant(chosen, until=form.cleaned_data["until"], by=user)
        messages.success(request, f"{chosen.display_name} may act for you from now on.")
        return redirect("assistants")
    context = {
        "form": form,
        "is_clinician": Role.CLINICIAN in user.held_roles(),
        "mine": user.assistants.current().select_related("assistant__centre"),
        "others": user.acts_for.current().select_related("clinician__centre"),
    }
    return render(request, "accounts/assistants.html", context, status=422 if form.errors else 200)


@access("end_assistant", verb=Permission.SIGNED_IN, methods=WRITE)
def end_assistant(request: HttpRequest, delegation: int) -> HttpResponse:
    found = queries.delegation_of(request.user, delegation)
    if found is None:
        raise Http404
    actions.end_delegation(found, by=request.user)
    messages.success(request, "Ended. It counts from the next click.")
    return redirect("assistants")


@access("absence", verb=Permission.SIGNED_IN, methods=READ | WRITE)
def absence(request: HttpRequest) -> HttpResponse:
    """Away until a day, and who stands in meanwhile; shown beside the name."""
    user: Any = request.user
    form = AbsenceForm(
        request.POST or None, user=user, initial={"away_until": user.away_until, "deputy": user.deputy_id}
    )
    if form.is_valid():
        actions.set_absence(user, by=user, **form.cleaned_data)
        messages.success(request, "Saved. Colleagues see it beside your name.")
        return redirect("profile")
    return render(request, "accounts/absence.html", {"form": form}, status=422 if form.errors else 200)
