"""Answer a group's form for a case; print it for regular care; look at a draft and publish it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string

from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of
from cpms.locking import kept_theirs
from cpms.paper import pages_of
from panels.cases import actions, queries
from panels.cases.group_forms import AnswersForm
from panels.cases.models import Case, CaseForm
from panels.cases.queries import case_parts


@access("cases:form", object=Case, verb=Permission.CASE_EDIT, methods=READ | WRITE, reads_patient=True)
def form(request: HttpRequest, case: Case, slug: str) -> HttpResponse:
    """The version the case answered, or the one published now. Laboratory values typed here go to the case's results."""
    offer = queries.form_of(case, slug)
    if offer is None:
        raise Http404
    case = case_parts(case)
    named = f"form-{slug}:{case.pk}"
    known = queries.lab_rows_of(offer.form, case)
    answers = AnswersForm(
        request.POST or None,
        questionnaire=queries.parsed(offer.form.body),
        answers=offer.answers.by_link if offer.answers else {},
        version=offer.answers.version if offer.answers else 0,
        known=known,
        typed=fields_of(named, by=request.user),
    )
    if answers.is_valid():
        given = {"answers": answers.answers(), "labs": answers.lab_rows(), "version": answers.cleaned_data["version"]}
        actions.answer_form(case, offer.form, by=request.user, kept=kept_theirs(request.POST), **given)
        drafts.discard(named, by=request.user)
        messages.success(request, "The form is saved.")
        return redirect(case.panels.order_by("-drafted_at").first() or case.patient)
    context = {
        "case": case,
        "panel": case.panels.order_by("-drafted_at").first(),
        "consent": queries.allowed(case),
        "offer": offer,
        "form": answers,
        "named": named,
        "sources": queries.sources_of(known),
        "newer": newer_than(offer),
    }
    return render(request, "cases/form.html", context, status=422 if answers.errors else 200)


def newer_than(offer: queries.Offer) -> CaseForm | None:
    """A version published since this one was answered."""
    latest = queries.published_form(offer.form.slug) if offer.answers else None
    return latest if latest and latest.version > offer.form.version else None


def sheet_context(form: CaseForm) -> dict[str, Any]:
    own = queries.ranges_for_form(form)
    labs, children = queries.printed_labs(form, own), queries.printed_children(form, own)
    used = [one.interval for _, _, who in labs for one in who if one and one.interval]
    used += [one for test in children for one in test.intervals]
    sources = queries.cited(used)
    return {
        "form": form,
        "sections": list(queries.printed(form)),
        "labs": labs,
        "children": children,
        "sources": sources,
    }


@access("cases:blank_form", verb=Permission.SIGNED_IN)
def blank_form(request: HttpRequest, slug: str) -> HttpResponse:
    """The same form as a questionnaire for regular care. Holds no patient's data."""
    found = queries.published_form(slug)
    if found is None:
        raise Http404
    return render(request, "cases/form_sheet.html", sheet_context(found))


@access("cases:blank_form_pdf", verb=Permission.SIGNED_IN)
def blank_form_pdf(_request: HttpRequest, slug: str) -> HttpResponse:
    found = queries.published_form(slug)
    if found is None:
        raise Http404
    data = pages_of(render_to_string("cases/form_document.html", sheet_context(found)))
    named = f'attachment; filename="{found.slug}-{found.version}.pdf"'
    return HttpResponse(data, content_type="application/pdf", headers={"Content-Disposition": named})


@access("cases:form_preview", verb=Permission.STAFF_SITE, methods=READ | WRITE)
def form_preview(request: HttpRequest, version: int) -> HttpResponse:
    """A version as clinicians will see it; published from here, for good."""
    found = get_object_or_404(CaseForm, pk=version)
    if request.method == "POST":
        actions.publish_case_form(found, by=request.user)
        messages.success(request, "The version is published. Cases get it from now on.")
        return redirect("cases:form_preview", found.pk)
    shown = AnswersForm(questionnaire=queries.parsed(found.body), answers={}, version=0, known={}, typed={})
    return render(request, "cases/form_preview.html", {**sheet_context(found), "found": found, "form": shown})
