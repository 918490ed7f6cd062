"""The owner's second factor, recovery codes and sessions, and the page that asks for a fresh code."""

from __future__ import annotations

from typing import Any

import django_otp
from allauth.core import ratelimit
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from cpms import clock
from cpms.accounts import actions, queries
from cpms.accounts.access import access
from cpms.accounts.access.holding import held
from cpms.accounts.access.routes import CODE_AT, READ, WRITE, is_fresh
from cpms.accounts.forms import CodeForm
from cpms.accounts.roles import Permission
from cpms.accounts.views.activation import qr_code, secret_text
from cpms.accounts.views.codes import check
from cpms.accounts.views.refusals import rate_limited

BOTH = READ | WRITE


@access("security", verb=Permission.SIGNED_IN)
def overview(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    context = {
        "devices": queries.devices_of(user),
        "codes_left": queries.codes_left(user),
        "sessions": queries.sessions_of(user, here=request.session.session_key),
    }
    return render(request, "accounts/security.html", context)


@transaction.non_atomic_requests
@access("step_up", verb=Permission.SIGNED_IN, methods=BOTH)
def step_up(request: HttpRequest) -> HttpResponse:
    """A fresh code before a sensitive act; good for ten minutes in this session. Then a form that waits for it goes on."""
    user: Any = request.user
    wanted, waits = request.GET.get("next", "/"), held(request)
    if request.method == "GET" and waits is not None and is_fresh(request):
        return render(request, "accounts/held.html", {"held": waits})
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if not ratelimit.consume(request, action="step_up"):
            return rate_limited(request, action="step_up")
        answer = check(request, user, form.cleaned_data["code"], by=user)
        if answer.device is not None:
            request.session[CODE_AT] = clock.now().timestamp()
            actions.note_fresh_code(user, by=user)
            if waits is not None:
                return redirect(request.get_full_path())
            return redirect(wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "home")
        form.add_error("code", answer.why_not)
    return render(request, "accounts/step_up.html", {"form": form, "held": waits}, status=422 if form.errors else 200)


@transaction.non_atomic_requests
@access("security_phone", verb=Permission.SIGNED_IN, methods=BOTH, step_up=True)
def phone(request: HttpRequest) -> HttpResponse:
    """Connect a new phone: the old one works until the new one has given its first code."""
    user: Any = request.user
    device = actions.pending_device(user, by=user)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        key = request.session.session_key or ""
        if actions.replace_device(device, token=form.cleaned_data["code"], session_key=key, by=user):
            device.confirmed = True
            django_otp.login(request, device)
            messages.success(request, "The new phone is connected; the old one is gone. Other sessions have ended.")
            return redirect("security")
        form.add_error("code", "This code does not fit. Check the clock of your phone and take the next code.")
    context = {"form": form, "qr": qr_code(device), "secret": secret_text(device), "email": user.email}
    response = render(request, "accounts/phone.html", context, status=422 if form.errors else 200)
    add_never_cache_headers(response)
    return response


@access("security_codes", verb=Permission.SIGNED_IN, methods=WRITE, step_up=True)
def codes(request: HttpRequest) -> HttpResponse:
    """Ten new codes, shown this once."""
    user: Any = request.user
    made = actions.renew_codes(user, by=user)
    return render(request, "accounts/new_codes.html", {"codes": made})


@access("end_sessions", verb=Permission.SIGNED_IN, methods=WRITE)
def end_others(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    ended = actions.end_other_sessions(user, keep=request.session.session_key or "", by=user)
    messages.success(request, f"Sessions ended: {ended}.")
    return redirect("security")


@access("end_session", verb=Permission.SIGNED_IN, methods=WRITE)
def end_one(request: HttpRequest, session: int) -> HttpResponse:
    found = queries.session_of(request.user, session)
    if found is None:
        raise Http404
    actions.end_session(found, by=request.user)
    messages.success(request, "The session has ended.")
    return redirect("security")
