"""After a patient's key is destroyed: nothing of what was said of the patient is in a dump, in Redis, or in a file."""

from __future__ import annotations

import base64
import os
import subprocess
import tempfile

import pytest
import redis
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from consent import actions as consent
from consent.models import Review
from consent.states import ReviewKind
from cpms import clock
from cpms.accounts.roles import Role
from cpms.drafts import actions as drafts
from cpms.vault.fields import SealedTextField
from cpms.vault.models import DataKey
from helpdesk.people import actions as people
from outcomes import actions as outcomes
from outcomes.models import OutcomeDocument
from outcomes.states import DocumentState
from panels import actions as panels
from panels.cases import actions as cases
from tests.factories import GroupFactory, Story, UserFactory, case_form, give_role
from tools.local import places
from tools.local.postgres import PACKAGE

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])


def dump() -> bytes:
    """What the embedded PostgreSQL's own pg_dump writes: every table of the database, in plain text."""
    program = places.package_folder(PACKAGE) / "pginstall18" / "bin" / "pg_dump"
    at = connection.settings_dict
    command = [program, "-h", at["HOST"], "-p", str(at["PORT"]), "-U", at["USER"], "--inserts", at["NAME"]]
    env = {**os.environ, "PGPASSWORD": at["PASSWORD"]}
    return subprocess.run(command, env=env, capture_output=True, check=True).stdout


def in_redis() -> bytes:
    """Every key and value of the broker that these tests use."""
    found, broker = [], redis.Redis.from_url(settings.REDIS_URL)
    for key in broker.scan_iter():
        found += [key, broker.dump(key) or b""]
    broker.close()
    return b"\n".join(found)


def readable(words: list[str], held: bytes) -> list[str]:
    """Words that stand there as they are, or as PostgreSQL and our own code write bytes: in hex, or in base64."""

    def forms(word: str) -> list[bytes]:
        shifted = [base64.b64encode(b"x" * n + word.encode())[4:-4] for n in range(3)]
        return [word.encode(), word.encode().hex().encode(), *shifted]

    return [word for word in words if any(form in held for form in forms(word))]


def sealed_rows() -> list[tuple[models.Model, str]]:
    """Every row of every table with each of its sealed columns."""
    found = []
    for model in apps.get_models():
        names = [f.attname for f in model._meta.concrete_fields if isinstance(f, SealedTextField)]
        found += [(row, name) for row in model._base_manager.all() for name in names] if names else []
    return found


def full(story: Story) -> list[str]:
    """A patient with something in every corner; gives the words, each of which names its corner."""
    said = story.canary
    story.open()
    story.seat(story.expert)
    waiting = b"%PDF-1.4 " + said("raw-file").encode()
    cases.add_file(story.case, filename=f"{said('raw-name')}.pdf", data=waiting, by=story.lead)
    assert story.file.caption
    assert story.correction
    given = {"answers": {"family-who": said("answer")}, "labs": [], "version": 0}
    cases.answer_form(story.case, case_form("core"), by=story.lead, **given)
    advice = story.contribute(story.expert)
    panels.take_stance(advice, kind="dissent", text=said("dissent"), by=story.lead)
    panels.reword(advice, text=said("reworded"), by=story.expert)
    panels.comment(story.fresh(), text=said("message"), by=story.lead)
    group = GroupFactory(number=2, name="Calcium")
    panels.address(story.fresh(), network=group.network, group=group, by=story.lead)
    first, second = (UserFactory(role="none") for _ in range(2))
    for one in (first, second):
        give_role(one, Role.HELPDESK_ADULT, network=story.panel.network)
    people.confirm_glass(people.ask_for_glass(story.fresh(), reason=said("glass"), by=first), by=second)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    words = {"conclusion": said("conclusion"), "items": [], "version": outcome.version}
    outcomes.write_outcome(story.fresh(), by=story.lead, **words)
    document = OutcomeDocument(panel=story.fresh(), key=story.patient.key, number=9, code="X", asked_by=story.lead)
    document.pdf, document.state, document.made_at = said("pdf").encode(), DocumentState.READY, clock.now()
    document.save()
    review = Review.objects.create(patient=story.patient, kind=ReviewKind.RETENTION, due_on=clock.today())
    consent.keep(review, reason=said("kept-because"), years=1, by=story.lead)
    fields = {"summary": said("draft")}
    drafts.save_draft(form=f"case:{story.case.pk}", label="Case", path="/", fields=fields, by=story.lead)
    corners = (
        "nickname number summary diagnosis finding lab variant question title filename caption raw-file raw-name answer"
    )
    later = "advice dissent reworded message conclusion pdf kept-because draft correction glass"
    return [said(name) for name in [*corners.split(), *later.split()]]


def test_nothing_of_an_erased_patient_is_readable_anywhere(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    story, other = Story(), Story("other")
    words, key = full(story), story.patient.key
    kept = [other.canary("nickname"), other.canary("summary")]
    assert other.case.summary
    opened = "\n".join(str(bytes(v) if isinstance(v, bytes) else v) for v in (getattr(r, n) for r, n in sealed_rows()))
    assert [word for word in [*words, *kept] if word not in opened] == [], "a corner holds nothing to be erased"
    wrapped = bytes(key.wrapped)

    consent.erase_patient(story.patient, by=story.lead)
    held = dump()
    assert readable([story.patient.pseudonym], held) != [], "the dump is of another database"
    assert readable([*words, *kept], held + in_redis()) == []
    assert wrapped.hex().encode() not in held
    assert DataKey.objects.get(pk=key.pk).secret() is None

    opened = b"\n".join(
        v if isinstance(v, bytes) else str(v).encode() for v in (getattr(r, n) for r, n in sealed_rows())
    )
    assert readable(words, opened) == [], "whoever holds every key that is left reads nothing either"
    assert [word for word in kept if word.encode() not in opened] == []

    cases.forget_rows(str(story.patient.pk), by=None)
    assert dump().count(b"ORPHA:90794") == held.count(b"ORPHA:90794") - 1
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert settings.MEDIA_ROOT == ""
    assert [f for m in apps.get_models() for f in m._meta.concrete_fields if isinstance(f, models.FileField)] == []
