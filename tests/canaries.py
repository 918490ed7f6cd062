"""Every test is a sweep: a token planted in a clinical field may lie in clear in no table, session, cache, broker, mail or log.

What a test leaves is looked through as soon as it ends, while its rows are there.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, connections

from tests.campaigns import sweep
from tests.factories.story import PLANTED

MARK = "CNRY-"


def in_rows() -> list[str]:
    """Tables that hold a token in clear, all asked at once."""
    each = (f"SELECT '{name}' FROM {name} t WHERE t::text LIKE '%{MARK}%'" for name in sweep.tables("default"))  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(each))
        return [name for (name,) in cursor.fetchall()]


def in_sessions() -> list[str]:
    return ["a session" for session in Session.objects.all() if MARK in str(session.get_decoded())]


def in_cache() -> list[str]:
    """Entries of the cache, which has a connection of its own, that hold a token once they are unpacked."""
    with connections["cachedb"].cursor() as cursor:
        cursor.execute(f"SELECT cache_key, value FROM {settings.CACHES['default']['LOCATION']}")  # noqa: S608
        return [f"cache: {key}" for key, value in cursor.fetchall() if MARK.encode() in base64.b64decode(value)]


def in_mails_and_logs(folder: Path) -> list[str]:
    """What processes of a test left below the folder."""
    logs = [file for file in folder.rglob("*.log") if MARK.encode() in file.read_bytes()]
    return [*map(str, logs), *sweep.in_mails(folder, [MARK])]


def left_by(item: pytest.Item) -> list[str]:
    """Where a token lies in clear after a test."""
    given: dict[str, Any] = getattr(item, "funcargs", {})
    found = [what for _when, what, text in item._report_sections if what != "log" and MARK in text]
    found += in_mails_and_logs(given["tmp_path"]) if "tmp_path" in given else []
    if not connection.needs_rollback:
        found += in_rows() + in_sessions()
    marker = item.get_closest_marker("django_db")
    if marker and "cachedb" in marker.kwargs.get("databases", []):
        found += in_cache()
    return found + sweep.in_redis(settings.REDIS_URL, [MARK])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    item.planted_before = PLANTED.total()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item):
    result = yield
    if PLANTED.total() > item.planted_before and (found := left_by(item)):
        pytest.fail(f"Clinical words in clear: {', '.join(found)}")
    return result
