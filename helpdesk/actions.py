"""Freeze a month; help people into their accounts; remind those who are silent."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts import queries as people
from cpms.accounts.access import Refused
from cpms.accounts.models import Centre, User
from cpms.accounts.policy import may_use_staff_site
from cpms.accounts.roles import STAFF_ROLES, Role
from cpms.audit import actions as audit
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.jobs import actions as jobs
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.paper import CannotLayOut
from helpdesk import exports, kpis, queries
from helpdesk.kpis.evidence import FACTS
from helpdesk.models import FigureFile, KpiCorrection, MonthlyKpi, Nudge
from helpdesk.people import actions as outreach
from helpdesk.people import queries as getting_in
from helpdesk.policy import may_take_evidence
from helpdesk.states import ABOUT, KEPT_FOR, FileKind, FileState, NudgeKind

EXPORTS_A_DAY = 10
LOGGED = {
    NudgeKind.CENTRE: "Reminded by mail: no panel for a year.",
    NudgeKind.REQUEST: "Reminded by mail: a request for access waits.",
}
"""The words that a reminder leaves in the hospital's outreach log."""
CHECKED_AGAIN = 12
"""So many months back a frozen figure is compared with what the rows say now."""


@transaction.atomic
def freeze_month(month: dt.date, *, by: Any) -> int:
    """Write the month's lines down for every network; gives how many were new. A frozen line never changes.

    Raises ``Refused`` while the month is not over: its lines would stay those of a part of it.
    """
    month = month.replace(day=1)
    if month > last_month():
        raise Refused("A month is frozen when it is over.")
    there = set(MonthlyKpi.objects.filter(month=month).order_by().values_list("network", flat=True).distinct())
    missing = set(kpis.networks_counted().values_list("pk", flat=True)) - there
    rows = [_row_of(month, line) for line in kpis.counted(month) if line.place.network in missing] if missing else []
    made = len(MonthlyKpi.objects.bulk_create(rows))
    if made:
        audit.record(Event.KPI_FROZEN, on=None, by=by, count=made)
    return made


def _row_of(month: dt.date, line: kpis.Line) -> MonthlyKpi:
    place = line.place
    keys = {"network_id": place.network, "group_id": place.group, "centre_id": place.centre, "country": place.country}
    counts = {name: value for name, value in vars(line).items() if name != "place"}
    return MonthlyKpi(month=month, **keys, **counts)


@transaction.atomic
def announce_month(month: dt.date, *, by: Any) -> None:
    """One mail with a link, and no figure, to each who reads a whole network's figures; once for a month."""
    networks = MonthlyKpi.objects.filter(month=month).order_by().values("network").distinct()
    path = f"{reverse('kpis')}?month={month:%Y-%m}"
    for person in people.figure_readers_of(networks):
        notifications.notify(
            [person], notice=Notice.MONTH_FROZEN, by=by, about=person, path=path, again=f"{month:%Y-%m}"
        )


@transaction.atomic
def note_corrections(month: dt.date, *, by: Any) -> int:
    """Compare a frozen month with what its rows say now, and write down beside it what came late; gives how much.

    Run again it finds nothing new: a figure is compared with its newest correction.
    """
    rows = MonthlyKpi.objects.filter(month=month).prefetch_related("corrections")
    frozen = {(row.network_id, row.group_id, row.centre_id, row.country): row for row in rows}
    late = []
    for line in kpis.counted(month) if frozen else []:
        place = line.place
        row = frozen.get((place.network, place.group, place.centre, place.country))
        if row is not None:
            known = kpis.corrected(row)
            found = _row_of(month, line).frozen()
            differs = [name for name in kpis.LATE if (known.get(name) or 0) != (found.get(name) or 0)]
            late += [
                KpiCorrection(line=row, figure=name, was=known.get(name) or 0, now=found.get(name) or 0)
                for name in sorted(differs)
            ]
    KpiCorrection.objects.bulk_create(late)
    if late:
        audit.record(Event.KPI_CORRECTED, on=None, by=by, count=len(late))
    return len(late)


@transaction.atomic
def note_export(
    period: str, *, purpose: str, words: str, kind: str, count: int, by: Any, centre: Centre | None = None
) -> None:
    """Figures are about to leave: who takes how many lines out, as what, and what for. ``period`` by its name.

    Raises ``Refused`` beyond so many in a day.
    """
    day = clock.now() - dt.timedelta(days=1)
    if AuditEvent.objects.filter(event=Event.KPI_EXPORTED, actor_id=by.pk, at__gte=day).count() >= EXPORTS_A_DAY:
        raise Refused(f"Figures can be taken out {EXPORTS_A_DAY} times a day. Please come back tomorrow.")
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
    jobs.enqueue("helpdesk.make_file", file_id=str(file.pk))
    return file


