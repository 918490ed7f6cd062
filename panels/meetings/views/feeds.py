"""The private calendar address."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from panels.meetings import actions, queries
from panels.meetings.calendars import feed_file


@access("meetings:address", verb=Permission.SIGNED_IN, methods=READ | WRITE)
def address(request: HttpRequest) -> HttpResponse:
    """Whether there is one, and a new one: shown once."""
    made = ""
    if request.method == "POST":
        made = settings.BASE_URL + reverse("meetings:feed", args=[actions.renew_feed(by=request.user)])
    feed = queries.feed_of(request.user)
    return render(request, "meetings/address.html", {"feed": feed, "made": made})


@access("meetings:stop_address", verb=Permission.SIGNED_IN, methods=WRITE)
def stop_address(request: HttpRequest) -> HttpResponse:
    actions.stop_feed(by=request.user)
    messages.success(request, "The address answers no more.")
    return redirect("meetings:address")


@access("meetings:feed", public="the address's secret is the right")
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The coming meetings of whose address it is. Numbers and times; nothing for an account that is switched off."""
    found = actions.feed_asked(token, by=None)
    if found is None:
        raise Http404
    meetings = list(queries.mine_to_attend(found.user))
    refs = queries.refs_seen(meetings, found.user)
    text = feed_file((meeting, refs[meeting.pk]) for meeting in meetings)
    headers = {"Content-Disposition": 'inline; filename="cpms.ics"', "Cache-Control": "private, no-store"}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)
