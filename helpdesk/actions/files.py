"""Figures leave: at once, or as a file that a worker makes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import Centre
from cpms.audit import actions as audit
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.jobs import actions as jobs
from cpms.jobs import queries as job_rows
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from helpdesk import exports, kpis
from helpdesk.kpis.evidence import FACTS
from helpdesk.models import FigureFile
from helpdesk.policy import may_take_evidence
from helpdesk.states import ENDED, KEPT_FOR, MOST_TRIES, FileKind, FileState

log = structlog.get_logger("cpms.helpdesk")
MAKING = "helpdesk.make_file"
EXPORTS_A_DAY = 10


@transaction.atomic
def note_export(
    period: str, *, purpose: str, words: str, kind: str, count: int, by: Any, centre: Centre | None = None
) -> None:
    """Figures are about to leave: who takes how many lines out, as what, and what for. ``period`` by its name.

    Raises ``Refused`` beyond so many in a day; of several at one moment each is counted.
    """
    accounts.hold_person(by)
    day = clock.now() - dt.timedelta(days=1)
    if AuditEvent.objects.filter(event=Event.KPI_EXPORTED, actor_id=by.pk, at__gte=day).count() >= EXPORTS_A_DAY:
        raise Refused(f"Figures can be taken out {EXPORTS_A_DAY} times a day. Come back tomorrow.")
    audit.record(Event.KPI_EXPORTED, on=centre, by=by, count=count, kind=kind, stage=period, verb=purpose, reason=words)


@transaction.atomic
def order_figures(period: kpis.Period, *, kind: str, count: int, purpose: str, words: str, by: Any) -> FigureFile:
    """A file that takes a while: a row that says what is wanted, and a job that makes it after commit."""
    note_export(period.name, purpose=purpose, words=words, kind=kind, count=count, by=by)
    return _wanted(FigureFile(kind=FileKind(kind), period=period.name, count=count, asked_by=by))


@transaction.atomic
def order_evidence(centre: Centre, *, purpose: str, words: str, by: Any) -> FigureFile:
    """What a centre did, for its evaluation. Raises ``Refused`` for somebody who may not take it out."""
    if not (verdict := may_take_evidence(by, centre)):
        raise Refused(verdict.reason)
    count = len(FACTS)
    note_export("", purpose=purpose, words=words, kind=FileKind.EVIDENCE, count=count, by=by, centre=centre)
    return _wanted(FigureFile(kind=FileKind.EVIDENCE, centre=centre, count=count, asked_by=by))


def _wanted(file: FigureFile) -> FigureFile:
    file.save(force_insert=True)
    jobs.enqueue(MAKING, file_id=str(file.pk))
    return file


def make_file(file_id: str, *, by: Any) -> None:
    """Make it and keep it. Safe to run twice: a file that is ready or has failed is left alone, one that is gone is forgotten.

    What goes wrong is raised, so that the job is sent again; a worker that is killed counts as a try too. After three tries
    the file has failed. How far it is is committed at once, so that the waiting page sees it.
    """
    row = FigureFile.objects.filter(pk=file_id).exclude(state__in=ENDED)
    file = row.select_related("asked_by", "centre").first()
    if file is None:
        return
    if file.tries >= MOST_TRIES:
        give_up(file, by=by)
        return
    row.update(state=FileState.MAKING, tries=F("tries") + 1)
    try:
        rights = kpis.sight_of(file, file.asked_by)
        data = exports.made(file, lambda done: row.update(progress=95 * done // max(done, file.count, 1)))
        row.update(state=FileState.READY, progress=100, data=data, rights=rights, made_at=clock.now())
    except Exception as error:
        log.warning("file of figures not made", task=MAKING, error=type(error).__name__, attempt=file.tries + 1)
        if file.tries + 1 < MOST_TRIES:
            raise
        give_up(file, by=by)


@transaction.atomic
def give_up(file: FigureFile, *, by: Any) -> None:
    """It could not be made: who asked for it hears of it, and the audit says that nothing left."""
    if not FigureFile.objects.filter(pk=file.pk).exclude(state__in=ENDED).update(state=FileState.FAILED):
        return
    audit.record(Event.KPI_FILE_FAILED, on=file.centre, by=file.asked_by, kind=file.kind, stage=file.period)
    notifications.notify(
        [file.asked_by],
        notice=Notice.FIGURES_FAILED,
        by=by,
        about=file.asked_by,
        path=file.get_absolute_url(),
        again=clock.now().isoformat(),
    )


@transaction.atomic
def make_again(file: FigureFile, *, by: Any) -> None:
    """Ask again for a file that could not be made. Nothing left, so that it does not count twice against those of a day.

    Raises ``Refused`` for one that somebody else asked for, and for one that has not failed.
    """
    rows = FigureFile.objects.visible_to(by).filter(pk=file.pk, state=FileState.FAILED)
    if not FigureFile.objects.filter(pk__in=rows.values("pk")).update(state=FileState.WAITING, tries=0, progress=0):
        raise Refused("This file was not given up.")
    audit.record(Event.KPI_FILE_AGAIN, on=file.centre, by=by, kind=file.kind, stage=file.period)
    jobs.enqueue(MAKING, file_id=str(file.pk))


def look_after_files(*, by: Any) -> int:
    """Run by the clock: a file that no job makes any more is asked for again; after three tries it has failed. Gives how many."""
    rows = list(FigureFile.objects.exclude(state__in=ENDED).defer("data"))
    made = job_rows.under_way(MAKING, "file_id", [str(file.pk) for file in rows]) if rows else set()
    return sum(look_after(file.pk, by=by) for file in rows if str(file.pk) not in made)


@transaction.atomic
def look_after(pk: Any, *, by: Any) -> int:
    rows = FigureFile.objects.select_for_update(of=("self",), skip_locked=True).exclude(state__in=ENDED).defer("data")
    file = rows.filter(pk=pk).first()
    if file is None or job_rows.under_way(MAKING, "file_id", [str(pk)]):
        return 0
    if file.tries >= MOST_TRIES:
        give_up(file, by=by)
    else:
        jobs.enqueue(MAKING, file_id=str(pk))
    return 1


@transaction.atomic
def fetch_file(file: FigureFile, *, by: Any) -> bytes:
    """A made file for who asked for it, written down each time.

    Raises ``Refused`` while it is not ready, and for somebody who sees other places by now, or some of
    them less exactly, than when it was made.
    """
    if not FigureFile.objects.visible_to(by).filter(pk=file.pk, state=FileState.READY).exists():
        raise Refused("This file is not ready.")
    if not file.rights or kpis.sight_of(file, by) != file.rights:
        raise Refused("What you see is not what it was when this file was made. Take the figures out again.")
    audit.record(Event.KPI_FILE_READ, on=file.centre, by=by, count=file.count, kind=file.kind, stage=file.period)
    return bytes(file.data or b"")


def forget_files(*, by: Any) -> int:
    """Files that were asked for too long ago are deleted. Gives how many."""
    return FigureFile.objects.filter(asked_at__lt=clock.now() - KEPT_FOR).delete()[0]
