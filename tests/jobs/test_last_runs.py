"""What beat asks for at set times runs once at a time, and what was not done is seen."""

from __future__ import annotations

import datetime as dt
import io
import threading

import pytest
from celery import current_app
from django.core.management import call_command
from django.db import connections
from django.test import Client

from cpms import clock
from cpms.jobs import actions, queries
from cpms.jobs.models import LastRun
from cpms.jobs.tasks import OneAtATime

TASK = "drafts.prune"


@pytest.fixture(autouse=True)
def tasks():
    current_app.loader.import_default_modules()


def run(task: str = TASK) -> LastRun:
    current_app.tasks[task]()
    return LastRun.objects.get(task=task)


@pytest.mark.django_db
def test_a_run_notes_when_it_began_and_when_it_was_done():
    first = run()
    again = run()
    assert first.began_at <= first.done_at < again.began_at <= again.done_at


@pytest.mark.django_db(transaction=True)
def test_a_second_run_does_nothing_while_one_is_at_work():
    held, ended = threading.Event(), threading.Event()

    def work() -> None:
        with actions.alone(TASK) as allowed:
            assert allowed
            held.set()
            assert ended.wait(20)
        connections.close_all()

    other = threading.Thread(target=work)
    other.start()
    assert held.wait(20)
    began = LastRun.objects.get(task=TASK).began_at
    with actions.alone(TASK) as allowed:
        assert not allowed
    assert run().began_at == began
    ended.set()
    other.join(20)
    assert run().began_at > began


@pytest.mark.django_db
def test_what_failed_is_not_done_and_may_run_again():
    done = run().done_at
    with pytest.raises(ZeroDivisionError), actions.alone(TASK):
        _ = 1 / 0
    failed = LastRun.objects.get(task=TASK)
    assert failed.done_at == done < failed.began_at
    assert run().done_at > done


@pytest.mark.django_db(databases=["default", "cachedb"])
@pytest.mark.parametrize("task", [TASK, "panels.expire_invitations"])
def test_what_was_not_done_in_time_is_reported(task):
    run(task)
    assert queries.late() == []
    assert Client().get("/readyz", secure=True).json()["rounds"]
    LastRun.objects.filter(task=task).update(done_at=clock.now() - dt.timedelta(hours=26))
    assert queries.late() == [task]
    assert not Client().get("/readyz", secure=True).json()["rounds"]
    written = io.StringIO()
    call_command("last_runs", stdout=written)
    assert next(line for line in written.getvalue().splitlines() if "LATE" in line).startswith(f"{task}: begun ")
    assert "meetings.plan_ahead: never yet" in written.getvalue()


def test_what_runs_every_few_seconds_shares_its_work_instead():
    table = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert table - set(queries.at_set_times()) == {"jobs.dispatch", "notifications.dispatch_outbox", "audit.seal"}
    assert all(isinstance(current_app.tasks[task], OneAtATime) for task in table)
