"""Asking for access, and where the request stands. Both are public and tell nobody whether an account exists."""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.views.refusals import rate_limited
from helpdesk.people import actions, queries
from helpdesk.people.forms import AccessRequestForm


@access("people:ask", public="whoever has no account asks for one here", methods=READ | WRITE)
def ask(request: HttpRequest) -> HttpResponse:
    form = AccessRequestForm(request.POST or None)
    if form.is_valid():
        if not ratelimit.consume(request, action="access_request"):
            return rate_limited(request, action="access_request")
        if ratelimit.consume(request, action="access_request_mail", key=form.cleaned_data["email"].lower()):
            actions.hand_in_request(by=None, **form.cleaned_data)
        return redirect("people:received")
    return render(request, "people/ask.html", {"form": form}, status=422 if form.errors else 200)


@access("people:received", public="says the same to everybody who asked")
def received(request: HttpRequest) -> HttpResponse:
    return render(request, "people/received.html")


@access("people:status", public="the mailed link's token is the right; opening it changes nothing")
def status(request: HttpRequest, token: str) -> HttpResponse:
    found = queries.request_of(token)
    if found is None:
        return render(request, "accounts/link_over.html", status=410)
    deciders = list(queries.deciders_of(found)) if found.state == "waiting" else []
    further = found.state == "waiting" and queries.asked_further(found)
    context = {"asked": found, "token": token, "deciders": deciders, "further": further, "sent": "sent" in request.GET}
    return render(request, "people/status.html", context)


@access("people:link_again", public="the mailed link's token is the right", methods=WRITE)
def link_again(request: HttpRequest, token: str) -> HttpResponse:
    found = queries.request_of(token)
    if found is None:
        return render(request, "accounts/link_over.html", status=410)
    if not ratelimit.consume(request, action="access_request_mail", key=found.email):
        return rate_limited(request, action="access_request_mail", key=found.email)
    actions.send_link_again(found, by=None)
    return redirect(f"{request.path.removesuffix('link/')}?sent=1")
