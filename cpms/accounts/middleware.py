"""Deny by default: only a fully signed-in person reaches a page, and only a declared route is a page at all."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlencode

import structlog
from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from cpms import clock
from cpms.accounts import actions
from cpms.accounts.access import Refused, Route, ask, route_of
from cpms.accounts.access.routes import refuse, site_of
from cpms.audit import actions as audit
from cpms.audit.states import Event, Result

log = structlog.get_logger("cpms.access")
Handler = Callable[[HttpRequest], HttpResponse]
BACKGROUND = "X-Background"  # sent by polling and autosave: such a request is no sign that somebody is there


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the login page and back, with why somebody was signed out; a script gets 401 with the address, so its page keeps what
    was typed."""
    address = reverse("account_login")
    if "application/json" in request.headers.get("Accept", "") or request.headers.get("HX-Request"):
        return JsonResponse({"login": address}, status=401)
    words = {"next": request.get_full_path()} if request.method == "GET" else {}
    words |= {"over": over} if (over := why_over(request)) else {}
    return HttpResponseRedirect(f"{address}?{urlencode(words)}" if words else address)


def why_over(request: HttpRequest) -> str:
    """``idle``, ``limit`` or ``ended``, as the login page words it; empty for who was not signed in.

    A cookie without its session is one that was ended, or made up: nothing is told of any account.
    """
    if over := getattr(request, "session_over", ""):
        return str(over)
    sent = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    return "ended" if sent and request.session.session_key is None else ""


class VerifiedRequiredMiddleware:
    """Refuse undeclared routes, wrong methods, addresses that nothing can have and every session without a second factor; record
    refusals."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        denial = getattr(request, "denial", None)
        if denial is not None:
            with transaction.atomic():
                audit.record(
                    Event.DENIED,
                    on=denial.thing,
                    by=request.user,
                    result=Result.REFUSED,
                    method=request.method,
                    reason="not visible" if response.status_code == 404 else "not allowed",
                )
        return response

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        if "\0" in unquote(request.get_full_path()):
            raise BadRequest("no text of the database holds a NUL, so no address does")
        route = route_of(view)
        if route is None:
            log.error("route without declaration", route=getattr(request.resolver_match, "view_name", "?"))
            raise Http404
        ask_in = None if route.public else require_verified(request)
        if ask_in is not None:
            return ask_in
        if request.method not in route.methods:
            return wrong_method(request, route)
        ask_for_site(request, route, view)
        return None


def wrong_method(request: HttpRequest, route: Route) -> HttpResponse:
    """An address that takes forms only, opened as a page: after a reload, mostly."""
    reason = "This address only takes what a form sends. Nothing was changed."
    response = render(request, "refusal.html", {"reason": reason}, status=405)
    response["Allow"] = ", ".join(sorted(route.methods))
    return response


def require_verified(request: HttpRequest) -> HttpResponse | None:
    """The way to the login unless password, second factor and account are all in order."""
    user: Any = request.user
    if user.is_authenticated and user.is_active and user.is_verified():
        return None
    if user.is_authenticated:
        request.session_over = "ended"  # type: ignore[attr-defined]
        logout(request)
    return ask_to_sign_in(request)


def ask_for_site(request: HttpRequest, route: Route, view: Any) -> None:
    """Pages of an admin site have no ``@access`` of their own: the site's rule is asked here."""
    if site_of(view) is None or route.verb is None:
        return
    if not (verdict := ask(route.verb, request.user)):
        refuse(request, route, verdict.reason)
        raise Refused(verdict.reason)


class SessionLimitsMiddleware:
    """End a session after its idle or absolute limit (NIST 800-63B AAL2: 30 minutes, 12 hours; staff sooner)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if user.is_authenticated:
            now = clock.now().timestamp()
            if over := self.over(request, now):
                request.session_over = over  # type: ignore[attr-defined]
                logout(request)
            elif BACKGROUND not in request.headers and now - request.session.get("seen_at", 0) > 60:
                request.session.setdefault("started_at", now)
                request.session["seen_at"] = now
                if user.is_verified():
                    actions.note_seen(request)
        return self.get_response(request)

    def over(self, request: HttpRequest, now: float) -> str:
        """``idle`` or ``limit``, or empty while the session goes on."""
        staff = request.user.is_staff
        idle = settings.STAFF_IDLE_SECONDS if staff else settings.SESSION_IDLE_SECONDS
        absolute = settings.STAFF_ABSOLUTE_SECONDS if staff else settings.SESSION_ABSOLUTE_SECONDS
        seen, started = request.session.get("seen_at", now), request.session.get("started_at", now)
        if now - started > absolute:
            return "limit"
        return "idle" if now - seen > idle else ""


class ZoneMiddleware:
    """Show times in the signed-in person's zone."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with timezone.override(zoneinfo.ZoneInfo(request.user.zone)):
            return self.get_response(request)
