"""A worker that dies with a job in its hands: the job is run again, ends once, and leaves one result."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys

import psutil
import pytest

from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.jobs import actions as jobs
from cpms.jobs.models import RESEND_AFTER, Job
from cpms.jobs.states import JobState
from cpms.paper import LAYOUT
from outcomes import actions as outcomes
from outcomes.models import OutcomeDocument
from outcomes.states import DocumentState
from panels import actions as panels
from tests.factories import Story
from tests.notifications.test_outbox_survives import PATIENCE, until
from tools.local import places, processes

pytestmark = [pytest.mark.kills, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]


@pytest.fixture
def worker(process_env, own_broker, tmp_path):
    """Start a worker on a broker of this test's own; the test itself hands the jobs out."""
    started = []

    def start():
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "cpms",
            "worker",
            "-c",
            "1",
            "--without-gossip",
            "--without-mingle",
        ]
        with (tmp_path / f"worker{len(started)}.log").open("wb") as log:
            env = {**process_env, "REDIS_URL": own_broker.url}
            started.append(processes.spawn(command, log=log, cwd=places.ROOT, env=env))
        return started[-1]

    yield start
    for process in started:
        processes.end(process, processes.TERM, patience=10)


def closed_panel() -> Job:
    """A job that takes a while: the long document of a closed panel. It waits for somebody to hand it out."""
    story = Story()
    story.open(story.expert)
    panels.accept(story.invitation(story.expert), by=story.expert)
    panels.mark(story.contribute(story.expert), marked=True, by=story.lead)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    rows = [{"id": item.pk, "text": item.text, "strength": "strong"} for item in outcome.items.all()]
    words = {"conclusion": "Give salt, and look again after three days. " * 1000, "items": rows}
    outcomes.write_outcome(story.fresh(), **words, version=outcome.version, by=story.lead)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    Job.objects.exclude(task="outcomes.make_document").delete()
    return Job.objects.get()


def hand_out(own_broker, process_env) -> subprocess.Popen[bytes]:
    """The dispatcher as a process, on the broker of this test. A worker may be done before it has ended: nobody waits for it here."""
    env = {**process_env, "REDIS_URL": own_broker.url, "EMAIL_URL": "smtp://127.0.0.1:1"}
    command = [sys.executable, "manage.py", "dispatch", "--skip-checks"]
    return subprocess.Popen(command, cwd=places.ROOT, env=env)


def layouts(process) -> list[psutil.Process]:
    """The children that lay out a document for this worker; one that ends while it is looked at is none."""
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            found += [child] if LAYOUT[-1] in child.cmdline() else []
    return found


def test_a_job_whose_worker_was_killed_is_run_again_and_ends_once(worker, own_broker, process_env):
    job, first = closed_panel(), worker()
    handing = hand_out(own_broker, process_env)
    until(lambda: layouts(first))
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert handing.wait(timeout=PATIENCE) == 0
    job.refresh_from_db()
    document = OutcomeDocument.objects.get()
    assert (job.state, job.attempts, document.state) == (JobState.SENT, 1, DocumentState.LAYOUT)
    Job.objects.update(sent_at=job.sent_at - RESEND_AFTER)  # as if the time to wait for a sign of life were over
    worker()
    assert hand_out(own_broker, process_env).wait(timeout=PATIENCE) == 0
    until(lambda: Job.objects.get().state == JobState.DONE)
    job.refresh_from_db()
    document.refresh_from_db()
    assert (job.attempts, document.state) == (2, DocumentState.READY)
    assert document.pdf.startswith(b"%PDF")
    assert AuditEvent.objects.filter(event=Event.DOCUMENT_MADE).count() == 1
    outcomes.make_document(str(document.pk), by=None)
    assert AuditEvent.objects.filter(event=Event.DOCUMENT_MADE).count() == 1


@pytest.mark.django_db
def test_a_job_that_kills_every_worker_is_given_up():
    job = jobs.enqueue("outcomes.make_document", document_id="1")
    Job.objects.filter(pk=job.pk).update(attempts=8)
    assert jobs.dispatch() == 0
    job.refresh_from_db()
    assert job.state == JobState.GIVEN_UP
    assert not Job.objects.sendable().exists()
