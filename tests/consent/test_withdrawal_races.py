"""Withdrawing consent against what is done under it at the same moment: whatever came through came before.

``bin/campaign consent`` takes 200 rounds of each race and writes the evidence.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import threading
from pathlib import Path

import pytest
from django.db import connection, transaction

from consent import actions as consent
from consent.models import Consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.notifications.models import OutboxMessage
from outcomes import actions as outcomes
from outcomes.models import OutcomeDocument
from outcomes.states import Decision, DocumentState
from panels import actions as panels
from panels.cases import actions as cases
from panels.cases.models import Case, CaseFile
from panels.cases.queries import case_parts
from panels.models import Panel
from tests.consent.test_table import COMPARED
from tests.factories import Story, UserFactory
from tests.panels.test_races import race, rights  # noqa: F401 the fixture is taken by its name

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])
ROUNDS = int(os.environ.get("CPMS_RACES", "2"))
EVIDENCE = Path(__file__).resolve().parents[2] / "docs" / "evidence" / "withdrawal.md"


def seated() -> Story:
    story = Story()
    story.open()
    story.seat(story.expert)
    return story


def withdraw(story):
    return lambda: consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)


def late(story, *events) -> int:
    """Deeds that the trail puts after the withdrawal."""
    at = Consent.objects.get(patient=story.patient, stage=Stage.CARE).withdrawn_at
    assert at is not None
    return AuditEvent.objects.filter(event__in=events, patient_id=story.patient.pk, at__gt=at).count()


def nothing_left(story) -> bool:
    """Nobody but the treating side sees anything, and no mail is on its way but the neutral one."""
    waiting = OutboxMessage.objects.filter(state="waiting").exclude(notice="panel_ended")
    return (
        not Case.objects.visible_to(story.expert).exists()
        and not CaseFile.objects.visible_to(story.expert).exists()
        and not OutcomeDocument.objects.visible_to(story.expert).exists()
        and not waiting.exists()
    )


def against_comment(story):
    race(withdraw(story), lambda: panels.comment(story.fresh(), text="x", by=story.expert))
    return late(story, Event.COMMENTED)


def against_invite(story):
    race(withdraw(story), lambda: panels.invite_experts(story.fresh(), people=[UserFactory()], by=story.lead))
    return late(story, Event.INVITED)


def against_accept(story):
    panels.invite_experts(story.fresh(), people=[late_comer := UserFactory()], by=story.lead)
    invitation = story.invitation(late_comer)
    race(withdraw(story), lambda: panels.accept(invitation, by=late_comer))
    return late(story, Event.INVITATION_ANSWERED, Event.ACCESS_GRANTED)


def against_export(story):
    def export():
        cases.export_phenopacket(case_parts(Case.objects.get(pk=story.case.pk)), by=story.lead)

    race(withdraw(story), export)
    return late(story, Event.CASE_EXPORTED)


def against_file(story):
    file = story.file
    race(withdraw(story), lambda: cases.take_out_file(file, by=story.expert))
    return late(story, Event.FILE_READ)


def against_document(story):
    story.contribute(story.expert)
    outcomes.start_outcome(story.fresh(), by=story.lead)
    panel = story.fresh()
    document = OutcomeDocument(panel=panel, key=panel.key, number=1, code=panel.ref, asked_by=story.lead)
    document.pdf, document.state, document.made_at = b"%PDF-", DocumentState.READY, clock.now()
    document.save(force_insert=True)
    race(withdraw(story), lambda: outcomes.take_out_document(document, by=story.expert))
    return late(story, Event.DOCUMENT_READ)


def against_case(story):
    case = Case.objects.get(pk=story.case.pk)
    race(withdraw(story), lambda: cases.add_diagnosis(case, label="x", status="suspected", by=story.lead))
    return late(story, Event.CASE_CHANGED)


def against_stance(story):
    said = story.contribute(story.expert)
    race(withdraw(story), lambda: panels.take_stance(said, kind="agree", by=story.lead))
    return late(story, Event.STANCE_TAKEN)


def against_signature(story):
    story.contribute(story.expert)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    words = {"conclusion": "Salt.", "items": [], "version": outcome.version}
    outcomes.write_outcome(story.fresh(), by=story.lead, **words)
    sent = outcomes.send_for_signature(story.fresh(), by=story.lead)
    signed = {"decision": Decision.SIGNED, "number": sent.number, "by": story.expert}
    race(withdraw(story), lambda: outcomes.sign(story.fresh(), **signed))
    return late(story, Event.OUTCOME_SIGNED)


def against_closing(story):
    story.contribute(story.expert)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    words = {"conclusion": "Salt.", "items": [], "version": outcome.version}
    outcomes.write_outcome(story.fresh(), by=story.lead, **words)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    race(withdraw(story), lambda: outcomes.close_panel(story.fresh(), by=story.lead, although=9))
    return late(story, Event.PANEL_MOVED)


def against_copy(story):
    copy = cases.copy_case(Case.objects.get(pk=story.case.pk), by=story.lead)
    race(withdraw(story), lambda: cases.confirm_copy(copy, by=story.lead))
    return late(story, Event.CASE_CHANGED)


def against_start(story):
    race(withdraw(story), lambda: cases.start_case(story.patient, by=story.lead))
    return late(story, Event.CASE_CHANGED)


DEEDS = {
    "comment": against_comment,
    "invite": against_invite,
    "accept": against_accept,
    "export": against_export,
    "file": against_file,
    "PDF": against_document,
    "change the case": against_case,
    "stance": against_stance,
    "signature": against_signature,
    "close the panel": against_closing,
    "confirm a copy": against_copy,
    "start a case": against_start,
}
TOLD: dict[str, int] = {}


@pytest.mark.parametrize("name", DEEDS)
def test_whatever_came_through_came_before_the_withdrawal(name):
    for _round in range(ROUNDS):
        story = seated()
        assert DEEDS[name](story) == 0
        assert nothing_left(story)
    TOLD[name] = ROUNDS
    if os.environ.get("CPMS_CAMPAIGN") and len(TOLD) == len(DEEDS):
        write_evidence()


def write_evidence() -> None:
    rows = "\n".join(f"| {name} | {count} | 0 | 0 |" for name, count in TOLD.items())
    when = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC, commit {commit()}"
    EVIDENCE.write_text(REPORT.format(when=when, rows=rows, histories=sum(COMPARED)), encoding="utf-8")


def commit() -> str:
    """What was tried: the number of the commit, and whether something was changed since."""
    number = git("rev-parse", "--short", "HEAD").stdout.strip() or "unknown"
    return f"{number} and changes to it" if git("diff", "--quiet", "HEAD").returncode else number


def git(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *words], cwd=EVIDENCE.parent, capture_output=True, text=True, check=False)


REPORT = """# Withdrawal of consent against what happens at the same moment

