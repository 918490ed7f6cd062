"""A physician outside the networks asks, and follows the answer; coordinators decide."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms import countries
from cpms.accounts.access import access, ask
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.accounts.views.refusals import rate_limited
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of_each
from panels import actions, queries
from panels.forms import AcceptReferralForm, DeclineReferralForm, PassOnForm, ReferralForm
from panels.models import Referral


@access("panels:refer", public="a physician outside the networks asks here", methods=READ | WRITE)
def refer(request: HttpRequest) -> HttpResponse:
    """The form. What follows is the same for everybody who sent it."""
    form = ReferralForm(request.POST or None)
    if form.is_valid():
        if not ratelimit.consume(request, action="referral"):
            return rate_limited(request, action="referral")
        clean = form.cleaned_data
        if ratelimit.consume(request, action="referral_mail", key=clean["email"].lower()):
            network, group = clean["to"]
            fields = {name: clean[name] for name in ("email", "name", "hospital", "country", "text", "urgency")}
            actions.refer(fields.pop("email"), network=network, group=group, by=None, **fields)
        return redirect("panels:referred")
    return render(request, "panels/refer.html", {"form": form}, status=422 if form.errors else 200)


@access("panels:referred", public="says the same to everybody who asked")
def referred(request: HttpRequest) -> HttpResponse:
    return render(request, "panels/referred.html")


@access("panels:referral_status", public="the mailed link's token is the right; opening it changes nothing")
def referral_status(request: HttpRequest, token: str) -> HttpResponse:
    """Where it stands. The physician's own words are not shown again: a link may be forwarded."""
    found = queries.referral_of(token)
    if found is None:
        return render(request, "accounts/link_over.html", status=410)
    return render(request, "panels/referral_status.html", {"referral": found})


@access("panels:referrals", verb=Permission.REFERRAL_LIST)
def referrals(request: HttpRequest) -> HttpResponse:
    """What waits first; by country when asked."""
    country = request.GET.get("country", "")
    country = country if country in countries.NAMES else ""
    page = Paginator(queries.referrals(request.user, country=country), queries.PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "country": country, "countries": queries.countries_of_referrals(request.user)}
    return render(request, "panels/referrals.html", context)


@access("panels:referral", object=Referral, verb=Permission.REFERRAL_READ, reads_patient=True)
def referral(request: HttpRequest, referral: Referral) -> HttpResponse:
    return show(request, referral)


def show(request: HttpRequest, referral: Referral, status: int = 200, **bound: Any) -> HttpResponse:
    """The page, with the one form that had an error as it was typed."""
    words = request.GET.get("q", "")[:80]
    typed = fields_of_each([f"pass_on:{referral.pk}", f"decline_referral:{referral.pk}"], by=request.user)
    context = {
        "referral": referral,
        "may_decide": ask(Permission.REFERRAL_DECIDE, request.user, referral),
        "may_start": Referral.objects.to_start(request.user).filter(pk=referral.pk).exists(),
        "accept_form": AcceptReferralForm(referral=referral, words=words),
        "words": words,
        "pass_form": PassOnForm(referral=referral, initial=typed[f"pass_on:{referral.pk}"]),
        "decline_form": DeclineReferralForm(initial=typed[f"decline_referral:{referral.pk}"]),
        **bound,
    }
    return render(request, "panels/referral.html", context, status=status)


@access("panels:accept_referral", object=Referral, verb=Permission.REFERRAL_DECIDE, methods=WRITE, reads_patient=True)
def accept_referral(request: HttpRequest, referral: Referral) -> HttpResponse:
    form = AcceptReferralForm(request.POST, referral=referral)
    if not form.is_valid():
        return show(request, referral, status=422, accept_form=form)
    actions.accept_referral(referral, clinician=form.cleaned_data["clinician"], by=request.user)
    drafts.discard_about([str(referral.pk)], by=request.user)
    messages.success(request, "The clinician is asked to open the panel; the physician is told.")
    return redirect("panels:referrals")


@access("panels:pass_on", object=Referral, verb=Permission.REFERRAL_DECIDE, methods=WRITE, reads_patient=True)
def pass_on(request: HttpRequest, referral: Referral) -> HttpResponse:
    form = PassOnForm(request.POST, referral=referral)
    if not form.is_valid():
        return show(request, referral, status=422, pass_form=form)
    network, group = form.cleaned_data["to"]
    actions.pass_referral_on(
        referral, network=network, group=group, reason=form.cleaned_data["reason"], by=request.user
    )
    drafts.discard_about([str(referral.pk)], by=request.user)
    messages.success(request, "Passed on. Its coordinators are told.")
    return redirect("panels:referrals")


@access("panels:decline_referral", object=Referral, verb=Permission.REFERRAL_DECIDE, methods=WRITE, reads_patient=True)
def decline_referral(request: HttpRequest, referral: Referral) -> HttpResponse:
    form = DeclineReferralForm(request.POST)
    if not form.is_valid():
        return show(request, referral, status=422, decline_form=form)
    actions.decline_referral(referral, reason=form.cleaned_data["reason"], by=request.user)
    drafts.discard_about([str(referral.pk)], by=request.user)
    messages.success(request, "Declined. The physician is told and reads your reason.")
    return redirect("panels:referrals")
