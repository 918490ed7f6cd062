"""Mails caught by the local mail catcher, for reading in the browser."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

SHOWN = 50


@dataclass(frozen=True)
class CaughtMail:
    to: str
    subject: str
    body: str
    at: dt.datetime
    attachments: tuple[str, ...]


def newest(folder: Path) -> list[CaughtMail]:
    """The last ``SHOWN`` mails, newest first; none when nothing was caught yet."""
    files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)
    return [read(file) for file in files[:SHOWN]]


def read(file: Path) -> CaughtMail:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    return CaughtMail(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        body=body.get_content() if body else "",
        at=dt.datetime.fromtimestamp(file.stat().st_mtime, tz=dt.UTC),
        attachments=tuple(part.get_filename() or "" for part in message.iter_attachments()),
    )
