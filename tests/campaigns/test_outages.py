"""Redis and the mail server go away and come back: people sign in, read, write and upload meanwhile, nothing is lost, and mails go out within a minute.

Every run takes seconds; ``CPMS_OUTAGE=1`` (``bin/campaign outages``) takes 5 minutes of Redis and 30 of the mail server.
"""

from __future__ import annotations

import io
import os
import sys
import time

import pytest
from django.conf import settings
from django.urls import reverse

from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.jobs.models import Job
from cpms.jobs.states import JobState
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from cpms.notifications.states import MailState
from panels import actions as panels
from panels.cases.models import CaseFile
from panels.cases.states import FileState
from panels.models import Message
from tests.campaigns import report
from tests.campaigns.visitor import Visitor
from tests.cases.files.making import jpeg
from tests.clients import signed_in
from tests.factories import Story, UserFactory, totp_device
from tests.notifications.test_outbox_survives import ids, sink, start, until  # noqa: F401 fixtures
from tests.packing import collect
from tests.panels.test_races import rights  # noqa: F401 a fixture
from tools.local import places, processes

pytestmark = [pytest.mark.kills, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
LONG = os.environ.get("CPMS_OUTAGE") == "1"
REDIS_AWAY, MAIL_AWAY = (300, 1800) if LONG else (4, 6)
BACK_WITHIN = 60


def test_people_work_while_redis_and_the_mail_server_are_away(start, process_env, own_broker, sink, tmp_path):  # noqa: F811
    story = Story()
    story.open(story.expert)
    folder, _mail_port = sink
    collect(process_env)
    port = places.free_port()
    web = start("-m", "gunicorn", "cpms.wsgi", "--bind", f"127.0.0.1:{port}", redis=own_broker.url)
    beat = str(tmp_path / "beat")
    start("-m", "celery", "-A", "cpms", "worker", "-B", "-s", beat, "-c", "1", redis=own_broker.url)
    places.wait_for_port(port, web)
    answers: list[tuple[str, int, float]] = []
    work(port, story, answers)
    own_broker.process.kill()
    own_broker.process.wait()
    end = time.monotonic() + REDIS_AWAY
    while time.monotonic() < end:
        work(port, story, answers)
        time.sleep(10 if LONG else 1)
    panels.accept(story.invitation(story.expert), by=story.expert)
    own_broker.start()
    back = time.monotonic()
    until(lambda: not Job.objects.exclude(state=JobState.DONE).exists(), seconds=BACK_WITHIN + 30)
    until(everything_is_out, seconds=BACK_WITHIN)
    redis_back = time.monotonic() - back
    rounds = nothing_is_missing(answers)
    seen = ids(folder)
    unsent = OutboxMessage.objects.filter(state=MailState.CANCELLED)
    assert set(unsent.values_list("notice", flat=True)) <= {Notice.INVITED}
    assert len(seen) == len(set(seen)) == OutboxMessage.objects.count() - unsent.count()
    asked = {"requests": len(answers), "rounds": rounds, "errors": 0}
    report.note("outages", what="Redis", away=REDIS_AWAY, **asked, all_out_after=redis_back)


def work(port: int, story: Story, answers: list[tuple[str, int, float]]) -> None:
    """Somebody signs in; the lead reads the panel, writes a message and adds a file to the case."""
    Visitor(port, answers).sign_in(totp_device(UserFactory()))
    lead, number = Visitor(port, answers), len(answers)
    lead.cookies[settings.SESSION_COOKIE_NAME] = signed_in(story.lead).cookies[settings.SESSION_COOKIE_NAME].value
    lead.ask("read", "GET", story.fresh().get_absolute_url())
    path = reverse("panels:reply", args=[story.panel.ref])
    lead.ask("comment", "POST", path, kind="message", text=f"Meanwhile {number}.")
    picture = io.BytesIO(jpeg())
    picture.name = f"{number}.jpg"
    lead.ask("upload", "POST", reverse("cases:files", args=[story.case.pk]), files=picture)


def nothing_is_missing(answers: list[tuple[str, int, float]]) -> int:
    """Every request did what it asked, in time; gives the rounds. A file that came meanwhile is checked by now."""
    assert {(what, status) for what, status, _seconds in answers} == {
        ("sign in", 302),
        ("read", 200),
        ("comment", 302),
        ("upload", 302),
    }
    assert max(seconds for _what, _status, seconds in answers[5:]) < 3  # the first round warms the process up
    rounds = len(answers) // 5
    assert AuditEvent.objects.filter(event=Event.SIGNED_IN).count() == rounds
    assert Message.objects.count() == rounds
    assert [file.state for file in CaseFile.objects.all()] == [FileState.READY] * rounds
    return rounds


def everything_is_out() -> bool:
    """But for what was answered before it could be sent."""
    return not OutboxMessage.objects.exclude(state__in=[MailState.SENT, MailState.CANCELLED]).exists()


def test_mails_wait_for_a_mail_server_that_comes_back(start, own_broker, tmp_path, transactional_db):  # noqa: F811
    folder, port = tmp_path / "late", places.free_port()
    folder.mkdir()
    story = Story()
    story.open(story.expert)
    panels.comment(story.fresh(), text="Nobody hears this yet.", by=story.lead)
    env = f"smtp://127.0.0.1:{port}"
    began = time.monotonic()
    while time.monotonic() - began < MAIL_AWAY:
        dispatch(start, env)
        time.sleep(30 if LONG else 0.2)
    assert OutboxMessage.objects.filter(state=MailState.WAITING).count() == OutboxMessage.objects.count() > 0
    command = [sys.executable, "-m", "tests.notifications.stalling", str(port), str(folder)]
    with (tmp_path / "sink2.log").open("wb") as log:
        server = processes.spawn(command, log=log, cwd=places.ROOT, env=dict(os.environ))
    places.wait_for_port(port, server)
    back = time.monotonic()
    while not everything_is_out():
        assert time.monotonic() - back < BACK_WITHIN + 30  # the pause between tries, and programs that start
        if OutboxMessage.objects.sendable().exists():  # a program that starts takes a core, and would find nothing
            dispatch(start, env)
        time.sleep(0.2)
    mails_back, seen = time.monotonic() - back, ids(folder)
    processes.end(server, processes.TERM, patience=2)
    assert len(seen) == len(set(seen)) == OutboxMessage.objects.count()
    report.note("outages", what="mail server", away=MAIL_AWAY, lost=0, doubled=0, all_out_after=mails_back)


def dispatch(run, address: str) -> None:
    """One look at the outbox by a process of its own."""
    run("manage.py", "dispatch", "--skip-checks", mail=address).wait(timeout=60)
