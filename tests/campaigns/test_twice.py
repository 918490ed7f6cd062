"""Every task run twice and in parallel leaves what one leaves; ``test_replayed`` sends every POST twice."""

from __future__ import annotations

import threading

import pytest
from celery import current_app
from django.apps import apps
from django.db import connection, connections

from consent import actions as consent
from consent.models import Consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.roles import Role
from cpms.celery import app
from outcomes.models import SurveyRound
from panels.cases import actions as cases
from panels.cases.models import Case
from panels.meetings import actions as meetings
from panels.meetings.models import MeetingDecision
from panels.models import Panel
from tests.factories import Story, UserFactory, give_role
from tests.panels.test_races import rights  # noqa: F401 a fixture
from tools.campaign import CAMPAIGNS
from tools.local import places

OURS = ("cpms", "consent", "panels", "outcomes", "helpdesk")
UNCOUNTED = {
    "audit.auditevent",
    "drafts.postkey",
    "jobs.job",
    "jobs.lastrun",
}  # what notes that something was asked for, not what it did
ELSEWHERE = {
    "audit.seal": "tests/audit/test_seals.py: each run is a step of its own",
    "cases.clean_file": "tests/cases/test_files.py: it needs a file",
    "people.take_rows": "tests/people: it needs a table",
    "helpdesk.make_file": "tests/helpdesk/test_files.py: it needs a file that was asked for, and takes seconds",
    "outcomes.make_document": "tests/outcomes: it needs a written outcome, and takes seconds",
    "accounts.answer_reset": "tests/accounts/test_password_reset.py: it needs an envelope, which it uses up",
    "accounts.answer_address": "tests/accounts/test_new_address.py: it needs an envelope, which it uses up",
    "people.take_request": "tests/people/test_getting_in.py: it needs an envelope, which it uses up",
}
THREADS = 4


def tables() -> dict[str, str]:
    """Our models, by name, and where each is kept."""
    models = [
        m
        for c in apps.get_app_configs()
        if c.name.split(".")[0] in OURS
        for m in c.get_models(include_auto_created=True)
    ]
    return {m._meta.label_lower: m._meta.db_table for m in models if m._meta.label_lower not in UNCOUNTED}


def rows() -> dict[str, int]:
    """How many rows each of our tables holds, asked in one go."""
    each = (f"SELECT '{name}', (SELECT count(*) FROM {table})" for name, table in tables().items())  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return dict(cursor.fetchall())


@pytest.fixture
def busy(settings, tmp_path):
    """Something for every task to do: mails, an overdue invitation, a late panel, a referral, a document, a withdrawal,
    a consent to be asked for again, a reader of figures, a patient's correction, a case that begins as a copy."""
    settings.MEDIA_ROOT = tmp_path
    story, frozen = Story("a"), Story("b")
    give_role(UserFactory(role="none"), Role.CORE_HELPDESK)
    late = UserFactory()
    story.open(story.expert, late)
    story.seat(story.expert)
    past = clock.now() - 40 * (clock.now() - story.yesterday)
    story.panel.invitations.filter(invitee=late).update(sent_at=past, expires_at=story.yesterday)
    Panel.objects.filter(pk=story.panel.pk).update(wanted_by=story.yesterday.date())
    Consent.objects.filter(patient=story.patient).update(renew_on=clock.today())
    assert story.file.can_be_seen
    meeting = meetings.schedule(story.fresh(), starts_at=clock.now(), minutes=30, link="", by=story.lead)
    words = {"text": "Scan first.", "dissent": "", "owner": None, "due_on": None}
    meetings.decide(meeting.agenda.get(), by=story.lead, **words)
    assert story.correction
    SurveyRound.objects.create(network=story.panel.network, number=1, opened_by=story.lead)
    cases.copy_case(story.case, by=story.lead)
    frozen.open(frozen.expert)
    consent.withdraw_consent(frozen.patient, by=frozen.lead, stage=Stage.CARE)
    return story, frozen


def arguments(name: str, story: Story, frozen: Story) -> dict[str, str]:
    """The ids that a task takes, for things that are there."""
    return {
        "panels.freeze": {"patient_id": str(frozen.patient.pk)},
        "panels.thaw": {"patient_id": str(story.patient.pk)},
        "outcomes.thaw": {"panel_id": str(story.panel.pk)},
        "panels.let_go": {"user_id": str(story.expert.pk)},
        "people.put_down": {"user_id": str(story.expert.pk)},
        "people.follow_address": {"user_id": str(story.expert.pk), "old": "old@far.example", "new": "new@far.example"},
        "panels.left_behind": {"user_id": str(story.lead.pk)},
        "meetings.clear_agendas": {"panel_id": str(frozen.panel.pk)},
        "meetings.leave": {"panel_id": str(story.panel.pk), "user_id": str(story.expert.pk)},
        "meetings.call_newcomer": {"panel_id": str(story.panel.pk), "user_id": str(story.expert.pk)},
        "outcomes.ask_newcomer": {"panel_id": str(story.panel.pk), "user_id": str(story.expert.pk)},
        "outcomes.ask_new_lead": {"panel_id": str(story.panel.pk), "giver_id": str(story.lead.pk)},
        "outcomes.ask_round": {"survey_id": str(SurveyRound.objects.get().pk)},
        "outcomes.take_decision": {"decision_id": str(MeetingDecision.objects.get().pk)},
        "notifications.tell": {"user_id": str(story.lead.pk), "notice": "recovery_used", "occasion": "once"},
        "notifications.stay_at": {"user_id": str(story.lead.pk), "address": "old@far.example"},
        "notifications.write_to": {
            "address": "nobody@far.example",
            "user_id": str(story.lead.pk),
            "notice": "address_changed",
            "path": "/",
            "occasion": "once",
        },
        "panels.tell_corrected": {"correction_id": str(story.correction.pk)},
        "cases.copy_files": {"case_id": str(Case.objects.get(copied_from=story.case).pk)},
        "notifications.answer_reset": {
            "address": "nobody@far.example",
            "user_id": "",
            "path": "/",
            "occasion": str(story.lead.pk),
        },
        "panels.forget_questions": {"patient_id": str(frozen.patient.pk)},
        "cases.forget": {"patient_id": str(frozen.patient.pk)},
    }.get(name, {})


def of_ours() -> list[str]:
    app.loader.import_default_modules()
    return sorted(name for name in current_app.tasks if not name.startswith("celery."))


@pytest.mark.long
@pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])
def test_every_task_twice_and_in_parallel(busy):
    story, frozen = busy
    for name in of_ours():
        if name in ELSEWHERE:
            continue
        task, words = current_app.tasks[name], arguments(name, story, frozen)
        task(**words)
        once = rows()
        task(**words)
        assert (name, rows()) == (name, once)
        in_parallel(lambda task=task, words=words: task.run(**words))  # past the lock that lets one run at a time
        assert (name, rows()) == (name, once)


def in_parallel(deed) -> None:
    gate, faults = threading.Barrier(THREADS), []

    def run():
        gate.wait()
        try:
            deed()
        except Exception as error:  # noqa: BLE001 whatever it is, the test must see it
            faults.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    [thread.start() for thread in threads]
    [thread.join(timeout=60) for thread in threads]
    assert faults == []


def test_the_campaigns_have_a_command_of_their_own():
    command = places.ROOT.joinpath("bin", "campaign").read_text()
    assert [name for name in CAMPAIGNS if f"{name} | " not in command] == []
