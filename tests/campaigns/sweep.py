"""Looks for words where they must never be: every table, Redis, mail, log and file that a running product left."""

from __future__ import annotations

import contextlib
from email import message_from_bytes, policy
from pathlib import Path

import redis
from django.db import connections


def tables(using: str) -> list[str]:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        return [name for (name,) in cursor.fetchall()]


def in_tables(words: list[str]) -> list[str]:
    """Tables that hold a word in clear, as text or inside bytes."""
    found = []
    for using in ("default", "cachedb"):
        for table in tables(using):
            for word in words:
                with connections[using].cursor() as cursor:
                    like = [f"%{word}%", f"%{word.encode().hex()}%"]
                    cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text ILIKE ANY(%s)", [like])  # noqa: S608
                    if cursor.fetchone()[0]:
                        found.append(f"{table}: {word}")
    return found


def in_redis(url: str, words: list[str]) -> list[str]:
    """Keys of the broker whose name or value holds a word."""
    with contextlib.closing(redis.Redis.from_url(url)) as client:
        left = [key + (client.dump(key) or b"") for key in client.scan_iter()]
    return [f"{key[:40]!r}: {word}" for key in left for word in words if word.encode() in key]


def in_mails(folder: Path, words: list[str]) -> list[str]:
    """Mails below the folder that hold a word in a header or, unpacked, in a part."""
    found = []
    for file in folder.rglob("*.eml"):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        parts = [part.get_payload(decode=True) or b"" for part in mail.walk()]
        text = str(mail.items()).encode() + b"".join(parts)
        found += [f"{file}: {word}" for word in words if word.encode() in text]
    return found


def in_files(folders: list[Path], words: list[str]) -> list[str]:
    """Files below the folders that hold a word: mails, logs, what a worker left."""
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    assert files
    return [f"{file}: {word}" for file in files for word in words if word.encode() in file.read_bytes()]
