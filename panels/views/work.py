"""My work, and the list of panels."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cpms import clock
from cpms.accounts import queries as accounts
from cpms.accounts.access import access, ask, record_shown
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.models import UnitCover
from cpms.accounts.roles import Permission
from panels import actions, queries
from panels.forms import ListForm, SearchForm
from panels.models import Panel, SavedFilter


@access("home", verb=Permission.PANEL_LIST, lists_patients=True)
def my_work(request: HttpRequest) -> HttpResponse:
    """One list by urgency; each row says why it is here and has one button."""
    user: Any = request.user
    work, others = queries.worklist(user, whole="all" in request.GET), queries.waiting_for_others(user)
    absent = accounts.stood_in_for(user)
    left = queries.left_to(user) if absent else []
    seen = [*(row.panel for row in work.rows if row.panel), *(row.panel for row in left), *others]
    shown = {panel.pk: panel for panel in seen}
    about = [*shown.values(), *(row.patient for row in work.rows if row.patient)]
    record_shown(about, by=request.user)
    context = {
        "work": work,
        "others": others,
        "absent": absent,
        "left": left,
        "next_meeting": queries.next_meeting(request.user),
        "drafts": queries.half_written(user),
        "kept": SavedFilter.objects.visible_to(user),
        "cover": UnitCover.objects.visible_to(user).select_related("unit", "given_by").first(),
        "today": clock.today(),
        "may_draft": ask(Permission.PANEL_DRAFT, request.user),
    }
    return render(request, "panels/my_work.html", context)


@access("panels:search", verb=Permission.PANEL_LIST, methods=READ | WRITE, lists_patients=True)
def search(request: HttpRequest) -> HttpResponse:
    """Find a panel again. Asked by POST, so that no condition or name stands in an address or a log."""
    form = SearchForm(request.POST or None)
    found: list[Panel] = []
    if form.is_valid():
        clean = form.cleaned_data
        narrowed = {name: clean[name] for name in ("state", "since", "until")}
        rows = queries.search(request.user, clean["words"], **narrowed)
        found = queries.loaded(rows[: queries.MOST_FOUND])
    record_shown(found, by=request.user)
    limits = {"most": queries.MOST_FOUND, "looked_through": queries.LOOKED_THROUGH}
    user: Any = request.user
    context = {
        "form": form,
        "found": found,
        "covers": user.covers(),
        "asked": form.is_bound and not form.errors,
        **limits,
    }
    return render(request, "panels/search.html", context, status=422 if form.errors else 200)


@access("panels:list", verb=Permission.PANEL_LIST, lists_patients=True)
def panel_list(request: HttpRequest) -> HttpResponse:
    """Newest first, by pages. One read event holds every panel shown."""
    user: Any = request.user
    form = ListForm(request.GET, groups=queries.groups_of_panels(user), covers=user.covers())
    wanted = queries.Wanted(**form.cleaned_data) if form.is_valid() else queries.Wanted()
    page = Paginator(queries.listed(request.user, wanted), queries.PAGE).get_page(request.GET.get("page"))
    page.object_list = queries.loaded(page.object_list)
    record_shown(page.object_list, by=request.user)
    query = form.query if form.is_valid() else ""
    context = {
        "page": page,
        "covers": user.covers(),
        "form": form,
        "state": wanted.state,
        "states": form.fields["state"].choices,  # type: ignore[attr-defined]
        "query": query,
        "narrowed": bool({name for name, value in form.cleaned_data.items() if value} - {"state"}),
        "kept": SavedFilter.objects.visible_to(request.user),
        "may_draft": ask(Permission.PANEL_DRAFT, request.user),
    }
    return render(request, "panels/panel_list.html", context)


@access("panels:keep_filter", verb=Permission.PANEL_LIST, methods=WRITE)
def keep_filter(request: HttpRequest) -> HttpResponse:
    """The filter that the list shows now."""
    user: Any = request.user
    form = ListForm(request.POST, groups=queries.groups_of_panels(user), covers=user.covers())
    if not form.is_valid() or not form.query:
        messages.error(request, "Choose something first: a state, a group, an urgency or a day.")
        return redirect("panels:list")
    actions.save_filter(form.query, label=form.label, by=request.user)
    messages.success(request, "Kept. You find it here and on My work.")
    return redirect(f"{reverse('panels:list')}?{form.query}")


@access("panels:drop_filter", verb=Permission.PANEL_LIST, methods=WRITE)
def drop_filter(request: HttpRequest, key: Any) -> HttpResponse:
    kept = SavedFilter.objects.visible_to(request.user).filter(pk=key).first()
    if kept is None:
        raise Http404
    actions.drop_filter(kept, by=request.user)
    return redirect("panels:list")
