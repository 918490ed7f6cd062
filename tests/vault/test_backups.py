"""A backup without the keys is dark; one that is older than an erasure is made dark again."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import uuid
from urllib.parse import quote

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection

from cpms.patients import actions as patients
from cpms.patients import queries
from cpms.patients.models import Patient
from cpms.vault import cipher
from cpms.vault.fields import ERASED
from tests.factories import Story, UserFactory
from tools.local import places
from tools.local.postgres import PACKAGE

PROGRAMS = places.package_folder(PACKAGE) / "pginstall18" / "bin"
KEYS = "vault_datakey"


def address_of(name: str) -> str:
    known = connection.settings_dict
    who = f"{quote(known['USER'])}:{quote(known['PASSWORD'])}"
    return f"postgresql://{who}@{known['HOST']}:{known['PORT']}/{name}"


def run(program: str, *words: str) -> bytes:
    """One of PostgreSQL's programs; what it prints."""
    return subprocess.run([PROGRAMS / program, *words], capture_output=True, check=True, env=dict(os.environ)).stdout


@pytest.fixture
def elsewhere(transactional_db):
    """An empty database beside this one."""
    name = f"restored_{uuid.uuid4().hex[:8]}"
    with contextlib.closing(psycopg2.connect(address_of(connection.settings_dict["NAME"]))) as made:
        made.autocommit = True
        made.cursor().execute(f"CREATE DATABASE {name}")
        yield name
        made.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")


def rows(database: str, sql: str) -> list:
    with contextlib.closing(psycopg2.connect(address_of(database))) as made, made.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_texts_come_back_with_the_keys_of_the_day_and_stay_dark_for_whom_was_erased(elsewhere, tmp_path):
    """The two dumps of docs/operations.md: yesterday's rows under today's keys."""
    kept, erased = Story("a"), Story("b")
    words = [one.canary("summary") for one in (kept, erased) if one.case.summary]
    here = address_of(connection.settings_dict["NAME"])
    common = ("--format=custom", "--no-privileges", "--no-owner")
    run("pg_dump", *common, f"--exclude-table-data={KEYS}", f"--file={tmp_path}/rows.dump", here)
    plain = run("pg_dump", f"--exclude-table-data={KEYS}", here)
    secrets = [bytes(patient.key.wrapped) for patient in Patient.objects.all()]
    assert [word for word in words if word.encode() in plain] == []
    assert [secret for secret in secrets if secret.hex().encode() in plain] == []
    patients.erase(erased.patient, by=erased.lead)
    run("pg_dump", *common, "--data-only", f"--table={KEYS}", f"--file={tmp_path}/keys.dump", here)

    there = f"--dbname={address_of(elsewhere)}"
    run("pg_restore", "--section=pre-data", "--no-owner", "--exit-on-error", there, f"{tmp_path}/rows.dump")
    run("pg_restore", "--section=data", "--no-owner", "--exit-on-error", there, f"{tmp_path}/rows.dump")
    run("pg_restore", "--no-owner", "--exit-on-error", there, f"{tmp_path}/keys.dump")
    run("pg_restore", "--section=post-data", "--no-owner", "--exit-on-error", there, f"{tmp_path}/rows.dump")

    found = {}
    for case, summary, key, name, wrapped in rows(
        elsewhere,
        "SELECT c.id, c.summary, k.id, k.kek_name, k.wrapped FROM cases_case c JOIN vault_datakey k ON k.id = c.key_id",
    ):
        secret = cipher.unwrap(name, bytes(wrapped), f"vault_datakey.wrapped.{key}") if wrapped else None
        context = f"cases_case.summary.{case}"
        found[uuid.UUID(str(case))] = cipher.open_sealed(secret, bytes(summary), context).decode() if secret else None
    assert found == {kept.case.pk: kept.canary("summary"), erased.case.pk: None}


@pytest.mark.django_db
def test_an_erasure_is_replayed_after_an_older_state_was_restored(tmp_path, capsys):
    story, other = Story("a"), Story("b")
    patients.erase(story.patient, by=story.lead)
    call_command("erasures")
    (tmp_path / "list").write_text(capsys.readouterr().out)
    [line] = [json.loads(text) for text in (tmp_path / "list").read_text().splitlines()]
    assert line == next(queries.erasures())
    back = UserFactory()
    again = patients.enrol(by=back, sex="female", country="FI", birth_year=2015, nickname="Wren")
    known = {"patient": str(again.pk), "erased_at": line["erased_at"], "erased_by": str(uuid.uuid4())}
    unknown = line | {"patient": str(uuid.uuid4())}
    with (tmp_path / "list").open("a") as file:
        file.write(json.dumps(known) + "\n" + json.dumps(unknown) + "\n")
    call_command("erasures", "--replay", str(tmp_path / "list"))
    assert "1 of 3 patients were there again" in capsys.readouterr().out
    found = Patient.objects.get(pk=again.pk)
    assert (found.nickname, str(found.erased_at), found.erased_by) == (ERASED, line["erased_at"], back)
    assert Patient.objects.get(pk=other.patient.pk).erased_at is None
