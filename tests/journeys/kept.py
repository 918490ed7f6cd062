"""Rooms that are furnished once for all tests of a process: their rows are remembered, and stand there again for the next."""

from __future__ import annotations

import pickle
import time

from django.db import connection, transaction

from tests.conftest import filled_tables
from tests.factories.story import PLANTED
from tests.journeys.rooms import Rooms

SCHEMA = "furnished"
LAST = 150
"""Seconds. A message can be taken back for five minutes: then its button is gone, which a tour looks at, a slow one minutes later."""
FURNISHED: list[tuple[float, bytes]] = []
"""When the rows were remembered, and the rooms as they were then."""


def kept_rooms() -> Rooms:
    """The same people, panels and keys in test after test, furnished anew when they are too old; each gets objects of its own.
    Nothing else may have been written yet in this test, and no worker be at work: it would be remembered as well."""
    if not FURNISHED or time.monotonic() > FURNISHED[0][0] + LAST:
        made = Rooms()
        remember()
        FURNISHED[:] = [(time.monotonic(), pickle.dumps(made))]
        return made
    put_back()
    PLANTED["rooms put back"] += 1  # the words lie there again: this test is a sweep too
    found: Rooms = pickle.loads(FURNISHED[0][1])  # noqa: S301 our own bytes
    return found


def remember() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        for table in sorted(filled_tables(cursor)):
            cursor.execute(f"CREATE TABLE {SCHEMA}.{table} AS TABLE {table}")


def put_back() -> None:
    """What the migrations ship stands there already."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", [SCHEMA])
        for (table,) in cursor.fetchall():
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {SCHEMA}.{table} ON CONFLICT DO NOTHING")  # noqa: S608 our names
