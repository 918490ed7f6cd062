"""allauth's own pages behind our declarations, and the page for the one-time code."""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.stages import LoginStageController
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from cpms import clock
from cpms.accounts import actions, queries
from cpms.accounts.access import access
from cpms.accounts.access.routes import CODE_AT, READ, WRITE
from cpms.accounts.forms import CodeForm, RecoveryForm
from cpms.accounts.roles import Permission
from cpms.accounts.stages import MOST_MISSES, STAGE
from cpms.accounts.views import codes

BOTH = READ | WRITE


def public(name: str, view: Any, why: str, methods: frozenset[str] = BOTH) -> Any:
    """One of allauth's views under our declaration. Its counters must survive, so no transaction around it."""
    declared = access(name, public=why, methods=methods)(lambda request, **kwargs: view(request, **kwargs))
    return transaction.non_atomic_requests(declared)


login = public("account_login", allauth_views.login, "everybody signs in here")
password_reset = public("account_reset_password", allauth_views.password_reset, "for people who cannot sign in")
password_reset_done = public(
    "account_reset_password_done", allauth_views.password_reset_done, "says the same to everybody", READ
)
password_reset_from_key_done = public(
    "account_reset_password_from_key_done", allauth_views.password_reset_from_key_done, "says what to do next", READ
)
inactive = public("account_inactive", allauth_views.account_inactive, "says that the account is switched off", READ)


@access("account_reset_password_from_key", public="the link's key is the right", methods=BOTH)
def password_reset_from_key(request: HttpRequest, uidb36: str, key: str) -> HttpResponse:
    """In a transaction that holds the account: of two uses of one link at once the second meets the new password."""
    if request.method == "POST":
        queries.held_account(uidb36)
    response: HttpResponse = allauth_views.password_reset_from_key(request, uidb36=uidb36, key=key)
    return response


@access("account_logout", verb=Permission.SIGNED_IN, methods=WRITE)
def logout(request: HttpRequest) -> HttpResponse:
    actions.sign_out(request.user, by=request.user)
    response = allauth_views.logout(request)
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


@access("account_signup", public="allauth links here; signup is closed, so it only says how to get in")
def signup_closed(request: HttpRequest) -> HttpResponse:
    return render(request, "account/signup_closed.html")


@transaction.non_atomic_requests
@access("otp_challenge", public="second step of signing in; works only inside a begun login", methods=BOTH)
def otp_challenge(request: HttpRequest) -> HttpResponse:
    """Exits allauth's stage with a verified device, or shows the form again; five misses start over."""
    stage = LoginStageController.enter(request, STAGE)
    if stage is None:
        return redirect("account_login")
    if not stage.still_stands():
        return stage.abort()
    user = stage.login.user
    recovery = "recovery" in request.GET
    form = (RecoveryForm if recovery else CodeForm)(request.POST or None)
    if form.is_valid():
        answer = codes.check(request, user, form.cleaned_data["code"], by=None)
        if answer.device is not None:
            user.otp_device = answer.device
            actions.sign_in_verified(user, by=user)
            tell_of_recovery(user, answer.device)
            response = stage.exit()
            request.session[CODE_AT] = clock.now().timestamp()
            return response
        stage.state["misses"] = stage.state.get("misses", 0) + answer.missed
        if stage.state["misses"] >= MOST_MISSES:
            messages.error(request, "Too many wrong codes. Start again.")
            actions.tell(user, "codes_refused")
            return stage.abort()
        form.add_error("code", answer.why_not)
        from_stash(request, stage)
    context = {"form": form, "email": user.email, "recovery": recovery, "here": reverse("otp_challenge")}
    response = render(request, "accounts/otp_challenge.html", context, status=422 if form.errors else 200)
    add_never_cache_headers(response)
    return response


def tell_of_recovery(user: Any, device: Any) -> None:
    """A recovery code is the way in for whoever found the list: its owner hears of it."""
    if not device.stands_alone:
        actions.tell(user, "recovery_used")


def from_stash(request: HttpRequest, stage: Any) -> None:
    """Write the count of misses back into the begun login, which lives in the session."""
    from allauth.account.internal.stagekit import stash_login  # noqa: PLC0415 allauth's internals, only here

    stash_login(request, stage.login)
