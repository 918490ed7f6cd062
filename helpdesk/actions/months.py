"""Freeze a month, tell of it, and note what came late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.urls import reverse

from cpms import clock
from cpms.accounts import queries as people
from cpms.accounts.access import Refused
from cpms.accounts.models import Centre, Network
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.locking import hold
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from helpdesk import kpis
from helpdesk.models import KpiCorrection, MonthlyKpi
from panels.models import Panel

CHECKED_AGAIN = 12
"""So many months back a frozen figure is compared with what the rows say now."""
CORRECTED_UNTIL = 7
"""Until this day of a month, and when a month is frozen."""


@transaction.atomic
def freeze_month(month: dt.date, *, by: Any, networks: Collection[Any] | None = None) -> int:
    """Write the month's lines down for every network, or for these by their keys; gives how many were new. A frozen line never changes.

    Raises ``Refused`` while the month is not over: its lines would stay those of a part of it.
    """
    month = month.replace(day=1)
    if month > last_month():
        raise Refused("A month is frozen when it is over.")
    held = _held(kpis.networks_counted().values("pk"))
    there = set(MonthlyKpi.objects.filter(month=month).order_by().values_list("network", flat=True).distinct())
    missing = held - there
    missing = missing if networks is None else missing.intersection(networks)
    lines = [line for line in kpis.counted(month) if line.place.network in missing] if missing else []
    countries = Centre.objects.order_by().values_list("pk", "country")
    stands: dict[int | None, str] = dict(countries) if missing else {}
    rows = [_row_of(month, line, stands_in=stands.get(line.place.centre, "")) for line in lines]
    made = len(MonthlyKpi.objects.bulk_create(rows))
    if made:
        audit.record(Event.KPI_FROZEN, on=None, by=by, count=made)
    return made


def _held(networks: QuerySet[Any]) -> set[Any]:
    """Their keys, held until commit: of two runs one writes, and the other finds it written."""
    return set(hold(Network.objects.filter(pk__in=networks), no_key=True))


def _row_of(month: dt.date, line: kpis.Line, *, stands_in: str) -> MonthlyKpi:
    place = line.place
    keys = {"network_id": place.network, "group_id": place.group, "centre_id": place.centre, "country": place.country}
    counts = {name: value for name, value in vars(line).items() if name != "place"}
    row = MonthlyKpi(month=month, stands_in=stands_in, **keys, **counts)
    if row.is_whole:
        row.figures = {name: 0 for name in kpis.ADDED if name not in MonthlyKpi.COLUMNS} | row.figures
    return row


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

    Run again it finds nothing new: a figure is compared with its newest correction. A country that a hospital was put into or
    taken out of since is left alone, with what came late to its other hospitals: the difference would be that hospital's own figure.
    """
    _held(MonthlyKpi.objects.filter(month=month).values("network"))
    known, missing, late = kpis.known_of(month), kpis.missing_in(month), []
    moved = kpis.countries_changed(month) if known else set()
    for line in kpis.counted(month) if known else []:
        if line.place in known and line.place not in moved:
            key, before = known[line.place]
            there, now = kpis.LATE.difference(missing.get(line.place.network, ())), line.found()
            differs = {
                name for name, _value in before.items() ^ now.items() if (before.get(name) or 0) != now.get(name, 0)
            }
            late += [
                KpiCorrection(line_id=key, figure=name, was=before.get(name) or 0, now=now.get(name) or 0)
                for name in sorted(there.intersection(differs))
            ]
    KpiCorrection.objects.bulk_create(late)
    if late:
        audit.record(Event.KPI_CORRECTED, on=None, by=by, count=len(late))
    return len(late)


def close_month(*, by: Any) -> None:
    """The night's work: each month that is over and was missed, and word of it; then what came late to those before.

    What goes wrong in one night is made up for in the next; safe to run twice.
    """
    last, fresh = last_month(), 0
    for month in [*missed_before(last), last]:
        fresh += freeze_month(month, by=by, networks=None if month == last else begun_by(month))
        announce_month(month, by=by)
    if fresh or clock.today(dt.UTC).day <= CORRECTED_UNTIL:
        for back in range(1, CHECKED_AGAIN + 1):
            note_corrections(kpis.before(last, back), by=by)


def missed_before(last: dt.date) -> list[dt.date]:
    """The months since the newest that each network has frozen, the earliest first; no more than are looked at again."""
    newest = MonthlyKpi.objects.filter(network__in=kpis.networks_counted()).order_by().values("network")
    since = min(newest.annotate(newest=Max("month")).values_list("newest", flat=True), default=last)
    months = [kpis.before(last, back) for back in range(CHECKED_AGAIN, 0, -1)]
    return [month for month in months if month > since]


def begun_by(month: dt.date) -> set[Any]:
    """The networks that had frozen a month before, or had a panel by the end of this one."""
    frozen = MonthlyKpi.objects.filter(month__lt=month).order_by().values_list("network", flat=True)
    opened = Panel.objects.filter(opened_at__lt=kpis.moments(month)[1]).order_by().values_list("network", flat=True)
    return {*frozen.distinct(), *opened.distinct()}


def last_month() -> dt.date:
    return (clock.today(dt.UTC).replace(day=1) - dt.timedelta(days=1)).replace(day=1)
