"""What eight people see of one panel by the product's own querysets, asked in one statement.

Building the statements costs fifty times their answering. A person's are kept as long as what the querysets ask beforehand
stays the same (whom the person serves, whose unit is open, the roles held, the account being on), and are asked again with the present moment;
and that is asked again of those for whom a row of people, roles, delegations or covers has changed. ``fresh`` builds all of them anew.
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

# Of each person, the rows that the questions asked beforehand depend on: everybody of the hospital with their roles, whom the
# person assists, and which units are open. A sign-in changes none of it.
ROWS = """
    SELECT p.id, md5(concat(
        (SELECT string_agg((to_jsonb(u) - 'last_login')::text, '' ORDER BY u.id) FROM accounts_user u
         WHERE u.id = p.id OR u.centre_id = p.centre_id),
        (SELECT string_agg(m::text, '' ORDER BY m.id) FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
         WHERE u.id = p.id OR u.centre_id = p.centre_id),
        (SELECT string_agg(d::text, '' ORDER BY d.id) FROM accounts_delegation d WHERE d.assistant_id = p.id),
        (SELECT string_agg(c::text, '' ORDER BY c.id) FROM accounts_unitcover c)
    )) FROM accounts_user p WHERE p.id = ANY(%s)
"""
ASKED = {"list": Panel, "case": Case, "sheet": Invitation}


Statement = tuple[str, tuple[Any, ...]]


class Sight:
    def __init__(self) -> None:
        self.built: dict[Any, list[Statement]] = {}
        self.known: dict[Any, list[Statement]] = {}

    def of(self, people: dict[str, User], *, fresh: bool = False) -> dict[str, dict[str, bool]]:
        """For each of these people, by name: whether any panel, case and invitation sheet is visible now."""
        now = clock.now()
        with connection.cursor() as cursor:
            cursor.execute(ROWS, [[user.pk for user in people.values()]])
            rows = dict(cursor.fetchall())
            parts = [part for user in people.values() for part in self.look_again(user, rows[user.pk], fresh=fresh)]
            values = [now if isinstance(value, dt.datetime) else value for _, values in parts for value in values]
            cursor.execute("SELECT " + ", ".join(sql for sql, _ in parts), values)
            found = iter(cursor.fetchone())
        return {who: {name: next(found) for name in ASKED} for who in people}

    def look_again(self, user: User, rows: str, *, fresh: bool) -> list[Statement]:
        if fresh or (user.pk, rows) not in self.known:
            self.known[user.pk, rows] = self.statements(User.objects.get(pk=user.pk), fresh=fresh)
        return self.known[user.pk, rows]

    def statements(self, user: User, *, fresh: bool) -> list[Statement]:
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


def exists(rows: Any) -> Statement:
    try:
        sql, values = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "FALSE", ()
    return f"EXISTS({sql})", values
