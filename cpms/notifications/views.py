"""A person's own page: how they want their mails."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.notifications import actions
from cpms.notifications.forms import MailForm
from cpms.notifications.models import MailWish


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
