"""Every refusal explained: no right, no page, no valid form token, more than can be read."""

from __future__ import annotations

import math
import time

from allauth.core.internal import ratelimit  # what a limit has counted is asked nowhere else
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

APP = "allauth.account"
OF_ALLAUTH = {"account_login": "login", "account_reset_password": "reset_password"}
UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))
NOT_ALLOWED = "You are not allowed to do this."
TOO_MUCH = "This is more than can be taken at once. Nothing was changed. Go back to your text, and send it in parts."
UNREADABLE = "What was sent cannot be read. Nothing was changed. Go back and try again."


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A form with more text or more fields than ``DATA_UPLOAD_MAX_…`` allows, or one that no page of ours sends."""
    too_much = isinstance(exception, (RequestDataTooBig, TooManyFieldsSent))
    return render(request, "refusal.html", {"reason": TOO_MUCH if too_much else UNREADABLE}, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "refusal.html", {"reason": str(exception) or NOT_ALLOWED}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token does not fit: an old tab, mostly. Nothing was changed."""
    text = "This form was open for too long or in another window. Nothing was changed. Go back and try again."
    return render(request, "refusal.html", {"reason": text}, status=403)


def rate_limited(request: HttpRequest, *, action: str = "", key: str | None = None) -> HttpResponse:
    """Too many attempts, and how long to wait: in words and as ``Retry-After``, in seconds."""
    action = action or OF_ALLAUTH.get(request.resolver_match.view_name if request.resolver_match else "", "")
    seconds = wait_for(request, action, key or request.POST.get("email", "").lower())
    response = render(
        request, "refusal.html", {"reason": f"Too many attempts. Try again in {spoken(seconds)}."}, status=429
    )
    response["Retry-After"] = str(seconds)
    return response


def wait_for(request: HttpRequest, action: str, key: str) -> int:
    """Seconds until the action's limits of ``ACCOUNT_RATE_LIMITS`` let somebody through again; at least one."""
    longest, now = 1.0, time.time()
    for rate in ratelimit.get_rates(app=APP, action=action):
        history = cache.get(ratelimit.get_cache_key(request, app=APP, action=action, rate=rate, key=key), [])
        if len(history) >= rate.amount:
            longest = max(longest, history[-1] + rate.duration - now)
    return math.ceil(longest)


def spoken(seconds: int) -> str:
    """How long to wait, rounded up to a unit that a clock shows."""
    length, unit = next((found for found in UNITS if seconds > found[0]), UNITS[-1])
    count = math.ceil(seconds / length)
    return f"{count} {unit}{'s' if count > 1 else ''}"
