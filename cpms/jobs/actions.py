"""Ask for work by name. Nothing is lost when Redis is away, and nothing runs for a transaction that rolled back."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Collection, Iterator
from functools import partial, wraps
from typing import Any

import structlog
from celery import current_app
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from cpms import clock
from cpms.jobs.models import MOST_ATTEMPTS, Job, LastRun
from cpms.jobs.states import JobState

log = structlog.get_logger("cpms.jobs")
BATCH = 100
LOCKS = 0x43504D53  # ours among the advisory locks of the database


def enqueue(task: str, **ids: str) -> Job:
    """Write the wish down in this transaction and nudge the dispatcher after commit. ``ids`` are ids, never texts."""
    job = Job.objects.create(task=task, ids=ids)
    nudge_after_commit("jobs.dispatch")
    return job


def at_once(task: str, **ids: str) -> None:
    """Do the work of a task in this very transaction: for what a layer above must have done before anybody sees the deed."""
    if task not in current_app.tasks:
        current_app.loader.import_default_modules()  # a web process has read no task yet; this also runs every check
    current_app.tasks[task](**ids)


def nudge_after_commit(task: str) -> None:
    """After commit, ask a worker to look now, once per transaction however much was asked for in it.

    A dead broker is no error: beat and ``manage.py dispatch`` look too.
    """
    waiting = (call for _savepoints, call, _robust in transaction.get_connection().run_on_commit)
    if not any(isinstance(call, partial) and call.args == (task,) for call in waiting):
        transaction.on_commit(partial(try_send, task), robust=True)


def try_send(task: str, **kwargs: Any) -> bool:
    """Send to the broker once, without retries. False, and a log line, when the broker does not answer."""
    try:
        current_app.send_task(task, kwargs=kwargs, retry=False)
    except Exception as error:  # noqa: BLE001 whatever the broker's client raises, the row in the table stays
        log.warning("broker away", task=task, error=type(error).__name__)
        return False
    return True


@transaction.atomic
def dispatch() -> int:
    """Hand every open job to the broker; gives how many went. Several dispatchers share the work by row locks."""
    sent = 0
    for job in Job.objects.sendable().select_for_update(skip_locked=True).order_by("asked_at")[:BATCH]:
        if job.attempts >= MOST_ATTEMPTS:
            Job.objects.filter(pk=job.pk).update(state=JobState.GIVEN_UP)
            log.error("job given up", job=str(job.pk), task=job.task)
        elif try_send(job.task, job_id=str(job.pk), **job.ids):
            Job.objects.filter(pk=job.pk).update(state=JobState.SENT, sent_at=clock.now(), attempts=F("attempts") + 1)
            sent += 1
        else:
            break
    return sent


def do_here(tasks: Collection[str]) -> int:
    """Do the open jobs of these tasks in this process, each in a transaction of its own: for what somebody waits for while the
    broker is away. Gives how many were done; one that fails stays open, is logged, and stops no other."""
    waiting = Job.objects.sendable().filter(task__in=tasks).order_by("asked_at")
    return sum(_done_here(key) for key in list(waiting.values_list("pk", flat=True)[:BATCH]))


def _done_here(key: uuid.UUID) -> bool:
    try:
        with transaction.atomic():
            job = Job.objects.sendable().select_for_update(skip_locked=True).filter(pk=key).first()
            if job is not None:
                at_once(job.task, **job.ids)
                finish(str(job.pk))
            return job is not None
    except Exception as error:  # noqa: BLE001 whatever a task raises, the mails of all others must go
        log.warning("job failed", job=str(key), error=type(error).__name__)
        return False


def finish(job_id: str | None) -> None:
    """The worker confirms: this job needs no second sending."""
    if job_id:
        Job.objects.filter(pk=uuid.UUID(job_id)).update(state=JobState.DONE, done_at=clock.now())


def confirmed(work: Callable[..., None]) -> Callable[..., None]:
    """Wrap a task's body: take the ``job_id`` it was sent with and confirm it once the body is through."""

    @wraps(work)
    def run(*, job_id: str | None = None, **ids: str) -> None:
        work(**ids)
        finish(job_id)

    return run


@contextlib.contextmanager
def alone(task: str) -> Iterator[bool]:
    """Whether no other run of the task is at work: True lets this one run, and notes when it began and when it ended without an
    error. The lock hangs on the connection, so it goes with a worker that dies."""
    if not _lock("SELECT pg_try_advisory_lock(%s, hashtext(%s))", task):
        log.info("already at work", task=task)
        yield False
        return
    try:
        LastRun.objects.update_or_create(task=task, defaults={"began_at": clock.now()})
        yield True
        LastRun.objects.filter(task=task).update(done_at=clock.now())
    finally:
        with contextlib.suppress(DatabaseError):  # then the connection is broken, and the lock gone
            _lock("SELECT pg_advisory_unlock(%s, hashtext(%s))", task)


def _lock(sql: str, task: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [LOCKS, task])
        return bool(cursor.fetchone()[0])
