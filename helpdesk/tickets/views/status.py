"""The public page of known bugs and change requests."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access, ask
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of as typed_before
from helpdesk.tickets import actions, queries
from helpdesk.tickets.forms import EntryForm, LinkForm
from helpdesk.tickets.models import StatusEntry, Ticket
from helpdesk.tickets.states import PUBLISHED_AS
from helpdesk.tickets.views.tickets import show


@access("tickets:status", public="known bugs and change requests, in words written for everybody")
def status(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    inside = user.is_authenticated and user.is_verified()
    context = {
        "entries": list(queries.entries(user)),
        "inside": inside,
        "may_publish": inside and ask(Permission.STATUS_PUBLISH, user),
    }
    return render(request, "tickets/status.html", context)


def ticket_of(request: HttpRequest) -> Ticket | None:
    """The ticket from which an entry is made, if this person sees it and may tell of it."""
    try:
        found = Ticket.objects.visible_to(request.user).with_surroundings().filter(pk=request.GET["ticket"]).first()
    except (KeyError, ValidationError):
        return None
    return found if found is not None and ask(Permission.TICKET_LINK, request.user, found) else None


@access("tickets:publish", verb=Permission.STATUS_PUBLISH, methods=READ | WRITE)
def publish(request: HttpRequest) -> HttpResponse:
    """Public words are written anew: of a ticket only its kind is taken over."""
    ticket = ticket_of(request)
    begun = {"kind": PUBLISHED_AS[ticket.kind]} if ticket else {}
    form = EntryForm(request.POST or None, fresh=True, initial=typed_before("status", by=request.user) | begun)
    if form.is_valid():
        clean = form.cleaned_data
        entry = actions.publish(clean.pop("kind"), ticket=ticket, by=request.user, **clean)
        drafts.discard("status", by=request.user)
        messages.success(request, "It stands on the public page.")
        return redirect(entry)
    context = {"form": form, "ticket": ticket, "entry": None}
    return render(request, "tickets/publish.html", context, status=422 if form.errors else 200)


@access("tickets:change", object=StatusEntry, verb=Permission.STATUS_CHANGE, methods=READ | WRITE)
def change(request: HttpRequest, entry: StatusEntry) -> HttpResponse:
    name = f"status:{entry.pk}"
    stands = {field: getattr(entry, field) for field in ("title", "words", "state", "version")}
    form = EntryForm(request.POST or None, fresh=False, initial=stands | typed_before(name, by=request.user))
    if form.is_valid():
        actions.change_entry(entry, by=request.user, **form.cleaned_data)
        drafts.discard(name, by=request.user)
        messages.success(request, "Saved.")
        return redirect(entry)
    context = {"form": form, "entry": entry, "ticket": None}
    return render(request, "tickets/publish.html", context, status=422 if form.errors else 200)


@access("tickets:vote", object=StatusEntry, verb=Permission.STATUS_VOTE, methods=WRITE)
def vote(request: HttpRequest, entry: StatusEntry) -> HttpResponse:
    actions.vote(entry, wanted=request.POST.get("wanted") != "no", by=request.user)
    return redirect(entry)


@access("tickets:link", object=Ticket, verb=Permission.TICKET_LINK, methods=WRITE)
def link(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    form = LinkForm(request.POST, ticket=ticket)
    if not form.is_valid():
        return show(request, ticket, link=form)
    actions.link_ticket(ticket, entry=form.cleaned_data["entry"], by=request.user)
    messages.success(request, "Linked. Who asked is told when it moves.")
    return redirect(ticket)
