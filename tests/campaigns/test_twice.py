"""Every task run twice and in parallel leaves what one leaves; ``test_replayed`` sends every POST twice.

Each finds something to do, and does it. ``CPMS_TWICE`` sets how many tasks are taken: every run of the suite takes some, as its
seed draws them, a campaign (``bin/campaign twice``) all.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from celery import current_app
from django.db import connections, transaction

from cpms.celery import app
from tests.campaigns.aged import AGED
from tests.campaigns.named import NAMED, Ids
from tests.campaigns.traces import Traces, moved, traces
from tests.panels.test_races import rights  # noqa: F401 a fixture
from tools.campaign import CAMPAIGNS
from tools.local import places

ELSEWHERE = {
    "audit.seal": "tests/audit/test_seals.py: each run is a step of its own",
    "audit.tell_head": "tests/audit/test_seals.py: it writes into the log alone",
    "helpdesk.make_file": "tests/helpdesk/test_files.py: it needs a file that was asked for, and takes seconds",
    "outcomes.make_document": "tests/outcomes: it needs a written outcome, and takes seconds",
}
EACH_TIME = {
    "notifications.seal_again": {"notifications.outboxmessage": "it seals anew, and no row comes or goes"},
    "panels.look_after_left_behind": {"jobs.job": "it asks for a job that is safe to run twice, until that is done"},
    "panels.thaw": {"jobs.job": "it asks for a job that is safe to run twice"},
}
"""What may be otherwise after every run, and why that is no harm."""
TWICE = int(os.environ.get("CPMS_TWICE", "9"))
THREADS = 4


def of_ours() -> list[str]:
    app.loader.import_default_modules()
    return sorted(name for name in current_app.tasks if not name.startswith("celery."))


Together = Callable[[Callable[[], object]], None]


@pytest.fixture
def together() -> Iterator[Together]:
    """Does a deed in ``THREADS`` threads at one moment. Whatever stops one of them is raised."""
    gate = Barrier(THREADS, timeout=60)

    def at_once(deed: Callable[[], object]) -> None:
        gate.wait()
        deed()

    def run(deed: Callable[[], object]) -> None:
        for done in [pool.submit(at_once, deed) for _ in range(THREADS)]:
            done.result(timeout=60)

    with ThreadPoolExecutor(THREADS) as pool:
        yield run
        run(connections.close_all)


def furnish(name: str) -> Ids:
    """Something for the task to do, and nothing that others left to it; gives the ids that it takes."""
    if name in AGED:
        current_app.tasks[name]()
    with transaction.atomic():
        return NAMED[name]() if name in NAMED else AGED[name]() or {}


def faults_of(name: str, together: Together) -> list[str]:
    """What is wrong with one task, run and run again, and begun by several at one moment where it has as much to do."""
    ids = furnish(name)
    untouched = traces()
    current_app.tasks[name](**ids)
    once = traces()
    current_app.tasks[name](**ids)
    again = leavings(name, once, traces())
    ids = furnish(name)
    before = traces()
    together(partial(current_app.tasks[name].run, **ids))  # past the lock that lets one run at a time
    one, several = leavings(name, untouched, once), leavings(name, before, traces())
    return [
        *([] if moved(untouched, once) else [f"{name} had nothing to do"]),
        *([f"{name}, run again: {again}"] if again else []),
        *([f"{name}: one leaves {one}, {THREADS} at once {several}"] if one != several else []),
    ]


def leavings(name: str, before: Traces, after: Traces) -> dict[str, int]:
    """What has moved, but for what may move with every run: jobs may come, of other tables no row may come or go."""
    free = {table for table in EACH_TIME.get(name, {}) if table == "jobs.job" or before[table][0] == after[table][0]}
    return {table: rows for table, rows in moved(before, after).items() if table not in free}


@pytest.mark.long
@pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])
def test_every_task_has_something_to_do_and_does_it_once(settings, tmp_path, together):
    settings.MEDIA_ROOT = tmp_path
    here = [name for name in of_ours() if name not in ELSEWHERE]
    faults = [fault for name in random.sample(here, min(TWICE, len(here))) for fault in faults_of(name, together)]
    assert faults == []


def test_every_task_is_run_here_or_elsewhere():
    assert {*AGED, *NAMED} & ELSEWHERE.keys() == AGED.keys() & NAMED.keys() == set()
    assert sorted([*AGED, *NAMED, *ELSEWHERE]) == of_ours()


def test_the_campaigns_have_a_command_of_their_own():
    command = places.ROOT.joinpath("bin", "campaign").read_text()
    assert [name for name in CAMPAIGNS if f"{name} | " not in command] == []
