"""Months begin and end at midnight UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from functools import reduce
from operator import or_

from django.db.models import Q


def first_of_next(month: dt.date) -> dt.date:
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def before(month: dt.date, many: int) -> dt.date:
    """The first day of the month so many months earlier."""
    number = month.year * 12 + month.month - 1 - many
    return dt.date(number // 12, number % 12 + 1, 1)


def midnight(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


def moments(month: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The month's beginning and end, in UTC."""
    return midnight(month.replace(day=1)), midnight(first_of_next(month))


def within(field: str, start: dt.datetime, end: dt.datetime) -> Q:
    return Q(**{f"{field}__gte": start, f"{field}__lt": end})


def in_any(field: str, months: Collection[dt.date]) -> Q:
    """Of at least one month."""
    return reduce(or_, (within(field, *moments(day)) for day in months))
