"""Times of a phenopacket in words that cannot identify anybody: ages, stages of life, or month and year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from panels.cases.importers.ledger import Node
from panels.cases.importers.read_case import ReadAge

DURATION = re.compile(
    r"P(?=.)(?:(?P<years>\d{1,3}(?:\.\d{1,4})?)Y)?(?:(?P<months>\d{1,4}(?:\.\d{1,4})?)M)?(?:(?P<weeks>\d{1,4})W)?"
    r"(?:(?P<days>\d{1,5})D)?(?:T(?:\d{1,5}H)?(?:\d{1,5}M)?(?:\d{1,5}(?:\.\d+)?S)?)?"
)
DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?")
UNTIL = "until "
REDUCED = "an exact date; kept only as {kept}"
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True, slots=True)
class When:
    """A moment or span in words, with the code of a stage of life where the file names one."""

    text: str = ""
    code: str = ""
    age: ReadAge | None = None


def age_of(iso: str) -> ReadAge | None:
    """The age a duration such as ``P5Y3M`` says; None when it is not a duration."""
    match = DURATION.fullmatch(iso.strip().upper())
    if not match or iso.strip().upper().endswith("T"):
        return None
    part = {name: float(value or 0) for name, value in match.groupdict().items()}
    months = round(part["years"] * 12 + part["months"], 6)
    years, months_beyond = int(months // 12), int(months % 12)
    days = int(part["weeks"] * 7 + part["days"] + round((months % 1) * 30.4375))
    if years > 150:
        return None
    return ReadAge(iso.strip(), _age_words(years, months_beyond, days), years, months_beyond)


def _age_words(years: int, months: int, days: int) -> str:
    shown = [(years, "year"), (months, "month"), (days if years < 2 else 0, "day")]
    words = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in shown if count]
    return " ".join(words) or "at birth"


def span_words(start: str, end: str) -> str:
    """``March 2020 to May 2021``; ``until May 2021`` where nothing says since when."""
    if start and end:
        return f"{start} to {end}"
    return f"{UNTIL}{end}" if end else start


def ends_of(span: str) -> tuple[str, str]:
    """Start and end of such words, either of them empty where they do not say it."""
    if span.startswith(UNTIL):
        return "", span.removeprefix(UNTIL)
    start, _, end = span.partition(" to ")
    return start, end


def when(node: Node | None, born: date | None = None) -> When:
    """A ``TimeElement`` in words. Exact dates become an age where the birth is known, else month and year."""
    if node is None:
        return When()
    for name, reader in READERS.items():
        if found := node.group(name) if name != "timestamp" else node.get(name):
            return reader(found, born)
    return When()


def _age(node: Node, born: date | None) -> When:
    written = node.get("iso8601duration")
    age = age_of(written.value) if written and isinstance(written.value, str) else None
    if written is None or age is None:
        return When()
    written.take()
    return When(age.text, age=age)


def _age_range(node: Node, born: date | None) -> When:
    start, end = (_age(end, born) if end else When() for end in (node.group("start"), node.group("end")))
    return When(span_words(start.text, end.text), age=start.age or end.age)


def _stage(node: Node, born: date | None) -> When:
    stage = node.as_coded()
    return When(node.ledger.words(stage), stage.code)


def _gestation(node: Node, born: date | None) -> When:
    weeks, days = node.whole("weeks") or 0, node.whole("days") or 0
    return When(f"{weeks} weeks {days} days of gestation" if days else f"{weeks} weeks of gestation")


def _timestamp(node: Node, born: date | None) -> When:
    moment = day_of(node)
    if moment is None:
        return When()
    if born and born <= moment:
        age = age_between(born, moment)
        node.set_aside(REDUCED.format(kept="the age on that day"))
        return When(age.text, age=age)
    node.set_aside(REDUCED.format(kept="month and year"))
    return When(month_of(moment))


def _interval(node: Node, born: date | None) -> When:
    start, end = (_timestamp(end, born) if end else When() for end in (node.get("start"), node.get("end")))
    return When(span_words(start.text, end.text), age=start.age or end.age)


READERS = {
    "age": _age,
    "ageRange": _age_range,
    "ontologyClass": _stage,
    "gestationalAge": _gestation,
    "timestamp": _timestamp,
    "interval": _interval,
}


def day_of(node: Node) -> date | None:
    """The calendar day of a timestamp; None (and left untaken) when it is not one."""
    match = DATE.fullmatch(node.value.strip()) if isinstance(node.value, str) else None
    try:
        return date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None


def month_of(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.year}"


def age_between(born: date, moment: date) -> ReadAge:
    """The age on a day, in years and months (and days under two years)."""
    months = (moment.year - born.year) * 12 + moment.month - born.month - (moment.day < born.day)
    years, beyond = divmod(months, 12)
    days = 0
    if years < 2:
        previous = moment.replace(day=1) - timedelta(days=1)
        days = moment.day - born.day if moment.day >= born.day else max(previous.day - born.day, 0) + moment.day
    iso = f"P{years}Y{beyond}M" if years >= 2 else f"P{months}M{days}D"
    return ReadAge(iso, _age_words(years, beyond, days), years, beyond)
