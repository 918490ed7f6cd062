"""Centres and people from a file: every row is shown, the bad ones by name, before anything is taken in."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms import sheets
from cpms.accounts.access import access, ask
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from helpdesk.people import actions, queries
from helpdesk.people.forms import TableForm
from helpdesk.people.importers.columns import NAMES, NEEDED, WRONG, unread_columns
from helpdesk.people.models import Table
from helpdesk.people.states import OF_OTHERS, RowState, TableKind

PAGE, MOST_BAD = 50, 100


@access("people:tables", verb=Permission.CENTRE_PLACE, methods=READ | WRITE)
def table_list(request: HttpRequest) -> HttpResponse:
    """Choose a file; the files read before."""
    user: Any = request.user
    form = TableForm(request.POST or None, request.FILES or None, user=user)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            table = actions.read_table(form.cleaned_data["network"], data=file.read(), name=file.name, by=user)
        except sheets.Unreadable as error:
            form.add_error("file", str(error))
        else:
            return redirect(table)
    wanted = [
        (kind.label, NEEDED[kind], [n.replace("_", " ") for n in NAMES[kind] if n not in NEEDED[kind]])
        for kind in TableKind
    ]
    context = {"form": form, "tables": queries.tables_of(user), "wanted": wanted}
    return render(request, "people/tables.html", context, status=422 if form.errors else 200)


@access("people:table", object=Table, verb=Permission.TABLE_READ)
def table(request: HttpRequest, table: Table) -> HttpResponse:
    """What is wrong stands first, row by row; then everything else."""
    page = Paginator(table.rows.exclude(state=RowState.BAD), PAGE).get_page(request.GET.get("page"))
    differing = queries.differing_rows(table)
    context = {
        "table": table,
        "counts": queries.rows_by_state(table),
        "bad": table.rows.filter(state=RowState.BAD)[:MOST_BAD],
        "differing": differing[:MOST_BAD],
        "differ": differing.count(),
        "page": page,
        "rows": [(row, list(zip_longest(table.header, row.cells, fillvalue=""))) for row in page],
        "asks": OF_OTHERS if any(row.asks_others for row in page) else "",
        "unread": unread_columns(table.header, TableKind(table.kind)),
        "may_take": ask(Permission.TABLE_TAKE, request.user, table),
    }
    return render(request, "people/table.html", context)


@access("people:table_progress", object=Table, verb=Permission.TABLE_READ)
def progress(request: HttpRequest, table: Table) -> HttpResponse:
    """A fragment that the page asks for until no row waits any more."""
    return render(request, "people/_table_progress.html", {"table": table, "counts": queries.rows_by_state(table)})


@access("people:table_to_mend", object=Table, verb=Permission.TABLE_READ)
def to_mend(request: HttpRequest, table: Table) -> HttpResponse:
    """The bad rows as they were written, with what is wrong in front: to be mended and read again; or those that differ."""
    differ = "differing" in request.GET
    rows = queries.differing_rows(table) if differ else table.rows.filter(state=RowState.BAD)
    lines = ([str(row.number), " ".join(row.problems), *row.cells] for row in rows)
    data = sheets.as_csv([["Row", WRONG.capitalize(), *table.header], *lines])
    headers = {"Content-Disposition": f'attachment; filename="{"different" if differ else "to-mend"}.csv"'}
    return HttpResponse(data, content_type="text/csv; charset=utf-8", headers=headers)


@access("people:check_table", object=Table, verb=Permission.TABLE_TAKE, methods=WRITE)
def check(request: HttpRequest, table: Table) -> HttpResponse:
    """Once more, after a missing hospital was added, or by somebody who may give more roles."""
    actions.check_table(table, by=request.user)
    return redirect(table)


@access("people:take_table", object=Table, verb=Permission.TABLE_TAKE, methods=WRITE, step_up=True)
def take(request: HttpRequest, table: Table) -> HttpResponse:
    actions.take_table(table, by=request.user)
    messages.success(request, "The good rows are being taken in. Those to be mended stay here.")
    return redirect(table)
