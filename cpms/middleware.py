"""Middleware that knows nothing of people: the request's id in every log line, and headers that never change."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from cpms import logs
from cpms.audit import actions as audit

log = structlog.get_logger("cpms.request")
Handler = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "serial", "usb")
)
QUIET = ("/livez", "/readyz", "/static/")
TURNS = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")  # U+202A to U+202E and U+2066 to U+2069, in UTF-8


class CompressTextMiddleware(GZipMiddleware):
    """Pages and tables of text travel compressed; files are compressed already, or are not worth it.

    Django pads each answer with random bytes against guessing by length (BREACH), and masks the form's token anew.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith(("text/html", "text/csv", "application/json")):
            return response
        return super().process_response(request, response)


class ReadOneWayMiddleware:
    """No page holds a mark that turns the reading direction: on screen as on paper (``cpms.paper``) "50" must not read "05", and
    nobody's name turns round what stands beside it. Letters of other scripts run their own way without one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        page = response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming
        if page and TURNS.search(response.content):
            response.content = TURNS.sub(b"", response.content)
            if "Content-Length" in response.headers:  # counted further in, before the marks were taken out
                response.headers["Content-Length"] = str(len(response.content))
        return response


class RequestIdMiddleware:
    """Give each request an id, return it as ``X-Request-ID`` and write one log line without path or query values.

    A thread serves many people: what the trail knows of this request, its route and on whose behalf, ends with it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = logs.request_id.set(uuid.uuid4().hex)
        before = audit.route.set(""), audit.on_behalf_of.set(None)
        started = time.monotonic()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = logs.request_id.get()
            if not request.path.startswith(QUIET):
                self.write_line(request, response, started)
            return response
        finally:
            logs.request_id.reset(token)
            audit.route.reset(before[0])
            audit.on_behalf_of.reset(before[1])

    def write_line(self, request: HttpRequest, response: HttpResponse, started: float) -> None:
        match = request.resolver_match
        log.info(
            "request",
            route=match.view_name if match else "none",
            method=request.method,
            status=response.status_code,
            ms=round((time.monotonic() - started) * 1000),
        )


class HeadersMiddleware:
    """Headers for every answer: isolation, no powerful features, and no copy of a page in any cache."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("X-Content-Type-Options", "nosniff")
        response.setdefault("Cache-Control", "no-store")
        return response
