"""Many documents asked for at once: a worker makes them all, with memory that does not grow with their number.

``CPMS_DOCUMENTS`` sets how many; a campaign takes 50. Every run of the suite takes none: it is minutes of a processor.
"""

from __future__ import annotations

import os
import sys
import threading
import time

import psutil
import pytest

from cpms.jobs.models import Job
from cpms.jobs.states import JobState
from outcomes.models import OutcomeDocument
from outcomes.states import DocumentState
from tests.campaigns.report import note
from tests.jobs.test_killed_worker import hand_out
from tests.outcomes.test_document_layout import written_outcome
from tools.local import places, processes

MANY = int(os.environ.get("CPMS_DOCUMENTS", "0"))
MOST_MB, SECONDS = 700, 60
pytestmark = [
    pytest.mark.kills,
    pytest.mark.skipif(not MANY, reason="a campaign: bin/campaign documents"),
    pytest.mark.django_db(transaction=True, databases=["default", "cachedb"]),
]


class Watch(threading.Thread):
    """The most memory that the worker and its children held together, in MB, looked at ten times a second."""

    def __init__(self, process: psutil.Process) -> None:
        super().__init__(daemon=True)
        self.process, self.most, self.over = process, 0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.1):
            held = 0
            for one in (self.process, *self.process.children(recursive=True)):
                try:
                    held += one.memory_full_info().uss
                except psutil.NoSuchProcess:
                    continue
            self.most = max(self.most, held // 1_000_000)


def test_fifty_documents_at_once_in_bounded_memory(process_env, own_broker, tmp_path):
    for number in range(MANY):
        written_outcome(f"Give salt, number {number}. " * 40)
    Job.objects.exclude(task="outcomes.make_document").delete()
    assert Job.objects.count() == MANY
    env = {**process_env, "REDIS_URL": own_broker.url}
    with (tmp_path / "worker.log").open("wb") as log:
        command = [sys.executable, "-m", "celery", "-A", "cpms", "worker", "-c", "2"]
        process = processes.spawn(command, log=log, cwd=places.ROOT, env=env)
    watch = Watch(psutil.Process(process.pid))
    try:
        watch.start()
        began = time.monotonic()
        assert hand_out(own_broker, process_env).wait(timeout=SECONDS) == 0
        while Job.objects.exclude(state=JobState.DONE).exists():
            assert time.monotonic() - began < MANY * SECONDS, list(OutcomeDocument.objects.values_list("state"))
            time.sleep(0.5)
    finally:
        watch.over.set()
        processes.end(process, processes.TERM, patience=20)
    assert set(OutcomeDocument.objects.values_list("state", flat=True)) == {DocumentState.READY}
    note("documents", documents=MANY, seconds=round(time.monotonic() - began), most_megabytes=watch.most)
    assert 0 < watch.most < MOST_MB
