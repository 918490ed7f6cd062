"""Every test is a sweep: whoever holds several rows holds them in one order, or does not wait for them. Two who hold the same rows in two
orders wait for each other until PostgreSQL ends one of them."""

from __future__ import annotations

import re
from typing import Any

from django.db.backends.signals import connection_created

HOLDS = re.compile(r" FOR (NO KEY )?UPDATE\b(?!.* SKIP LOCKED)")


def watch(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
    """Raises ``AssertionError`` at the statement."""
    done = execute(sql, params, many, context)
    if isinstance(sql, str) and HOLDS.search(sql, len(sql) - 100 if len(sql) > 100 else 0):
        assert context["cursor"].rowcount < 2 or " ORDER BY " in sql, f"Several rows are held in no order: {sql}"
    return done


def follow(connection: Any, **_rest: Any) -> None:
    if watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(watch)


connection_created.connect(follow)