Made by `bin/campaign consent`; run of {when}.

In each round eight threads start at one moment on a real PostgreSQL; half of them withdraw stage 1, half
do what stands in the first column. *Late*: the trail puts the deed after the withdrawal. *Left*: afterwards somebody but the
treating side still sees case, file or document, or a mail other than the neutral notice still waits.

| deed | rounds | late | left |
|---|---|---|---|
{rows}

Random histories of answers and withdrawals are compared with an independent oracle in `tests/consent/test_table.py`, every actor, act
and registry after each: {histories} histories, none decided otherwise. Every run of `bin/test` takes 50, and 2 rounds of each race.
"""


def test_a_deed_under_a_withdrawn_consent_is_refused():
    story = seated()
    withdraw(story)()
    with pytest.raises(Refused):
        cases.take_out_file(CaseFile(case=story.case, key=story.case.key), by=story.expert)


def confirming(story):
    copy = cases.copy_case(Case.objects.get(pk=story.case.pk), by=story.lead)
    return lambda: cases.confirm_copy(copy, by=story.lead)


def starting(story):
    return lambda: cases.start_case(story.patient, by=story.lead)


def preparing(story):
    case = cases.copy_case(Case.objects.get(pk=story.case.pk), by=story.lead)
    panel = panels.draft_panel(case, network=story.group.network, by=story.lead)
    return lambda: panels.prepare(panel, version=panel.version, question="x", by=story.lead)


def is_blocked() -> bool:
    """Whether somebody waits for a row that another transaction holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
        return cursor.fetchone() is not None


@pytest.mark.parametrize("deed", [confirming, starting, preparing])
def test_a_deed_waits_for_a_withdrawal_that_is_under_way_and_is_refused(deed):
    """Without a hold it would read the consent that is just being withdrawn, and come after it."""
    story = seated()
    act, ended = deed(story), []

    def run():
        try:
            act()
            ended.append("done")
        except Refused:
            ended.append("refused")
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        withdraw(story)()
        thread.start()
        while not ended and not is_blocked():
            thread.join(0.02)
        assert ended == []
    thread.join(20)
    assert ended == ["refused"]


@pytest.mark.parametrize("deed", [panels.freeze, panels.thaw])
def test_a_panel_whose_lead_changes_at_that_moment_is_stopped_and_goes_on_with_the_others(deed):
    """PostgreSQL loses a row that is locked together with its lead, when that changes meanwhile."""
    story, found = seated(), []

    def run():
        found.append(deed(str(story.patient.pk), by=None))
        connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        Panel.objects.filter(pk=story.panel.pk).update(lead=UserFactory())
        thread.start()
        while not is_blocked():
            assert thread.is_alive()
    thread.join(timeout=60)
    assert found == [1]
