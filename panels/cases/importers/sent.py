"""What a script of ours sends beside a form."""

from __future__ import annotations

import json


def sent_text(body: bytes) -> str:
    """The text in it; nothing when it holds something else."""
    try:
        sent = json.loads(body)
    except ValueError:
        return ""
    text = sent.get("text") if isinstance(sent, dict) else ""
    return text if isinstance(text, str) else ""
