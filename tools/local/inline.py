"""Find what the content security policy would block: inline scripts, inline styles, event attributes, foreign addresses."""

from __future__ import annotations

import re
from pathlib import Path

RULES = {
    "a style attribute": re.compile(r"<[^>{}]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*application/json)", re.IGNORECASE),
    "an event attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "an asset from elsewhere": re.compile(
        r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE
    ),
    "htmx code in an attribute": re.compile(r"\shx-(?:on|vals\s*=\s*[\"']js:)", re.IGNORECASE),
}


def findings(root: Path) -> list[str]:
    """One line for each place, as path:line: what."""
    found = []
    for path in sorted((root / "templates").rglob("*.*")):
        text = path.read_text()
        for what, pattern in RULES.items():
            for hit in pattern.finditer(text):
                found.append(f"{path.relative_to(root)}:{text.count(chr(10), 0, hit.start()) + 1}: {what}")
    return found
