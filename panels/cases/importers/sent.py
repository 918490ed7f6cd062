"""What a script of ours sends beside a form."""

from __future__ import annotations

import json


def sent_text(body: bytes) -> str:
    """The text in it; nothing when it holds something else."""
    return sent_texts(body, "text")[0]


def sent_texts(body: bytes, *names: str) -> list[str]:
    """The texts of these names; an empty one for what is no text."""
    try:
        sent = json.loads(body)
    except ValueError:
        sent = None
    found = [sent.get(name) if isinstance(sent, dict) else "" for name in names]
    return [text if isinstance(text, str) else "" for text in found]
