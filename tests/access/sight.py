"""What eight people see of one panel by the product's own querysets, asked in one statement.

Building the statements costs fifty times their answering. A person's are kept as long as what the querysets ask beforehand
stays the same (whom the person serves, whose unit is open, the roles held, the account being on), and are asked again with the present moment;
and that is asked again when a row of people, roles or delegations has changed. ``fresh`` builds all of them anew.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from cpms import clock
from cpms.accounts.models import User
from panels.cases.models import Case
from panels.models import Invitation, Panel

TABLES = ("accounts_user", "accounts_membership", "accounts_delegation", "accounts_unitcover")
ROWS = " || ".join(
    f"(SELECT coalesce(string_agg({row}, '' ORDER BY {row}), '') FROM {table} r)"  # noqa: S608 the names stand above
    for table in TABLES
    for row in ("(to_jsonb(r) - 'last_login')::text",)
)
ASKED = {"list": Panel, "case": Case, "sheet": Invitation}


class Sight:
    def __init__(self) -> None:
        self.built: dict[Any, list[tuple[str, tuple[Any, ...]]]] = {}
        self.known: dict[str, list[tuple[str, tuple[Any, ...]]]] = {}
        self.parts: list[tuple[str, tuple[Any, ...]]] = []

    def of(self, people: dict[str, User], *, fresh: bool = False) -> dict[str, dict[str, bool]]:
        """For each of these people, by name: whether any panel, case and invitation sheet is visible now."""
        now = clock.now()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT md5({ROWS})")
            self.look_again(people, f"{cursor.fetchone()[0]} {sorted(people)}", fresh=fresh)
            values = [now if isinstance(value, dt.datetime) else value for _, values in self.parts for value in values]
            cursor.execute("SELECT " + ", ".join(sql for sql, _ in self.parts), values)
            found = iter(cursor.fetchone())
        return {who: {name: next(found) for name in ASKED} for who in people}

    def look_again(self, people: dict[str, User], rows: str, *, fresh: bool) -> None:
        if fresh or rows not in self.known:
            loaded = User.objects.in_bulk([user.pk for user in people.values()])
            asked = [self.statements(loaded[user.pk], fresh=fresh) for user in people.values()]
            self.known[rows] = [part for parts in asked for part in parts]
        self.parts = self.known[rows]

    def statements(self, user: User, *, fresh: bool) -> list[tuple[str, tuple[Any, ...]]]:
        key = (
            user.pk,
            user.is_active,
            user.centre_id,
            tuple(sorted(user.serves())),
            tuple(sorted(user.covers())),
            user.held_roles(),
        )
        if fresh or key not in self.built:
            self.built[key] = [exists(model.objects.visible_to(user)) for model in ASKED.values()]
        return self.built[key]


def exists(rows: Any) -> tuple[str, tuple[Any, ...]]:
    try:
        sql, values = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "FALSE", ()
    return f"EXISTS({sql})", values
