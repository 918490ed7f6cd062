"""Panels by the lines that held them when their months were frozen, wherever their hospitals belong or stand today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import DateField, F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Cast, Coalesce, TruncMonth

from helpdesk.kpis.months import in_any
from helpdesk.kpis.places import Counts, at_each
from panels.models import Panel


def by_line(wanted: Mapping[str, dict[str, Any]], months: Collection[dt.date]) -> Counts:
    """Aggregates of panels over frozen months, ``wanted`` by the moment of a panel whose month they belong to; two queries, and
    two for each moment.

    A hospital's are those of the months in which it has a line. A country's are those of the months of hospitals that stood in
    it then, so that it holds what the months added up hold: against another set of hospitals the difference would tell of one.
    """
    rows = Panel.objects.filter(reduce(or_, (in_any(moment, months) for moment in wanted)))
    every = {name: one for each in wanted.values() for name, one in each.items()}
    found = at_each(rows, "network", "", "", every) | at_each(rows, "network", "group", "group", every)
    for moment, each in wanted.items():
        stood = with_lines(Panel.objects.filter(in_any(moment, months)), moment)
        for name, path in (("centre", "own__centre"), ("country", "stood_in")):
            for place, line in at_each(stood, "network", name, path, each).items():
                found[place] |= line
    return found


def with_lines(rows: QuerySet[Panel], moment: str) -> QuerySet[Panel]:
    """With ``own``, the line of its hospital in the month of the moment, and the country that the panel counted in: the one that
    the line stood in. A hospital that had left its network by the month's end has no line, and counted in its country's."""
    month = Cast(TruncMonth(moment, tzinfo=dt.UTC), DateField())
    own = Q(centre__kpis__network=F("network"), centre__kpis__month=month)
    beside = Q(network__kpis__country=F("centre__country"), network__kpis__month=month)
    lines = rows.alias(
        own=FilteredRelation("centre__kpis", condition=own),
        beside=FilteredRelation("network__kpis", condition=beside),
    )
    return lines.annotate(stood_in=Coalesce("own__stands_in", "beside__country"))
