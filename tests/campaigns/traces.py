"""What everything that was done has left: each of our tables, compared before and after."""

from __future__ import annotations

from collections.abc import Collection

from django.apps import apps
from django.core import mail
from django.db import connection

OURS = ("cpms", "consent", "panels", "outcomes", "helpdesk")
ASKED = frozenset({"drafts.postkey", "jobs.lastrun"})
"""What notes that something was asked for, not what it did."""
READ = ASKED | {"audit.auditevent", "jobs.job"}
"""Of a page that is sent twice it is written down twice that it was read, or that somebody signed out."""
SENT = "sent"


def tables(besides: Collection[str] = ASKED) -> dict[str, str]:
    """Our models, by name, and where each is kept."""
    models = [
        m
        for c in apps.get_app_configs()
        if c.name.split(".")[0] in OURS
        for m in c.get_models(include_auto_created=True)
    ]
    return {m._meta.label_lower: m._meta.db_table for m in models if m._meta.label_lower not in besides}


def traces(besides: Collection[str] = ASKED) -> dict[str, tuple[int, int]]:
    """How many rows each of our tables holds and a sum over all that stands in them, asked in one go; and the mails that went out."""
    each = (
        f"SELECT '{name}', count(*), coalesce(sum(hashtext(t::text)::bigint), 0)::bigint FROM {table} t"  # noqa: S608
        for name, table in tables(besides).items()
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        found = {name: (count, total) for name, count, total in cursor.fetchall()}
    return {**found, SENT: (len(getattr(mail, "outbox", [])), 0)}


Traces = dict[str, tuple[int, int]]


def moved(before: Traces, after: Traces) -> dict[str, int]:
    """The tables in which anything is otherwise, and how many rows came."""
    return {name: after[name][0] - before[name][0] for name in after if after[name] != before[name]}
