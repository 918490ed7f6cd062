"""A newer file of a patient whose case is open: looked at beside the case, and taken line by line."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from panels.cases import actions
from panels.cases.file_forms import NewerFileForm
from panels.cases.importers import newer
from panels.cases.importers.left_out import heaps
from panels.cases.models import Case
from panels.cases.queries import allowed, case_parts
from panels.cases.states import MOST_ROWS


@access("cases:take_in", object=Case, verb=Permission.CASE_EDIT, methods=READ | WRITE, reads_patient=True)
def take_in(request: HttpRequest, case: Case) -> HttpResponse:
    """The file is shown beside the case; what is ticked is added. Nothing that the case holds is changed."""
    case = case_parts(case)
    form = NewerFileForm(request.POST or None, request.FILES or None)
    read = form.read if form.is_valid() else None
    if read and "add" in request.POST:
        ticked = newer.Ticked(request.POST.getlist("take"), request.POST.getlist("held"))
        if count := sum(newer.chosen(read, ticked.keys).counts.values()):
            made = actions.add_read_lines(case, read, ticked=ticked, filename=form.name, by=request.user)
            say_what_came(request, sum(made.taken.values()), count)
            return redirect("cases:edit", case.pk)
        messages.info(request, "Nothing was ticked, so nothing was added.")
    context = {
        "case": case,
        "form": form,
        "panel": case.panels.order_by("-drafted_at").first(),
        "consent": allowed(case),
        "parts": newer.lines_of(case, read) if read else [],
        "differs": newer.about_the_patient(case, read) if read else [],
        "left_out": heaps([*read.left_out, *actions.unplaced(read)]) if read else None,
    }
    return render(request, "cases/take_in.html", context, status=422 if form.errors else 200)


def say_what_came(request: HttpRequest, count: int, ticked: int) -> None:
    messages.success(request, f"{count} line{'' if count == 1 else 's'} added from the file.")
    if missing := ticked - count:
        why = f"the case holds {'it' if missing == 1 else 'them'} by now, or has its {MOST_ROWS:,} lines"
        messages.warning(request, f"{missing} ticked line{' was' if missing == 1 else 's were'} not added: {why}.")
