"""The sealed trail: whatever is changed in it afterwards is found, with the owner's own rights and all triggers off."""

from __future__ import annotations

import json
import logging.handlers
import os
import random
import threading
import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from cpms.accounts.models import Membership, User
from cpms.audit import actions as audit
from cpms.audit import queries
from cpms.audit.models import AuditEvent, AuditHead, AuditSeal
from cpms.audit.states import Event
from panels.models import Panel
from panels.states import State
from tests.factories import Story, UserFactory

DATABASES = ["default", "cachedb"]
ROUNDS = int(os.environ.get("CPMS_TAMPERINGS", "70"))


def sealed(stretches: int = 5, events: int = 6) -> None:
    """A trail of several seals. This transaction itself would be waited for, so the stretches are closed by hand."""
    people = UserFactory.create_batch(2)
    for _each in range(stretches):
        for number in range(events):
            audit.record(Event.SIGNED_IN, on=people[number % 2], by=people[number % 2], kind=str(number))
        AuditHead.objects.get_or_create(pk=1)
        audit.seal_to(AuditHead.objects.get(), AuditEvent.objects.latest("pk").pk)


def said_in_the_log() -> list[dict]:
    """What is written when the newest seal is told. Campaigns run without pytest's own capture of logs."""
    logger, kept = logging.getLogger("cpms.audit"), logging.handlers.BufferingHandler(10)
    logger.addHandler(kept)
    try:
        audit.tell_head()
    finally:
        logger.removeHandler(kept)
    return [record.msg for record in kept.buffer]


def run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def keys() -> list[int]:
    return list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))


def edited(chance: random.Random) -> None:
    column, value = chance.choice(
        [
            ("event", "x"),
            ("actor_id", str(uuid.UUID(int=7))),
            ("at", "2020-01-01"),
            ("subject_id", "7"),
            ("route", "y"),
            ("detail", "{}"),
        ]
    )
    run(f"UPDATE audit_auditevent SET {column} = %s WHERE id = %s", value, chance.choice(keys()))  # noqa: S608


def deleted(chance: random.Random) -> None:
    run("DELETE FROM audit_auditevent WHERE id = ANY(%s)", chance.sample(keys(), chance.randint(1, 4)))


def put_in(chance: random.Random) -> None:
    """In the place of one that was taken out, so that the number of rows is right again."""
    place = chance.choice(keys())
    run("DELETE FROM audit_auditevent WHERE id = %s", place)
    AuditEvent.objects.create(pk=place, event=Event.SIGNED_IN)


def swapped(chance: random.Random) -> None:
    one, other = chance.sample(keys(), 2)
    run("UPDATE audit_auditevent SET id = -1 WHERE id = %s", one)
    run("UPDATE audit_auditevent SET id = %s WHERE id = %s", one, other)
    run("UPDATE audit_auditevent SET id = %s WHERE id = -1", other)


def cut(chance: random.Random) -> None:
    """The end of trail and seals, and the head set back: by itself it is whole."""
    left = AuditSeal.objects.filter(number__lt=chance.randint(2, AuditSeal.objects.count())).latest("number")
    run("DELETE FROM audit_auditevent WHERE id > %s", left.last_id)
    run("DELETE FROM audit_auditseal WHERE number > %s", left.number)
    AuditHead.objects.update(number=left.number, last_id=left.last_id, digest=left.digest)


def seal_changed(chance: random.Random) -> None:
    number, column = chance.randint(1, AuditSeal.objects.count()), chance.choice(["last_id", "events"])
    run(f"UPDATE audit_auditseal SET {column} = {column} + 1 WHERE number = %s", number)  # noqa: S608


def sealed_anew(chance: random.Random) -> None:
    """An edit, and every seal made again over it."""
    edited(chance)
    ends = list(AuditSeal.objects.values_list("last_id", flat=True))
    run("DELETE FROM audit_auditseal")
    AuditHead.objects.update(number=0, last_id=0, digest="")
    for end in ends:
        audit.seal_to(AuditHead.objects.get(), end)


TAMPERINGS = (edited, deleted, put_in, swapped, cut, seal_changed, sealed_anew)


@pytest.mark.django_db(databases=DATABASES)
def test_every_tampering_is_found():
    sealed()
    newest = AuditSeal.objects.latest("number")
    kept = [{"number": newest.number, "digest": newest.digest}]
    assert list(queries.faults(kept)) == []
    run("ALTER TABLE audit_auditevent DISABLE TRIGGER USER")
    run("ALTER TABLE audit_auditseal DISABLE TRIGGER USER")
    chance, missed = random.Random(7), []
    for number in range(ROUNDS):
        with transaction.atomic():
            tampering = TAMPERINGS[number % len(TAMPERINGS)]
            tampering(chance)
            if not list(queries.faults(kept)):
                missed.append(tampering.__name__)
            transaction.set_rollback(True)
    assert missed == []
    assert list(queries.faults(kept)) == []


