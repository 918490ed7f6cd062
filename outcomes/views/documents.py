"""Watch the document being made, download it, check it."""

from __future__ import annotations

import hashlib

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.accounts.views.refusals import rate_limited
from outcomes import actions, queries
from outcomes.forms import VerifyForm
from outcomes.models import OutcomeDocument
from outcomes.states import Language
from panels.models import Panel


@access("outcomes:handed", object=OutcomeDocument, verb=Permission.SIGNED_IN)
def handed(request: HttpRequest, document: OutcomeDocument) -> HttpResponse:
    """The document alone, for a guest of a closed panel: number, versions and how far they are, nothing clinical."""
    context = {"panel": document.panel, "until": queries.guest_until(document.panel, request.user)}
    return render(request, "outcomes/handed.html", context | queries.documents_of(document.panel, request.user))


def back(request: HttpRequest, document: OutcomeDocument) -> HttpResponse:
    """To the outcome, or to the document's own page for who sees no more than that."""
    if Panel.objects.visible_to(request.user).filter(pk=document.panel_id).exists():
        return redirect("outcomes:edit", document.panel.ref)
    return redirect("outcomes:handed", document.pk)


@access("outcomes:progress", object=OutcomeDocument, verb=Permission.SIGNED_IN)
def progress(request: HttpRequest, document: OutcomeDocument) -> HttpResponse:
    """A fragment that the page polls until the document is ready: a state and a number, nothing clinical."""
    queries.mark_stuck([document])
    return render(request, "outcomes/_progress.html", {"document": document})


@access("outcomes:retry", object=OutcomeDocument, verb=Permission.SIGNED_IN, methods=WRITE)
def retry(request: HttpRequest, document: OutcomeDocument) -> HttpResponse:
    actions.retry_document(document, by=request.user)
    return back(request, document)


@access("outcomes:language", object=OutcomeDocument, verb=Permission.DOCUMENT_READ, methods=WRITE)
def language(request: HttpRequest, document: OutcomeDocument) -> HttpResponse:
    """The same version with its fixed words in another language, made by the worker."""
    asked = request.POST.get("language", "")
    if asked in Language.values:
        actions.order_language(document, Language(asked), by=request.user)
    return back(request, document)


@access("outcomes:download", object=OutcomeDocument, verb=Permission.DOCUMENT_READ, reads_patient=True)
def download(request: HttpRequest, document: OutcomeDocument) -> HttpResponse:
    """The file, opened under the patient's key for this request only; each download is written down."""
    data = actions.take_out_document(document, by=request.user)
    edition = f"-edition-{document.edition}" if document.edition > 1 else ""
    name = f"{document.panel.ref}-outcome-{document.number}{edition}-{document.language}.pdf"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(data, content_type="application/pdf", headers=headers)


@access("outcomes:verify", public="whoever holds a document checks it here by its code", methods=READ | WRITE)
def verify(request: HttpRequest) -> HttpResponse:
    """Says whether a code belongs to a document of ours: number, version, day, fingerprint. Nothing clinical, no
    name. Guessing is slowed down: 55 random bits and ten tries a minute."""
    form = VerifyForm(request.POST or None, request.FILES or None, initial={"code": request.GET.get("code", "")})
    found, same_file = None, None
    if form.is_valid():
        if not ratelimit.consume(request, action="verify"):
            return rate_limited(request, action="verify")
        found = queries.genuine(form.cleaned_data["code"])
        if found is None:
            form.add_error("code", "No document of ours has this code. Check the letters and digits.")
        elif form.cleaned_data["file"]:
            same_file = hashlib.sha256(form.cleaned_data["file"].read()).hexdigest() == found.file_hash
    context = {"form": form, "document": found, "same_file": same_file, "newer": found and queries.replaced_by(found)}
    context["signed_since"] = bool(found and queries.signed_since(found))
    return render(request, "outcomes/verify.html", context, status=422 if form.errors else 200)
