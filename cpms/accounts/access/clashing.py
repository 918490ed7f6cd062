"""The page of a clash: two people wrote over the same version of something, and one was faster."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cpms.accounts.access.holding import stood_at
from cpms.accounts.models import User
from cpms.audit import queries as audit
from cpms.locking import Clash


@dataclass(frozen=True)
class Saved:
    """Who saved what stands there now, and when; ``own`` where it was the reader, in another window."""

    who: User
    at: dt.datetime
    own: bool


def saved(clash: Clash, *, reader: Any) -> Saved | None:
    """``None`` where nobody is known to have saved it. Only who may save a thing themselves gets as far as a clash: they share it,
    and may know each other's names."""
    event = audit.saved_by(clash.thing, clash.version)
    who = User._base_manager.filter(pk=event.actor_id).first() if event and event.actor_id else None
    return Saved(who, event.at, who.pk == reader.pk) if event and who else None


def show_clash(request: HttpRequest, clash: Clash) -> HttpResponse:
    """Both texts and everything else that was typed, ready to be saved on top of the newer version; status 409."""
    apart = {"version", "stood_at", "csrfmiddlewaretoken", "idempotency_key", *(field.name for field in clash.fields)}
    context = {
        "clash": clash,
        "saved": saved(clash, reader=request.user),
        "here": request.get_full_path(),
        "posted": [(name, value) for name, values in request.POST.lists() if name not in apart for value in values],
        "version": clash.version,
        "back": stood_at(request),
    }
    return render(request, "conflict.html", context, status=409)
