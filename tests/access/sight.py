"""What seven people see of one panel by the product's own querysets, asked in one statement.

Building the statements costs fifty times their answering. A person's are kept as long as what the querysets read of the
person outside the database stays the same (whom the person serves, the roles held, the account being on), and are asked
again with the present moment; ``fresh`` builds all of them anew.
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

ASKED = {"list": Panel, "case": Case, "sheet": Invitation}


class Sight:
    def __init__(self) -> None:
        self.built: dict[Any, list[tuple[str, tuple[Any, ...]]]] = {}

    def of(self, people: dict[str, User], *, fresh: bool = False) -> dict[str, dict[str, bool]]:
        """For each of these people, by name: whether any panel, case and invitation sheet is visible now."""
        now, rows = clock.now(), User.objects.in_bulk([user.pk for user in people.values()])
        parts = [part for user in people.values() for part in self.statements(rows[user.pk], fresh=fresh)]
        values = [now if isinstance(value, dt.datetime) else value for _, values in parts for value in values]
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(sql for sql, _ in parts), values)
            found = iter(cursor.fetchone())
        return {who: {name: next(found) for name in ASKED} for who in people}

    def statements(self, user: User, *, fresh: bool) -> list[tuple[str, tuple[Any, ...]]]:
        key = (user.pk, user.is_active, tuple(sorted(user.serves())), user.held_roles())
        if fresh or key not in self.built:
            self.built[key] = [exists(model.objects.visible_to(user)) for model in ASKED.values()]
        return self.built[key]


def exists(rows: Any) -> tuple[str, tuple[Any, ...]]:
    try:
        sql, values = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "FALSE", ()
    return f"EXISTS({sql})", values
