"""Secrets of a local installation: made once, readable by their owner only, never printed."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Create or replace a file that is never, not even for a moment, readable by others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
    partial.replace(path)


def fresh() -> dict[str, str]:
    """New secrets by variable name."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "CPMS_KEK": "local:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "POSTGRES_PASSWORD": secrets.token_urlsafe(24),
        "POSTGRES_APP_PASSWORD": secrets.token_urlsafe(24),
        "POSTGRES_ADMIN_PASSWORD": secrets.token_urlsafe(24),
        "REDIS_PASSWORD": secrets.token_urlsafe(24),
    }


def load(path: Path) -> dict[str, str]:
    """The secrets of ``path``, made on the first call. Losing this file loses every sealed text of the local database."""
    lines = path.read_text().splitlines() if path.is_file() else []
    known = dict(line.split("=", 1) for line in lines if "=" in line)
    missing = {name: value for name, value in fresh().items() if name not in known}
    if missing:
        known |= missing
        write_private(path, "".join(f"{name}={value}\n" for name, value in sorted(known.items())))
    return known
