"""The sheets that patients sign, to read, preview and print. They hold no patient's data."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from consent import pdf
from consent.models import ConsentForm
from consent.queries import current_form, sheet_of
from cpms.accounts.access import access
from cpms.accounts.roles import Permission


def form_or_404(language: str) -> ConsentForm:
    form = current_form(language)
    if form is None:
        raise Http404
    return form


@access("patients:sheet", verb=Permission.SIGNED_IN)
def sheet(request: HttpRequest, language: str) -> HttpResponse:
    """The form in one language, to read or to print. Holds no patient's data."""
    form = form_or_404(language)
    others = ConsentForm.objects.published().exclude(language=language)
    return render(request, "patients/sheet.html", {"sheet": sheet_of(form), "others": others})


@access("patients:sheet_preview", verb=Permission.STAFF_SITE)
def sheet_preview(request: HttpRequest, version: int) -> HttpResponse:
    """A version that is not published yet, as patients will see it."""
    found = get_object_or_404(ConsentForm, pk=version)
    others = ConsentForm.objects.published()
    return render(request, "patients/sheet.html", {"sheet": sheet_of(found), "others": others})


@access("patients:sheet_pdf", verb=Permission.SIGNED_IN)
def sheet_pdf(_request: HttpRequest, language: str) -> HttpResponse:
    form = form_or_404(language)
    named = f'attachment; filename="consent-{form.language}-{form.version}.pdf"'
    return HttpResponse(pdf.sheet(form), content_type="application/pdf", headers={"Content-Disposition": named})
