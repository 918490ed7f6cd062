"""My work, and the list of panels."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cpms import clock
from cpms.accounts.access import access, ask
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.drafts.models import Draft
from panels import queries
from panels.forms import SearchForm
from panels.models import Panel
from panels.states import State


@access("home", verb=Permission.PANEL_LIST)
def my_work(request: HttpRequest) -> HttpResponse:
    """One list by urgency; each row says why it is here and has one button."""
    user: Any = request.user
    work, others = queries.worklist(user), queries.waiting_for_others(user)
    shown = {row.panel.pk: row.panel for row in work.rows if row.panel} | {panel.pk: panel for panel in others}
    if shown:
        audit.record_list(Event.PATIENT_READ, shown.values(), by=request.user)
    context = {
        "work": work,
        "others": others,
        "next_meeting": queries.next_meeting(request.user),
        "drafts": Draft.objects.filter(user=user)[:5],
        "today": clock.today(),
        "may_draft": ask(Permission.PANEL_DRAFT, request.user),
    }
    return render(request, "panels/my_work.html", context)


@access("panels:search", verb=Permission.PANEL_LIST, methods=READ | WRITE)
def search(request: HttpRequest) -> HttpResponse:
    """Find a panel again. Asked by POST, so that no condition or name stands in an address or a log."""
    form = SearchForm(request.POST or None)
    found: list[Panel] = []
    if form.is_valid():
        rows = queries.search(request.user, form.cleaned_data["words"], state=form.cleaned_data["state"])
        found = queries.loaded(rows[: queries.MOST_FOUND])
    if found:
        audit.record_list(Event.PATIENT_READ, found, by=request.user)
    limits = {"most": queries.MOST_FOUND, "looked_through": queries.LOOKED_THROUGH}
    context = {"form": form, "found": found, "asked": form.is_bound and not form.errors, **limits}
    return render(request, "panels/search.html", context, status=422 if form.errors else 200)


@access("panels:list", verb=Permission.PANEL_LIST)
def panel_list(request: HttpRequest) -> HttpResponse:
    """Newest first, by pages. One read event holds every panel shown."""
    state = request.GET.get("state", "")
    state = state if state in State.values else ""
    page = Paginator(queries.listed(request.user, state=state), queries.PAGE).get_page(request.GET.get("page"))
    page.object_list = queries.loaded(page.object_list)
    if page.object_list:
        audit.record_list(Event.PATIENT_READ, page.object_list, by=request.user)
    context = {
        "page": page,
        "state": state,
        "states": State.choices,
        "may_draft": ask(Permission.PANEL_DRAFT, request.user),
    }
    return render(request, "panels/panel_list.html", context)
