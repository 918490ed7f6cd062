"""The outreach log of a hospital."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import Refused, access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.models import Centre
from cpms.accounts.roles import Permission
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of as typed_before
from helpdesk.people import actions
from helpdesk.people.forms import OutreachForm
from helpdesk.people.models import Outreach
from helpdesk.people.views.centres import show


@access("people:log_outreach", object=Centre, verb=Permission.OUTREACH_LOG, methods=WRITE)
def log(request: HttpRequest, centre: Centre) -> HttpResponse:
    form = OutreachForm(request.POST, centre=centre, user=request.user)
    if form.is_valid():
        try:
            entry = actions.log_outreach(centre, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            drafts.discard(f"outreach:{centre.pk}", by=request.user)
            messages.success(request, "It stands in the outreach log.")
            return redirect(entry)
    return show(request, centre, outreach=form)


@access("people:correct_outreach", object=Outreach, verb=Permission.OUTREACH_CORRECT, methods=READ | WRITE)
def correct(request: HttpRequest, entry: Outreach) -> HttpResponse:
    """In other words; those before stay below it."""
    name, user = f"outreach-correct:{entry.pk}", request.user
    typed = typed_before(name, by=user)
    form = OutreachForm(request.POST or None, centre=entry.centre, user=user, entry=entry, typed=typed)
    if form.is_valid():
        try:
            fresh = actions.correct_outreach(entry, by=user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            drafts.discard(name, by=user)
            messages.success(request, "Corrected. What stood there before is kept below it.")
            return redirect(fresh)
    context = {"form": form, "entry": entry, "centre": entry.centre}
    return render(request, "people/correct_outreach.html", context, status=422 if form.errors else 200)


@access("people:outreach_done", object=Outreach, verb=Permission.OUTREACH_DONE, methods=WRITE)
def done(request: HttpRequest, entry: Outreach) -> HttpResponse:
    actions.settle_outreach(entry, by=request.user)
    messages.success(request, "Done. Write down what was spoken, if anything was.")
    return redirect(entry)


@access("people:forget_outreach", object=Outreach, verb=Permission.OUTREACH_FORGET, methods=WRITE)
def forget(request: HttpRequest, entry: Outreach) -> HttpResponse:
    actions.forget_outreach(entry, by=request.user)
    messages.success(request, "The words are gone for good.")
    return redirect(entry)
