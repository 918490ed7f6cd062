"""Every refusal explained: no right, no page, no valid form token."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

NOT_ALLOWED = "You are not allowed to do this."


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "refusal.html", {"reason": str(exception) or NOT_ALLOWED}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token does not fit: an old tab, mostly. Nothing was changed."""
    text = "This form was open for too long or in another window. Nothing was changed. Please go back and try again."
    return render(request, "refusal.html", {"reason": text}, status=403)


def rate_limited(request: HttpRequest, **_kwargs: Any) -> HttpResponse:
    return render(request, "refusal.html", {"reason": "Too many attempts. Please wait a few minutes."}, status=429)
