"""A person's own expertise, edited in a minute."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts import actions
from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.forms import ExpertiseForm, PracticeForm
from cpms.accounts.models import Expertise
from cpms.accounts.roles import Permission


@access("expertise", verb=Permission.SIGNED_IN, methods=READ | WRITE)
def mine(request: HttpRequest) -> HttpResponse:
    """Add a condition or a gene; everything else on the page has a form of its own. ``off`` names own rows that are offered to be
    taken off first."""
    user: Any = request.user
    form = ExpertiseForm(request.POST or None)
    if form.is_valid():
        add(user, form.cleaned_data)
        messages.success(request, "Added. Colleagues find you by it from now on.")
        return redirect("expertise")
    return page(request, form, None)


def add(user: Any, clean: dict[str, Any]) -> None:
    if hit := clean["hit"]:
        actions.declare_expertise(user, system=hit.system, code=hit.code, name=hit.name, by=user)
    if gene := clean["gene"].upper():
        actions.declare_expertise(user, system=Expertise.GENE, code=gene, name=gene, by=user)


def page(request: HttpRequest, form: ExpertiseForm, practice: PracticeForm | None) -> HttpResponse:
    user: Any = request.user
    groups = list(user.groups_of_interest.values_list("pk", flat=True))
    initial = {"languages": user.languages, "care": user.care, "groups": groups}
    rows, off = list(user.expertise.order_by("system", "name")), set(request.GET.getlist("off"))
    context = {
        "form": form,
        "practice": practice or PracticeForm(user=user, initial=initial),
        "rows": rows,
        "offered": [row for row in rows if str(row.pk) in off],
    }
    bad = form.errors or (practice is not None and practice.errors)
    return render(request, "accounts/expertise.html", context, status=422 if bad else 200)


@access("practice", verb=Permission.SIGNED_IN, methods=WRITE)
def practice(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    form = PracticeForm(request.POST, user=user)
    if not form.is_valid():
        return page(request, ExpertiseForm(), form)
    actions.set_practice(user, by=user, **form.cleaned_data)
    messages.success(request, "Saved.")
    return redirect("expertise")


@access("drop_expertise", verb=Permission.SIGNED_IN, methods=WRITE)
def drop(request: HttpRequest, row: int) -> HttpResponse:
    user: Any = request.user
    found = user.expertise.filter(pk=row).first()
    if found is None:
        raise Http404
    actions.drop_expertise(found, by=user)
    messages.success(request, "Taken off. Colleagues do not find you by it any more.")
    return redirect("expertise")