@pytest.mark.django_db(databases=DATABASES)
def test_the_command_compares_with_the_seals_in_the_log(tmp_path):
    sealed()
    newest, said = AuditSeal.objects.latest("number"), said_in_the_log()
    assert [(one["event"], one["seal"], one["digest"]) for one in said] == [
        ("audit trail sealed", newest.number, newest.digest)
    ]
    log = tmp_path / "web.log"
    log.write_text(f"worker-1 | {json.dumps(said[0])}\nnot json\n" + '{"event": "request", "status": 200}\n')
    out = StringIO()
    call_command("check_audit", log, stdout=out)
    *others, last = out.getvalue().splitlines()
    assert (
        others[-1] == "2 rows of accounts_user were changed by another role of the database than the product's."
    )  # the suite owns all
    assert last == f"The trail is whole: 5 seals to event {newest.last_id}, 1 kept elsewhere."
    run("ALTER TABLE audit_auditseal DISABLE TRIGGER USER")
    run("ALTER TABLE audit_auditevent DISABLE TRIGGER USER")
    cut(random.Random(3))
    call_command("check_audit", stdout=out)
    with pytest.raises(CommandError, match="1 faults"):
        call_command("check_audit", log, stdout=out, stderr=StringIO())


@pytest.mark.django_db(databases=DATABASES)
@pytest.mark.parametrize("sql", ["UPDATE audit_auditseal SET digest = 'x'", "DELETE FROM audit_auditseal"])
def test_a_seal_cannot_be_changed(sql):
    sealed(1)
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        run(sql)


@pytest.mark.django_db(transaction=True, databases=DATABASES)
def test_what_many_write_at_once_is_sealed_whole_while_they_write():
    """One of them holds its event open while the others go on: it is waited for, not passed over."""
    written, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            audit.record(Event.SIGNED_IN, on=None, by=None)
            written.set()
            assert may_end.wait(30)
        connection.close()

    def quick() -> None:
        for _each in range(50):
            audit.record(Event.SIGNED_OUT, on=None, by=None)
        connection.close()

    before = AuditEvent.objects.count()
    threads = [threading.Thread(target=slow), *(threading.Thread(target=quick) for _each in range(4))]
    threads[0].start()
    assert written.wait(30)
    [thread.start() for thread in threads[1:]]
    assert [audit.seal() for _each in range(20)] == [None] * 20
    may_end.set()
    [thread.join() for thread in threads]
    while audit.seal():  # a database that was used before counts on from there
        pass
    assert queries.head().last_id == AuditEvent.objects.latest("pk").pk
    assert sum(AuditSeal.objects.values_list("events", flat=True)) == AuditEvent.objects.count() == before + 201
    assert list(queries.faults()) == []


@pytest.mark.django_db(transaction=True, databases=DATABASES)
def test_a_transaction_that_is_no_more_is_not_waited_for():
    """It died with its server, or the database was restored elsewhere."""
    audit.record(Event.SIGNED_IN, on=None, by=None)
    AuditHead.objects.create(pk=1, next_id=AuditEvent.objects.latest("pk").pk, waits_for=["999999/1"])
    assert audit.seal().number == 1
    assert list(queries.faults()) == []


@pytest.mark.django_db(databases=DATABASES)
def test_changes_past_every_action_are_noted_by_the_database():
    story = Story()
    panel = story.open(story.expert)
    since = AuditEvent.objects.latest("pk").pk
    Panel.objects.filter(pk=panel.pk).update(state=State.OUTCOME, escalated=3)
    run("UPDATE panels_panel SET escalated = 4 WHERE id = %s", panel.pk)  # does not decide who sees what
    User.objects.bulk_update([User(pk=story.lead.pk, email="other@example.org")], ["email"])
    Membership.objects.filter(user=story.lead).delete()
    run("DELETE FROM panels_invitation WHERE panel_id = %s", panel.pk)
    notes = AuditEvent.objects.filter(pk__gt=since).order_by("pk")
    assert {one.event for one in notes} == {Event.ROW_CHANGED}
    role = connection.settings_dict["USER"]
    assert [(one.subject_type, one.detail) for one in notes] == [
        ("panels_panel", {"verb": "update", "fields": ["state"], "role": role}),
        ("accounts_user", {"verb": "update", "fields": ["email"], "role": role}),
        ("accounts_membership", {"verb": "delete", "fields": [], "role": role}),
        ("panels_invitation", {"verb": "delete", "fields": [], "role": role}),
    ]
    assert {str(panel.pk), str(story.lead.pk)} <= {one.subject_id for one in notes}
