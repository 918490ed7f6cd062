"""A whole unit may see its panels for a time."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from cpms.accounts.access import Refused, access
from cpms.accounts.access.routes import WRITE
from cpms.accounts.models import Centre, UnitCover
from cpms.accounts.roles import Permission
from cpms.drafts.actions import discard
from helpdesk.people import actions
from helpdesk.people.forms import CoverForm
from helpdesk.people.views.centres import draft_of, show


@access("people:cover_unit", object=Centre, verb=Permission.CENTRE_COVER, methods=WRITE, step_up=True)
def cover(request: HttpRequest, centre: Centre) -> HttpResponse:
    form = CoverForm(request.POST, centre=centre)
    if form.is_valid():
        try:
            actions.cover_unit(by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("valid_to", str(refusal))
        else:
            discard(draft_of("cover", centre), by=request.user)
            messages.success(request, "Saved. Every clinician of the unit is told.")
            return redirect(centre)
    return show(request, centre, cover=form)


@access("people:end_cover", object=Centre, verb=Permission.CENTRE_COVER, methods=WRITE)
def end(request: HttpRequest, centre: Centre, cover: str) -> HttpResponse:
    found = UnitCover.objects.filter(unit__centre=centre, pk=cover).first()
    if found is None:
        raise Http404
    try:
        actions.end_cover(found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Ended. It counts from now; the unit is told.")
    return redirect(centre)
