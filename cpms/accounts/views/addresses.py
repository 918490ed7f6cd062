"""The owner's new e-mail address: asked for, and confirmed behind the link that was mailed to it."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts import actions, queries
from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.forms import AddressForm
from cpms.accounts.roles import Permission
from cpms.accounts.views.refusals import rate_limited

BOTH = READ | WRITE


@transaction.non_atomic_requests
@access("address", verb=Permission.SIGNED_IN, methods=BOTH, step_up=True)
def address(request: HttpRequest) -> HttpResponse:
    """Whatever is typed, the answer is the same: nothing tells whether the address has an account."""
    user: Any = request.user
    form = AddressForm(request.POST or None, user=user)
    if form.is_valid():
        if not ratelimit.consume(request, action="new_address", user=user):
            return rate_limited(request, action="new_address")
        actions.ask_for_address(user, address=form.cleaned_data["email"], by=user)
        messages.success(request, "A link was sent to the new address. Open it within 24 hours, in this browser.")
        return redirect("security")
    return render(request, "accounts/address.html", {"form": form}, status=422 if form.errors else 200)


@access("confirm_address", verb=Permission.SIGNED_IN, methods=BOTH, step_up=True)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing; the button does."""
    user: Any = request.user
    new = queries.new_address(token, user)
    if new is None:
        return render(request, "accounts/new_address.html", {"new": ""}, status=410)
    if request.method == "POST":
        actions.change_address(user, token=token, session_key=request.session.session_key or "", by=user)
        messages.success(request, "From now on you sign in with the new address. Other sessions have ended.")
        return redirect("security")
    return render(request, "accounts/new_address.html", {"new": new})
