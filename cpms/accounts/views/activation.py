"""The mailed activation link: password, device, recovery codes, signed in."""

from __future__ import annotations

import base64
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth import login as django_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from cpms import clock
from cpms.accounts import actions, queries
from cpms.accounts.access import access
from cpms.accounts.access.routes import CODE_AT, READ, WRITE
from cpms.accounts.forms import ActivationForm, CodeForm
from cpms.accounts.models import TotpDevice

BOTH = READ | WRITE
TOKEN = "activation"  # noqa: S105 a session key's name


def secret_text(device: TotpDevice) -> str:
    return base64.b32encode(device.seed).decode().rstrip("=")


def qr_code(device: TotpDevice) -> str:
    """A data URI of the provisioning address, as authenticator apps read it."""
    label = f"CPMS:{device.user.email}"
    query = urlencode({"secret": secret_text(device), "issuer": settings.OTP_TOTP_ISSUER})
    return str(segno.make(f"otpauth://totp/{label}?{query}").svg_data_uri(scale=4, border=2))


@access("activate", public="the link's token is the right; opening it changes nothing", methods=BOTH)
def activate(request: HttpRequest, token: str) -> HttpResponse:
    link = queries.usable_link(token)
    if link is None:
        return render(request, "accounts/link_over.html", status=410)
    form = ActivationForm(
        request.POST or None,
        user=link.user,
        initial={"display_name": link.user.display_name, "guest_hospital": link.user.guest_hospital},
    )
    if form.is_valid():
        actions.choose_password(
            link,
            password=form.cleaned_data["password"],
            display_name=form.cleaned_data["display_name"],
            guest_hospital=form.cleaned_data.get("guest_hospital", ""),
            by=None,
        )
        request.session[TOKEN] = token
        return redirect("otp_enrol")
    context = {"form": form, "email": link.user.email}
    return render(request, "accounts/activate.html", context, status=422 if form.errors else 200)


@transaction.non_atomic_requests
@access("otp_enrol", public="second step of an activation; works only after the link's first step", methods=BOTH)
def otp_enrol(request: HttpRequest) -> HttpResponse:
    """Show the seed, take its first code, then show the recovery codes once and sign in."""
    link = queries.usable_link(request.session.get(TOKEN, ""))
    if link is None or not link.user.has_usable_password():
        return redirect("account_login")
    device = actions.pending_device(link.user, by=link.user)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if actions.confirm_device(device, token=form.cleaned_data["code"], by=link.user):
            return finish(request, link, device)
        form.add_error("code", "This code does not fit. Check the clock of your phone and take the next code.")
    context = {"form": form, "qr": qr_code(device), "secret": secret_text(device), "email": link.user.email}
    return render(request, "accounts/otp_enrol.html", context, status=422 if form.errors else 200)


def finish(request: HttpRequest, link: Any, device: Any) -> HttpResponse:
    codes = actions.activate(link, by=link.user)
    user = device.user
    user.refresh_from_db()
    user.otp_device = device
    request.session.pop(TOKEN, None)
    django_login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    actions.sign_in_verified(user, by=user)
    request.session[CODE_AT] = clock.now().timestamp()
    path = link.next_path
    safe = url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "next": path if safe else reverse("home")})
