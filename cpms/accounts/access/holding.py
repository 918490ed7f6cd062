"""A form that met a stale code is held until the code is given, and goes on once: nothing typed is lost."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest

from cpms.drafts.states import HELD_FORMS, KEEP_HELD_FORMS
from cpms.vault import actions as vault

HELD, NAMES, MOST = "held", "held forms", 3
"""How a form names what is held; where a session keeps these names, one for each window that asks for a code; how many at most."""


@dataclass(frozen=True, slots=True)
class Held:
    """``path`` with its query, where the form goes; ``posted``: each field with one value, as sent; ``back``: where it stood."""

    path: str
    posted: list[tuple[str, str]]
    back: str


def hold(request: HttpRequest, *, back: str) -> str:
    """Seal what was posted, for this session and this person alone; gives the name it is asked for by. Empty for a form with
    files, which are not kept: it leads back to where it stood. A password is never kept: it is asked for once more."""
    if request.FILES:
        return ""
    for earlier in names(request)[: 1 - MOST]:
        let_go(request, earlier)
    posted = [(name, value) for name, values in request.POST.lists() for value in values]
    posted = [
        (name, value) for name, value in posted if name not in {"csrfmiddlewaretoken", "stood_at", "password", HELD}
    ]
    posted.append(("stood_at", back))
    if "idempotency_key" not in request.POST:
        posted.append(("idempotency_key", str(uuid.uuid4())))
    words = {"user": str(request.user.pk), "path": request.get_full_path(), "posted": posted, "back": back}
    name = vault.put_in(HELD_FORMS, words)
    request.session[NAMES] = [*names(request), name]
    return name


def names(request: HttpRequest) -> list[str]:
    """Of the forms that this session holds, the oldest first."""
    return list(request.session.get(NAMES, []))


def held(request: HttpRequest) -> Held | None:
    """The form that the address names, if this session holds it, it is this person's, and of the last ten minutes. An older one
    is thrown away here, before the night does it."""
    name = request.GET.get(HELD, "")
    if name not in names(request):
        return None
    words = vault.look_into(HELD_FORMS, name, younger_than=KEEP_HELD_FORMS)
    if words is None:
        let_go(request, name)
    if words is None or words["user"] != str(request.user.pk):
        return None
    posted = [(field, value) for field, value in words["posted"]]
    return Held(words["path"], [*posted, (HELD, name)], words["back"])


def let_go(request: HttpRequest, name: str) -> None:
    """The form went on its way, ran out, or makes room for another one. A name that is not this session's is left alone."""
    if name in (kept := names(request)):
        request.session[NAMES] = [one for one in kept if one != name]
        vault.throw_away(HELD_FORMS, name)


def stood_at(request: HttpRequest) -> str:
    """The page whose form was sent; the page of a clash passes it on."""
    given = request.POST.get("stood_at", "")
    return given if re.match(r"/(?!/)", given) else urlsplit(request.headers.get("Referer", "")).path or "/"
