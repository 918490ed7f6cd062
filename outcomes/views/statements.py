"""A person's own year in panels."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cpms.accounts.access import access
from cpms.accounts.roles import Permission
from outcomes import pdf, queries


def year_asked(request: HttpRequest) -> int:
    """The year in the address, or this one."""
    asked = request.GET.get("year", "")
    years = queries.years_of(request.user)
    return next((year for year in years if str(year) == asked), years[0])


@access("outcomes:statement", verb=Permission.SIGNED_IN)
def statement(request: HttpRequest) -> HttpResponse:
    """One's own year: panels, statements, minutes."""
    year = year_asked(request)
    context = {"statement": queries.statement_of(request.user, year), "years": queries.years_of(request.user)}
    return render(request, "outcomes/statement.html", context)


@access("outcomes:statement_pdf", verb=Permission.SIGNED_IN)
def statement_pdf(request: HttpRequest) -> HttpResponse:
    year = year_asked(request)
    file = pdf.statement(request.user, queries.statement_of(request.user, year))
    named = f'attachment; filename="cpms-contribution-{year}.pdf"'
    return HttpResponse(file, content_type="application/pdf", headers={"Content-Disposition": named})
