"""What the role of web, worker and beat may do in the database, and that a stolen one can neither forge nor remove."""

from __future__ import annotations

import contextlib
import os
from io import StringIO

import psycopg2
import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg2.errors import InsufficientPrivilege

from cpms import rights
from tests.conftest import address_of_processes

pytestmark = pytest.mark.django_db
ROWS = {"SELECT", "INSERT", "UPDATE", "DELETE"}
NEVER = {"TRUNCATE", "REFERENCES", "TRIGGER"}
TABLES = "SELECT oid::regclass::text, pg_get_userbyid(relowner) FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND relnamespace = 'public'::regnamespace"
# A table that refuses to be emptied is one that only grows
GROWING = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 32 > 0"


@pytest.fixture
def runtime(db, tmp_path):
    """A connection as the processes have it."""
    if not os.environ.get("CPMS_OWNER_DATABASE_URL"):
        pytest.skip("DATABASE_URL alone: this database has one role.")
    with contextlib.closing(psycopg2.connect(address_of_processes())) as made:
        made.autocommit = True
        with made.cursor() as cursor:
            yield cursor


def rows(cursor, sql: str) -> list:
    cursor.execute(sql)
    return cursor.fetchall()


def held(role: str, table: str) -> set[str]:
    with connection.cursor() as cursor:
        query = "SELECT word FROM unnest(%s) word WHERE has_table_privilege(%s, %s, word)"
        cursor.execute(query, [sorted(ROWS | NEVER), role, table])
        return {word for (word,) in cursor.fetchall()}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_auditevent SET event = 'x'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
        "TRUNCATE panels_panel CASCADE",
        "ALTER TABLE audit_auditevent DISABLE TRIGGER audit_no_change",
        "ALTER TABLE cases_caseform DISABLE TRIGGER ALL",
        "DROP TRIGGER cases_form_stays ON cases_caseform",
        "CREATE TRIGGER mine BEFORE INSERT ON audit_auditevent FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()",
        "CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "ALTER FUNCTION audit_refuse_change() RENAME TO away",
        "DROP TABLE audit_auditevent",
        "ALTER TABLE audit_auditevent RENAME TO away",
        "CREATE INDEX ON panels_panel (id)",
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE audit_auditevent (id int)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "ALTER ROLE CURRENT_USER BYPASSRLS",
        "SET session_replication_role = replica",
        "SELECT pg_read_file('PG_VERSION')",
        "COPY audit_auditevent TO PROGRAM 'cat'",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'x', now())",
        "DELETE FROM django_migrations",
        "UPDATE auth_permission SET codename = 'x'",
        "SELECT setval(pg_get_serial_sequence('audit_auditevent', 'id'), 1)",
    ],
)
def test_a_stolen_process_may_not(runtime, sql):
    """The trail is empty here, so its trigger would let each of these pass."""
    with pytest.raises(InsufficientPrivilege):
        runtime.execute(sql)


def test_a_stolen_process_cannot_become_the_owner(runtime):
    with pytest.raises(InsufficientPrivilege):
        runtime.execute(f"SET ROLE {connection.settings_dict['USER']}")


def test_it_owns_nothing_and_is_asked_for_nothing_more(runtime):
    tables = rows(runtime, TABLES)
    assert len(tables) > 100
    assert [name for name, owner in tables if owner == settings.RUNTIME_ROLE] == []
    assert rows(runtime, rights.TOO_MUCH) == [(False,)]


def test_every_table_gives_rows_and_no_more(runtime):
    growing = {name for (name,) in rows(runtime, GROWING)}
    assert growing == set(rights.APPEND_ONLY)
    names = set(connection.introspection.table_names())
    assert growing | set(rights.READ_ONLY) < names
    expected = dict.fromkeys(names, ROWS)
    expected |= {name: {"SELECT"} for name in rights.READ_ONLY} | {name: {"SELECT", "INSERT"} for name in growing}
    assert {name: held(settings.RUNTIME_ROLE, name) for name in names} == expected


def test_a_table_made_later_is_covered_and_what_was_given_by_hand_is_taken_back(runtime):
    role = settings.RUNTIME_ROLE
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE made_later (id int)")
        cursor.execute(f"GRANT TRUNCATE, TRIGGER ON made_later TO {role}")
        assert held(role, "made_later") == ROWS | {"TRUNCATE", "TRIGGER"}
        call_command("give_rights", stdout=StringIO())
        assert held(role, "made_later") == ROWS


def test_where_one_role_does_both_it_is_said(settings):
    settings.OWNER_URL, said = "", StringIO()
    call_command("give_rights", stdout=said)
    assert "names no other role" in said.getvalue()
    assert "cpms.W001" in {found.id for found in run_checks(databases=["default"])}
    assert "cpms.W001" not in {found.id for found in run_checks()}


def test_a_role_that_was_not_made_is_named(settings):
    settings.OWNER_URL, settings.RUNTIME_ROLE = "postgresql://elsewhere", "nobody_yet"
    with pytest.raises(CommandError, match="no role nobody_yet"):
        call_command("give_rights")
