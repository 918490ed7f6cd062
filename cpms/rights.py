"""The database's two roles: the owner makes tables, the one of ``DATABASE_URL`` works on rows; see docs/adr/0015-two-database-roles.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connection, transaction

READ_ONLY = ("django_migrations", "django_content_type", "auth_permission")
APPEND_ONLY = ("audit_auditevent", "audit_auditseal")
# All of it each time, in one transaction: what an older release gave is taken back, and nobody sees the moment between.
GIVE = """
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role};
REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role};
REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC, {role};
GRANT CONNECT ON DATABASE {database} TO {role};
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE INSERT, UPDATE, DELETE ON {read_only} FROM {role};
REVOKE UPDATE, DELETE ON {append_only} FROM {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {role};
"""
# A superuser counts as a member of every role
TOO_MUCH = """
SELECT EXISTS (
    SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = 'public' AND pg_has_role(relowner, 'MEMBER')
) OR (SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user)
"""


class NoSuchRole(Exception):
    """The role of ``DATABASE_URL`` was not made yet."""


def _answer(sql: str, *values: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


@transaction.atomic
def give() -> bool:
    """As the owner, give the role of ``DATABASE_URL`` what it needs and take the rest; False where both are one role.

    Safe to run again; a table that a later migration makes is covered by itself.
    """
    role = settings.RUNTIME_ROLE
    if not settings.OWNER_URL or role == _answer("SELECT current_user"):
        return False
    if not _answer("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", role):
        raise NoSuchRole(role)
    quoted = connection.ops.quote_name
    words = {
        "role": quoted(role),
        "database": quoted(_answer("SELECT current_database()")),
        "read_only": ", ".join(READ_ONLY),
        "append_only": ", ".join(APPEND_ONLY),
    }
    with connection.cursor() as cursor:
        cursor.execute(GIVE.format(**words))
    return True


def check_role(databases: Sequence[str] | None = None, **_rest: Any) -> list[checks.CheckMessage]:
    """``manage.py check --database default`` and each ``migrate``: a stolen web process must not own the tables."""
    if "default" not in (databases or ()) or settings.OWNER_URL or not _answer(TOO_MUCH):
        return []
    hint = "Make a second role and give the owner's address to bin/entry migrate only; see docs/operations.md."
    return [checks.Warning("The role of DATABASE_URL owns tables or is a superuser.", hint=hint, id="cpms.W001")]
