"""When a thing was measured, as words say it: an age, a month, or a day. Read back so far as the words are ours or plain."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from cpms.patients.states import counted

MONTHS = {
    name: number
    for number, name in enumerate(
        "January February March April May June July August September October November December".split(), start=1
    )
}
AGE = re.compile(r"(?:(\d{1,3}) years?)?\s*(?:(\d{1,2}) months?)?\s*(?:(\d{1,5}) days?)?")
DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
LOCAL_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
MONTH = re.compile(r"([A-Z][a-z]+) (\d{4})")
YEAR_DAYS, MONTH_DAYS = 365.25, 30.4375
OLDEST = 43_829


@dataclass(frozen=True, slots=True)
class Moment:
    """An age in days, or a calendar day as its ordinal: first and last possible day. ``is_age`` says which."""

    first: int
    last: int
    is_age: bool

    @property
    def middle(self) -> float:
        return (self.first + self.last) / 2


@dataclass(frozen=True, slots=True)
class Birth:
    """Year of birth, and month where it is kept."""

    year: int | None
    month: int | None = None

    def ages_on(self, first: int, last: int) -> tuple[int, int] | None:
        """Youngest and oldest possible age in days between two calendar days."""
        if self.year is None:
            return None
        earliest = dt.date(self.year, self.month or 1, 1).toordinal()
        latest = (dt.date(self.year, self.month or 12, 28) + dt.timedelta(days=3)).toordinal()
        youngest, oldest = first - latest, last - earliest
        return None if oldest < 0 else (max(youngest, 0), min(oldest, OLDEST))

    def fits(self, age: Moment, day: int) -> bool:
        """Whether somebody born then can have had the age on the day. Without a year of birth nothing says no."""
        possible = self.ages_on(day, day)
        return self.year is None or (possible is not None and age.first <= possible[1] and possible[0] <= age.last)

    def reached(self, age: Moment, day: int) -> bool:
        """Whether somebody born then can have had the age on the day or before it. Without a year of birth nothing says no."""
        possible = self.ages_on(day, day)
        return self.year is None or (possible is not None and age.first <= possible[1])


def moment_of(text: str) -> Moment | None:
    """The moment some words say; ``None`` for a stage of life and whatever else is no age and no date."""
    text = text.strip()
    first, separator, second = text.partition(" to ")
    if separator:
        start, end = moment_of(first), moment_of(second)
        same = start and end and start.is_age == end.is_age and start.first <= end.first
        return Moment(start.first, end.last, start.is_age) if same and start and end else None
    return _age(text) or _day(text) or _month(text)


def _age(text: str) -> Moment | None:
    if text == "at birth":
        return Moment(0, 0, is_age=True)
    match = AGE.fullmatch(text)
    if not text or not match or not any(match.groups()):
        return None
    years, months, days = (int(part) if part else 0 for part in match.groups())
    first = int(years * YEAR_DAYS + months * MONTH_DAYS) + days
    spread = 0 if match[3] else int(MONTH_DAYS) if match[2] else int(YEAR_DAYS)
    return Moment(first, min(first + spread, OLDEST), is_age=True) if first <= OLDEST else None


def _day(text: str) -> Moment | None:
    """``2026-10-06``, ``06.10.2026`` and ``6/10/2026``: the day before the month, as in Europe."""
    if match := DAY.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := LOCAL_DAY.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
    else:
        return None
    try:
        ordinal = dt.date(year, month, day).toordinal()
    except ValueError:
        return None
    return Moment(ordinal, ordinal, is_age=False)


def _month(text: str) -> Moment | None:
    match = MONTH.fullmatch(text)
    if not match or match[1] not in MONTHS:
        return None
    first = dt.date(int(match[2]), MONTHS[match[1]], 1)
    following = (first + dt.timedelta(days=31)).replace(day=1)
    return Moment(first.toordinal(), following.toordinal() - 1, is_age=False)


def ages(moment: Moment | None, birth: Birth) -> tuple[int, int] | None:
    """Youngest and oldest possible age in days at the moment."""
    if moment is None:
        return None
    return (moment.first, moment.last) if moment.is_age else birth.ages_on(moment.first, moment.last)


def later(age: Moment, days: int) -> Moment:
    """The age that many days after it."""
    return Moment(age.first + days, age.last + days, is_age=True)


def older(text: str, days: int) -> str:
    """How old somebody is by now who was so old that many days ago: ``5 years``, under two years ``20 months``. What is no age
    stays as it is, as does one of this month."""
    moment = moment_of(text)
    if moment is None or not moment.is_age or days <= MONTH_DAYS:
        return text
    now = later(moment, days).first
    years, months = int(now / YEAR_DAYS), int(now / MONTH_DAYS)
    return f"{years} years" if years > 1 else counted(months, "month")
