"""What pages of a case show besides their own content: who of the helpdesk looks on."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from panels.queries import sight


def looking_on(request: HttpRequest) -> dict[str, Any]:
    """Template context: ``looking_on``, asked for by the frame of a page that is about one thing and by nothing else."""
    thing = getattr(request, "about", None)
    return {"looking_on": SimpleLazyObject(lambda: sight.looking_on(request.user, thing)) if thing is not None else []}
