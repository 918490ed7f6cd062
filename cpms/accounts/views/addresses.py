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
from cpms.accounts.access.routes import CODE_AT, READ, WRITE, ask_for_code
from cpms.accounts.forms import AddressForm
from cpms.accounts.roles import Permission
from cpms.accounts.views.refusals import rate_limited

BOTH = READ | WRITE


@transaction.non_atomic_requests
@access("address", verb=Permission.SIGNED_IN, methods=BOTH, step_up=True)
def address(request: HttpRequest) -> HttpResponse:
    """Whatever address is typed, the answer is the same: nothing tells whether it has an account. A try is counted before its
    password is looked at."""
    user: Any = request.user
    form = AddressForm(request.POST or None, user=user)
    if form.is_valid():
        if not ratelimit.consume(request, action="new_address", user=user):
            return rate_limited(request, action="new_address")
        if user.check_password(form.cleaned_data["password"]):
            return ask_for_link(request, user, form.cleaned_data["email"])
        form.add_error("password", "This is not your password. Try again.")
    return render(request, "accounts/address.html", {"form": form}, status=422 if form.errors else 200)


def ask_for_link(request: HttpRequest, user: Any, new: str) -> HttpResponse:
    """At most three mails a day to one address, whoever asks for them; the answer tells nothing of that either."""
    if ratelimit.consume(request, action="new_address_mail", key=new):
        actions.ask_for_address(user, address=new, by=user)
    messages.success(request, "A link was sent to the new address. Open it within 24 hours, in this browser.")
    return redirect("security")


@access("confirm_address", verb=Permission.SIGNED_IN, methods=BOTH, step_up=True)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing; the button does. It takes a code that is newer than the link: one from before says that
    somebody had the phone when the link was asked for, not who opens it."""
    user: Any = request.user
    new = queries.new_address(token, user)
    if new is None:
        return render(request, "accounts/new_address.html", {"new": ""}, status=410)
    if request.session.get(CODE_AT, 0) <= new.linked_at:
        return ask_for_newer_code(request)
    if request.method == "POST":
        actions.change_address(user, token=token, by=user)
        request.session.cycle_key()
        actions.note_seen(request)
        messages.success(request, "From now on you sign in with the new address. Other sessions have ended.")
        return redirect("security")
    return render(request, "accounts/new_address.html", {"new": new.address})


def ask_for_newer_code(request: HttpRequest) -> HttpResponse:
    """The code that this session gave counts no more. A form goes back to its page, which asks."""
    if request.method not in READ:
        return redirect(request.path)
    request.session.pop(CODE_AT, None)
    return ask_for_code(request)
