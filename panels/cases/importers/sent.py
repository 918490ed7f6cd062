"""What a script of ours sends beside a form."""

from __future__ import annotations

import json

from django.http import HttpRequest
from django.http.request import RawPostDataException


def sent_text(request: HttpRequest) -> str:
    """The text in it; nothing when it holds something else."""
    return sent_texts(request, "text")[0]


def sent_texts(request: HttpRequest, *names: str) -> list[str]:
    """The texts of these names; an empty one for what is no text."""
    try:
        sent = json.loads(request.body)
    except (ValueError, RawPostDataException):  # no JSON, or a form, which was read before
        sent = None
    found = [sent.get(name) if isinstance(sent, dict) else "" for name in names]
    return [text if isinstance(text, str) else "" for text in found]