def make_file(file_id: str, *, by: Any) -> None:
    """Make it and keep it. Safe to run twice: a ready file is left alone, and one that is gone is forgotten.

    How far it is is committed at once, so that the waiting page sees it.
    """
    row = FigureFile.objects.filter(pk=file_id).exclude(state=FileState.READY)
    file = row.select_related("asked_by", "centre").first()
    if file is None:
        return
    row.update(state=FileState.MAKING)
    try:
        data = exports.made(file, lambda done: row.update(progress=95 * done // max(done, file.count, 1)))
    except CannotLayOut:
        row.update(state=FileState.FAILED)
        return
    row.update(state=FileState.READY, progress=100, data=data, made_at=clock.now())


@transaction.atomic
def fetch_file(file: FigureFile, *, by: Any) -> bytes:
    """A made file for who asked for it, written down each time.

    Raises ``Refused`` while it is not ready, and for somebody who sees less by now than when it was made.
    """
    if not FigureFile.objects.visible_to(by).filter(pk=file.pk, state=FileState.READY).exists():
        raise Refused("This file is not ready.")
    period = kpis.period_of(file.period)
    still = may_take_evidence(by, file.centre) if file.centre else period and kpis.places_for(by, period) >= file.count
    if not still:
        raise Refused("You see less by now than when this file was made. Ask for it again.")
    audit.record(Event.KPI_FILE_READ, on=file.centre, by=by, count=file.count, kind=file.kind, stage=file.period)
    return bytes(file.data or b"")


def forget_files(*, by: Any) -> int:
    """Files that were asked for too long ago are deleted. Gives how many."""
    return FigureFile.objects.filter(asked_at__lt=clock.now() - KEPT_FOR).delete()[0]


def close_month(*, by: Any) -> None:
    """The night's work: the month that is over, and word of it; then what came late to those before it."""
    month = last_month()
    freeze_month(month, by=by)
    announce_month(month, by=by)
    for back in range(1, CHECKED_AGAIN + 1):
        note_corrections(kpis.before(month, back), by=by)


def last_month() -> dt.date:
    return (clock.today(dt.UTC).replace(day=1) - dt.timedelta(days=1)).replace(day=1)


@transaction.atomic
def send_activation(user: User, *, by: Any) -> None:
    """A fresh activation link by mail. Staff never see it, and never set a password."""
    if not (verdict := may_use_staff_site(by)):
        raise Refused(verdict.reason)
    if not User.objects.visible_to(by).filter(pk=user.pk).exists():
        raise Refused("This account is looked after by another helpdesk.")
    token = accounts.resend_link(user, by=by)
    notifications.notify(
        [user], notice=Notice.ACCOUNT_READY, by=by, about=user, path=reverse("activate", args=[token]), again=token[:8]
    )
    Nudge.objects.get_or_create(kind=NudgeKind.ACTIVATION, person=user, day=clock.rights_day(), defaults={"by": by})


@transaction.atomic
def nudge(thing: Any, *, kind: NudgeKind, by: Any) -> None:
    """Remind whoever can do something about it, once a day: who decides a request, a panel's lead, those who represent a
    hospital, somebody who stopped coming or never activated the account. What goes to a hospital stands in its outreach log.

    Raises ``Refused`` where it was done today already, and where nobody is there to be reminded.
    """
    if not (verdict := may_use_staff_site(by)):
        raise Refused(verdict.reason)
    today, about = clock.rights_day(), {ABOUT[kind]: thing}
    if Nudge.objects.filter(kind=kind, day=today, **about).exists():
        raise Refused("Somebody of the helpdesk did this today already.")
    if kind == NudgeKind.ACTIVATION:
        send_activation(thing, by=by)
    else:
        remind(thing, kind=kind, by=by)
        _nudge, fresh = Nudge.objects.get_or_create(kind=kind, day=today, **about, defaults={"by": by})
        if not fresh:
            raise Refused("Somebody of the helpdesk did this today already.")
        if kind in LOGGED:
            centre = thing.centre if kind == NudgeKind.REQUEST else thing
            outreach.note_reminder(centre, said=LOGGED[kind], by=by)
    audit.record(Event.NUDGED, on=thing, by=by, kind=str(kind))


@transaction.atomic
def remind_quiet_centres(*, by: Any) -> int:
    """In September and November: a mail to those who represent a hospital that opened no panel this year, once in each
    month, however often the clock comes by. Gives how many hospitals there are."""
    season, centres = f"{clock.rights_day():%Y-%m}", list(queries.without_panel_this_year())
    for centre in centres:
        people_there = list(people.representatives_of(centre))
        notifications.notify(people_there, notice=Notice.CENTRE_QUIET, by=by, about=centre, again=season)
    return len(centres)


def remind(thing: Any, *, kind: NudgeKind, by: Any) -> None:
    """A mail to each: fixed words, and an address that its reader may open."""
    who, notice, path = {
        NudgeKind.REQUEST: lambda: (getting_in.deciders_of(thing), Notice.REQUEST_WAITING, reverse("people:requests")),
        NudgeKind.PANEL: lambda: ([thing.lead], Notice.PANEL_IDLE, thing.get_absolute_url()),
        NudgeKind.CENTRE: lambda: (people.representatives_of(thing), Notice.CENTRE_QUIET, "/"),
        NudgeKind.RETURN: lambda: ([thing], Notice.COME_BACK, "/"),
    }[kind]()
    others = [person for person in who if person.is_active and person.pk != by.pk]
    if not others:
        raise Refused("Nobody else is there who could be reminded.")
    ref, again = thing.ref if kind == NudgeKind.PANEL else "", f"nudge-{thing.pk}-{clock.rights_day()}"
    for person in others:
        notifications.notify([person], notice=notice, by=by, about=person, ref=ref, path=path, again=again)


@transaction.atomic
def invite_staff(email: str, *, display_name: str, role: Role, by: Any) -> User:
    """Prepare a staff member's account and mail the activation link; how an installation gets its first person.

    Raises ``Refused`` for somebody without a staff role to give, and for a role that is not a staff role.
    """
    if role not in STAFF_ROLES:
        raise Refused("This role is not a helpdesk role.")
    if by is not None and not (verdict := may_use_staff_site(by)):
        raise Refused(verdict.reason)
    user, token = accounts.prepare_account(email, display_name=display_name, by=by)
    accounts.grant_role(user, role, by=by)
    if token:
        path = reverse("activate", args=[token])
        notifications.notify([user], notice=Notice.ACCOUNT_READY, by=by, about=user, path=path, again=token[:8])
    return user
