"""What every page's frame shows of the manual: where it helps with this page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from helpdesk.learning import queries


def manual(request: HttpRequest) -> dict[str, Any]:
    """Template context: ``help_here``, an address. Nothing is asked of the database."""
    return {"help_here": SimpleLazyObject(lambda: queries.help_with(route_of(request), inside=is_inside(request)))}


def route_of(request: HttpRequest) -> str:
    match = getattr(request, "resolver_match", None)
    return match.view_name if match and match.url_name else ""


def is_inside(request: HttpRequest) -> bool:
    """Signed in, with the code too."""
    verified = getattr(getattr(request, "user", None), "is_verified", None)
    return bool(verified and verified())
