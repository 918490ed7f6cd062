"""Sealed text: unreadable in the tables, bound to its row, dark when its key is gone."""

from __future__ import annotations

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from cpms.patients.models import Patient
from cpms.vault import actions, cipher
from cpms.vault.fields import ERASED, SealColumn
from cpms.vault.models import DataKey
from helpdesk.people.models import GlassBreak
from outcomes import actions as outcomes
from panels import actions as panels
from panels.cases import actions as cases
from panels.models import Message, Panel
from tests.factories import CANARIES, GlassBreakFactory, Story, every_line

pytestmark = pytest.mark.django_db
WHY = "The lead is away; the child vomits and has a fever."


def whole_database() -> bytes:
    """Every row of every table as PostgreSQL would dump it; bytes columns as they are."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 names come from the catalogue
            for row in cursor.fetchall():
                found += [bytes(cell) if isinstance(cell, memoryview) else str(cell).encode() for cell in row]
    return b"\n".join(found)


def test_no_clinical_text_is_readable_in_the_database():
    story = Story()
    story.open()
    story.seat(story.expert)
    said = story.contribute(story.expert)
    panels.take_stance(said, kind="dissent", text=story.canary("dissent"), by=story.lead)
    panels.comment(story.fresh(), text=story.canary("message"), by=story.lead)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    words = {"conclusion": story.canary("conclusion"), "items": [], "version": outcome.version}
    outcomes.write_outcome(story.fresh(), by=story.lead, **words)
    dump = whole_database()
    assert len(CANARIES) >= 11
    assert [token for token in CANARIES if token.encode() in dump] == []
    assert story.patient.pseudonym.encode() in dump


def test_a_ciphertext_moved_to_another_row_does_not_open():
    story = Story()
    panel = story.open()
    first = panels.comment(panel, text="one", by=story.lead)
    second = panels.comment(panel, text="two", by=story.lead)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM panels_message WHERE id = %s", [first.pk])
        stolen = cursor.fetchone()[0]
        cursor.execute("UPDATE panels_message SET text = %s WHERE id = %s", [stolen, second.pk])
    moved = Message.objects.get(pk=second.pk)
    with pytest.raises(cipher.CannotOpen):
        moved.text  # noqa: B018 opening is the deed


def test_a_destroyed_key_darkens_everything_of_the_patient():
    story = Story()
    story.open()
    actions.destroy_key(story.patient.key)
    panel = Panel.objects.get(pk=story.panel.pk)
    assert (panel.question, panel.title) == (ERASED, ERASED)
    assert Patient.objects.get(pk=story.patient.pk).nickname == ERASED
    panel.question = "new"
    with pytest.raises(cipher.CannotOpen):
        panel.save()


def test_empty_text_stays_empty_and_unread_text_survives_a_save():
    story = Story()
    panel = story.open()
    untouched = Panel.objects.get(pk=panel.pk)
    untouched.save()
    assert Panel.objects.get(pk=panel.pk).question == story.canary("question")
    patient = Patient.objects.get(pk=story.patient.pk)
    patient.nickname = ""
    patient.save()
    assert Patient.objects.get(pk=patient.pk).nickname == ""


def test_an_older_key_encryption_key_still_opens_and_a_missing_one_does_not(settings):
    key = actions.new_key()
    old, secret = settings.CPMS_KEKS[0], key.secret()
    fresh = "new:" + base64.b64encode(b"n" * 32).decode()
    cipher.key_encryption_keys.cache_clear()
    settings.CPMS_KEKS = [fresh, old]
    assert DataKey.objects.get(pk=key.pk).secret() == secret
    assert actions.new_key().kek_name == "new"
    cipher.key_encryption_keys.cache_clear()
    settings.CPMS_KEKS = [fresh]
    with pytest.raises(cipher.CannotOpen, match="not configured"):
        DataKey.objects.get(pk=key.pk).secret()
    cipher.key_encryption_keys.cache_clear()
    settings.CPMS_KEKS = ["short:" + base64.b64encode(b"x").decode()]
    with pytest.raises(ImproperlyConfigured):
        cipher.key_encryption_keys()
    cipher.key_encryption_keys.cache_clear()


def test_a_changed_or_foreign_value_does_not_open():
    secret = cipher.new_secret()
    sealed = cipher.seal(secret, b"text", "here")
    assert cipher.open_sealed(secret, sealed, "here") == b"text"
    for value, context in (
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), "here"),
        (sealed, "there"),
        (b"\x09" + sealed[1:], "here"),
    ):
        with pytest.raises(cipher.CannotOpen):
            cipher.open_sealed(secret, value, context)


def test_no_word_typed_into_a_case_is_readable_beside_a_code_or_without_one():
    story = Story()
    case = story.case
    words = {name: f"typed-{name}" for name in ("label", "onset", "unit", "taken", "gene", "zygosity", "significance")}
    correction = cases.Correction(
        summary="typed-summary",
        diagnoses=[{"label": words["label"], "onset": words["onset"], "status": "suspected"}],
        findings=[{"label": words["label"], "code": "HP:0000127", "onset": words["onset"], "present": False}],
        labs=[{"label": words["label"], "value": 1, "unit": words["unit"], "taken": words["taken"]}],
        variants=[{name: words[name] for name in ("gene", "zygosity", "significance")}],
        gone=every_line(case),
    )
    cases.correct_case(case, correction, version=case.version, by=story.lead)
    assert b"typed-" not in whole_database()
    assert case.labs.get().unit == words["unit"]
    actions.destroy_key(story.patient.key)
    assert [case.diagnoses.get().label, case.findings.get().onset, case.variants.get().gene] == [ERASED] * 3


def of_the_table(sql: str):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def test_a_column_of_plain_text_is_sealed_row_by_row_and_opened_again():
    """The step of the migration, forth and back, on the reasons for breaking the glass."""
    glass, dark = (GlassBreakFactory(panel=s.panel, person=s.lead, reason=WHY) for s in (Story(), Story("dark")))
    where = {"table": "people_glassbreak", "owner": "panels_panel", "through": "panel_id"}
    step = SealColumn("glassbreak", "reason", longest=300, **where)
    connection.check_constraints()
    with connection.schema_editor(atomic=False) as editor:
        step.database_backwards("people", editor, None, None)
        assert of_the_table("SELECT DISTINCT reason FROM people_glassbreak") == (WHY,)
        actions.destroy_key(dark.panel.key)
        step.database_forwards("people", editor, None, None)
    assert of_the_table("SELECT pg_typeof(reason)::text FROM people_glassbreak") == ("bytea",)
    assert [GlassBreak.objects.get(pk=one.pk).reason for one in (glass, dark)] == [WHY, ERASED]
    assert WHY.encode() not in whole_database()
