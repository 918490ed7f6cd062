"""A person's own page, and the text they have not sent yet."""

from __future__ import annotations

import json
import re

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from cpms.accounts import actions
from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.forms import ProfileForm
from cpms.accounts.roles import Permission

FORM_NAME = re.compile(r"[A-Za-z0-9_-]+(:[A-Za-z0-9_-]+){0,2}")
FIELDS = ("display_name", "job_title", "zone", "theme", "shortcuts")


@access("profile", verb=Permission.SIGNED_IN, methods=READ | WRITE)
def profile(request: HttpRequest) -> HttpResponse:
    initial = {name: getattr(request.user, name) for name in (*FIELDS, "version")}
    form = ProfileForm(request.POST or None, initial=initial)
    if form.is_valid():
        actions.change_profile(request.user, by=request.user, **form.cleaned_data)
        messages.success(request, "Your profile is saved.")
        return redirect("profile")
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)


@access("theme", verb=Permission.SIGNED_IN, methods=WRITE)
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device says."""
    wanted = request.POST.get("theme", "")
    if wanted in {"auto", "light", "dark"}:
        actions.set_profile(request.user, by=request.user, theme=wanted)
    return redirect("home")


def check_names(form: str, path: str) -> None:
    """Raises ``ValueError`` for what is no form of ours."""
    if not FORM_NAME.fullmatch(form) or not path.startswith("/"):
        raise ValueError("not a form of ours")


@access("drafts", verb=Permission.SIGNED_IN, methods=WRITE)
def save_draft(request: HttpRequest) -> HttpResponse:
    """Autosave: JSON ``{form, label, path, fields}``; answers when it was saved, in the person's zone."""
    try:
        sent = json.loads(request.body)
        form, fields = str(sent["form"]), dict(sent["fields"])
        label, path = str(sent.get("label", ""))[:120], str(sent.get("path", ""))[:300]
        check_names(form, path)
        draft = actions.keep_draft(form=form, label=label, path=path, fields=fields, by=request.user)
    except (ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"error": "This could not be saved as a draft."}, status=400)
    except Http404:
        return JsonResponse({"error": "This page is no longer open to you, so nothing typed here is kept."}, status=404)
    return JsonResponse({"saved_at": timezone.localtime(draft.updated_at).strftime("%H:%M")})


@access("keepalive", verb=Permission.SIGNED_IN, methods=WRITE)
def keepalive(_request: HttpRequest) -> HttpResponse:
    """ "Stay signed in": the session's idle clock starts anew."""
    return JsonResponse({"ok": True})
