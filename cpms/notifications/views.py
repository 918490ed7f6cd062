"""A person's own page: how they want their mails."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.notifications import actions, queries
from cpms.notifications.forms import ChasingForm, MailForm
from cpms.notifications.models import MailWish


@access("chasing", verb=Permission.CHASING, methods=READ | WRITE)
def chasing(request: HttpRequest) -> HttpResponse:
    """A network's rules; "preview" shows what they would send today, when it is asked for, and keeps nothing."""
    networks = queries.networks_coordinated(request.user)
    asked = request.POST.get("network") or request.GET.get("network")
    network = next((one for one in networks if str(one.pk) == asked), networks[0])
    rules: queries.Rules = queries.rules_of(network)
    form = ChasingForm(request.POST or None, initial={**rules, "version": network.version})
    if form.is_valid():
        rules = {about: form.cleaned_data[about] for about in rules}
    if form.is_valid() and "save" in request.POST:
        actions.set_rules(network, rules=rules, version=form.cleaned_data["version"], by=request.user)
        messages.success(request, "Saved. Reminders follow these rules from now on.")
        return redirect(f"{request.path}?network={network.pk}")
    shown = queries.preview(network, rules) if form.is_valid() else None
    context = {"form": form, "network": network, "networks": networks, "preview": shown}
    return render(request, "notifications/chasing.html", context, status=422 if form.errors else 200)


@access("mails", verb=Permission.SIGNED_IN, methods=READ | WRITE)
def mails(request: HttpRequest) -> HttpResponse:
    """At once, one a day, or only what is asked; and quiet hours."""
    wish = MailWish.objects.filter(user=request.user.pk).first() or MailWish()
    initial = {name: getattr(wish, name) for name in MailForm.base_fields}
    form = MailForm(request.POST or None, initial=initial)
    if form.is_valid():
        actions.wish_mails(by=request.user, **form.cleaned_data)
        messages.success(request, "Your mails come this way from now on.")
        return redirect("mails")
    return render(request, "notifications/mails.html", {"form": form}, status=422 if form.errors else 200)
