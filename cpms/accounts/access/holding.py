"""A form that met a stale code is held until the code is given, and goes on once: nothing typed is lost."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest

from cpms.drafts.states import HELD_FORMS, KEEP_HELD_FORMS
from cpms.vault import actions as vault

HELD = "held"


@dataclass(frozen=True, slots=True)
class Held:
    """``path`` with its query, where the form goes; ``posted``: each field with one value, as sent; ``back``: where it stood."""

    path: str
    posted: list[tuple[str, str]]
    back: str


def hold(request: HttpRequest, *, back: str) -> str:
    """Seal what was posted, for this session and this person alone; gives the name it is asked for by. Empty for a form with
    files, which are not kept: it leads back to where it stood."""
    if request.FILES:
        return ""
    let_go(request)
    posted = [(name, value) for name, values in request.POST.lists() for value in values]
    posted = [(name, value) for name, value in posted if name not in {"csrfmiddlewaretoken", "stood_at"}]
    posted.append(("stood_at", back))
    if "idempotency_key" not in request.POST:
        posted.append(("idempotency_key", str(uuid.uuid4())))
    words = {"user": str(request.user.pk), "path": request.get_full_path(), "posted": posted, "back": back}
    request.session[HELD] = vault.put_in(HELD_FORMS, words)
    return str(request.session[HELD])


def held(request: HttpRequest) -> Held | None:
    """The form that this session holds, if it is the one the address names, this person's, and of the last ten minutes."""
    name = request.session.get(HELD, "")
    if not name or request.GET.get(HELD) != name:
        return None
    words = vault.look_into(HELD_FORMS, name, younger_than=KEEP_HELD_FORMS)
    if words is None or words["user"] != str(request.user.pk):
        return None
    return Held(words["path"], [(name, value) for name, value in words["posted"]], words["back"])


def let_go(request: HttpRequest) -> None:
    """The form went on its way, or another one takes its place."""
    if name := request.session.pop(HELD, ""):
        vault.throw_away(HELD_FORMS, name)


def stood_at(request: HttpRequest) -> str:
    """The page whose form was sent; the page of a clash passes it on."""
    given = request.POST.get("stood_at", "")
    return given if re.match(r"/(?!/)", given) else urlsplit(request.headers.get("Referer", "")).path or "/"
