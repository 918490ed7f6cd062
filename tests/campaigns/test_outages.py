"""Redis and the mail server go away and come back: people write meanwhile, nothing is lost, and mails go out within a minute.

Every run takes seconds; ``CPMS_OUTAGE=1`` (``bin/campaign outages``) takes 5 minutes of Redis and 30 of the mail server.
"""

from __future__ import annotations

import os
import sys
import time

import pytest
from django.urls import reverse

from cpms import clock
from cpms.jobs.models import Job
from cpms.jobs.states import JobState
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from cpms.notifications.states import MailState
from panels import actions as panels
from panels.models import Message
from tests.campaigns import report
from tests.clients import signed_in
from tests.factories import Story
from tests.notifications.test_outbox_survives import ids, post, sink, start, until  # noqa: F401 fixtures
from tests.panels.test_races import rights  # noqa: F401 a fixture
from tools.local import places, processes

pytestmark = [pytest.mark.kills, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
LONG = os.environ.get("CPMS_OUTAGE") == "1"
REDIS_AWAY, MAIL_AWAY = (300, 1800) if LONG else (4, 6)
BACK_WITHIN = 60


def test_people_write_while_redis_and_the_mail_server_are_away(start, sink, own_broker, tmp_path):  # noqa: F811
    story = Story()
    story.open(story.expert)
    folder, _mail_port = sink
    (tmp_path / "static").mkdir()
    port = places.free_port()
    web = start("-m", "gunicorn", "cpms.wsgi", "--bind", f"127.0.0.1:{port}", redis=own_broker.url)
    beat = str(tmp_path / "beat")
    start("-m", "celery", "-A", "cpms", "worker", "-B", "-s", beat, "-c", "1", redis=own_broker.url)
    places.wait_for_port(port, web)
    client, path = signed_in(story.lead), reverse("panels:reply", args=[story.panel.ref])
    post(port, path, client, kind="message", text="Before.")
    own_broker.process.kill()
    own_broker.process.wait()
    answers = write_for(REDIS_AWAY, port, path, client)
    panels.accept(story.invitation(story.expert), by=story.expert)
    own_broker.start()
    back = time.monotonic()
    until(lambda: not Job.objects.exclude(state=JobState.DONE).exists(), seconds=BACK_WITHIN + 30)
    until(everything_is_out, seconds=BACK_WITHIN)
    redis_back = time.monotonic() - back
    assert {status for status, _seconds in answers} == {302}
    assert max(seconds for _status, seconds in answers) < 3
    assert Message.objects.count() == len(answers) + 1
    seen = ids(folder)
    unsent = OutboxMessage.objects.filter(state=MailState.CANCELLED)
    assert set(unsent.values_list("notice", flat=True)) <= {Notice.INVITED}
    assert len(seen) == len(set(seen)) == OutboxMessage.objects.count() - unsent.count()
    report.note("outages", what="Redis", away=REDIS_AWAY, posts=len(answers), errors=0, all_out_after=redis_back)


def write_for(seconds: float, port: int, path: str, client) -> list[tuple[int, float]]:
    """Messages one after the other, a few a second or one every ten, until the time is up; each with its own words."""
    end, answers = time.monotonic() + seconds, []
    while time.monotonic() < end:
        answers.append(post(port, path, client, kind="message", text=f"Meanwhile {len(answers)}."))
        time.sleep(10 if LONG else 1)
    return answers


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
    OutboxMessage.objects.update(not_before=clock.now())  # the pause between tries is at most half an hour
    dispatch(start, env)
    until(everything_is_out, seconds=BACK_WITHIN)
    seen = ids(folder)
    processes.end(server, processes.TERM, patience=2)
    assert len(seen) == len(set(seen)) == OutboxMessage.objects.count()
    report.note("outages", what="mail server", away=MAIL_AWAY, lost=0, doubled=0)


def dispatch(run, address: str) -> None:
    """One look at the outbox by a process of its own."""
    run("manage.py", "dispatch", mail=address).wait(timeout=60)
