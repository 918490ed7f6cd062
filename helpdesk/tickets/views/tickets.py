"""Ask the helpdesk; lists of tickets; the thread."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access, ask
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of as typed_before
from helpdesk.tickets import actions, queries
from helpdesk.tickets.forms import ConsultForm, LinkForm, RaiseForm, ReplyForm, SearchForm
from helpdesk.tickets.models import Ticket


@access("tickets:raise", verb=Permission.TICKET_RAISE, methods=READ | WRITE)
def raise_ticket(request: HttpRequest) -> HttpResponse:
    """What goes along of the page before is shown, and looked at again when it is sent."""
    user, said = request.user, request.GET
    where = queries.where(user, route=said.get("at", ""), panel=said.get("panel", ""))
    nearest = where.panel.network_id if where.panel else None
    form = RaiseForm(request.POST or None, initial=typed_before("ticket", by=user), user=user, nearest=nearest)
    if form.is_valid():
        clean = form.cleaned_data
        ticket = actions.raise_ticket(clean["kind"], text=clean["text"], network=form.chosen, where=where, by=user)
        drafts.discard("ticket", by=user)
        messages.success(request, "Sent. You are told by mail when the helpdesk replies.")
        return redirect(ticket)
    context = {"form": form, "where": where, "latest": queries.own(user)[:3]}
    return render(request, "tickets/raise.html", context, status=422 if form.errors else 200)


@access("tickets:list", verb=Permission.TICKET_LIST, methods=READ | WRITE)
def ticket_list(request: HttpRequest) -> HttpResponse:
    """One's own; for a helpdesk those it looks after, what waits first. Words to find one by are posted: they stand in no address."""
    user: Any = request.user
    theirs = user.is_staff and request.GET.get("whose") != "mine"
    rows = queries.of_helpdesk(user) if theirs else queries.own(user)
    form = SearchForm(request.POST or None)
    found = queries.search(rows, form.cleaned_data["words"]) if form.is_valid() else []
    page = Paginator(rows, queries.PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "asked": form.is_valid(),
        "found": found[: queries.PAGE],
        "more": len(found) > queries.PAGE,
        "looked_through": queries.LOOKED_THROUGH,
        "page": page,
        "theirs": theirs,
        "query": "whose=mine&" if user.is_staff and not theirs else "",
    }
    return render(request, "tickets/list.html", context, status=422 if form.errors else 200)


@access("tickets:ticket", object=Ticket, verb=Permission.TICKET_READ)
def ticket(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    return show(request, ticket)


def show(request: HttpRequest, ticket: Ticket, reply: ReplyForm | None = None, **forms: Any) -> HttpResponse:
    """The page, with a form's errors when there are any."""
    user, as_staff = request.user, request.user.pk != ticket.asker_id
    replies, number = queries.thread(ticket, reader=user, latest=None if "all" in request.GET else queries.LATEST)
    typed = typed_before(f"ticket-reply:{ticket.pk}", by=user)
    may = {
        verb: ask(Permission(f"ticket_{verb}"), user, ticket)
        for verb in ("reply", "close", "forget", "escalate", "give_back")
    }
    may |= {verb: ask(Permission(f"ticket_{verb}"), user, ticket) for verb in ("consult", "link")}
    context = {
        "ticket": ticket,
        "as_staff": as_staff,
        "replies": replies,
        "number": number,
        "earlier": number - len(replies),
        "consulted": queries.consulted(ticket),
        "form": reply or ReplyForm(initial=typed, as_staff=as_staff),
        "consult": forms.get("consult") or (ConsultForm(ticket=ticket) if may["consult"] else None),
        "link": forms.get("link") or (LinkForm(ticket=ticket) if may["link"] else None),
        "may": may,
    }
    wrong = any(form is not None and form.errors for form in (reply, *forms.values()))
    return render(request, "tickets/ticket.html", context, status=422 if wrong else 200)


@access("tickets:reply", object=Ticket, verb=Permission.TICKET_REPLY, methods=WRITE)
def reply(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    form = ReplyForm(request.POST, as_staff=request.user.pk != ticket.asker_id)
    if not form.is_valid():
        return show(request, ticket, form)
    said = actions.reply(ticket, by=request.user, **form.cleaned_data)
    drafts.discard(f"ticket-reply:{ticket.pk}", by=request.user)
    messages.success(request, "Sent.")
    return redirect(f"{ticket.get_absolute_url()}#r-{said.pk}")


@access("tickets:close", object=Ticket, verb=Permission.TICKET_CLOSE, methods=WRITE)
def close(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    actions.close_ticket(ticket, by=request.user)
    messages.success(request, "The ticket is closed. A reply of who asked opens it again.")
    return redirect(ticket)


@access("tickets:forget", object=Ticket, verb=Permission.TICKET_FORGET, methods=WRITE)
def forget(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    actions.forget_words(ticket, by=request.user)
    messages.success(request, "The words are gone for good, those of the replies too.")
    return redirect(ticket)


@access("tickets:escalate", object=Ticket, verb=Permission.TICKET_ESCALATE, methods=WRITE)
def escalate(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    actions.escalate(ticket, by=request.user)
    messages.success(request, "The core helpdesk sees it now. You keep sight of it.")
    return redirect(ticket)


@access("tickets:give_back", object=Ticket, verb=Permission.TICKET_GIVE_BACK, methods=WRITE)
def give_back(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """The ticket is out of sight afterwards, so it leads to the others."""
    actions.give_back(ticket, by=request.user)
    messages.success(request, f"{ticket.ref} lies with the helpdesk of {ticket.network} again.")
    return redirect("tickets:list")


@access("tickets:consult", object=Ticket, verb=Permission.TICKET_CONSULT, methods=WRITE)
def consult(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    form = ConsultForm(request.POST, ticket=ticket)
    if not form.is_valid():
        return show(request, ticket, consult=form)
    actions.consult(ticket, network=form.cleaned_data["network"], by=request.user)
    messages.success(request, "Their helpdesk is asked into the thread.")
    return redirect(ticket)
