"""The charts of a place: each says in its heading what its figures show."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from cpms.charts import Bars, Cell, Line, Over
from helpdesk.kpis.catalogue import BY_NAME
from helpdesk.kpis.few import SIGN
from helpdesk.kpis.months import before
from helpdesk.kpis.periods import QUESTIONS
from helpdesk.kpis.series import (
    ASKED,
    OPENED,
    START,
    Month,
    Said,
    Taken,
    exactly,
    fives,
    months_of,
    panels_by_group,
    panels_by_network,
    said_of,
    taken,
    totals,
)
from helpdesk.kpis.waits import HOUR, UNITS
from helpdesk.models import MonthlyKpi
from outcomes.queries.small_cells import LEAST

Chart = Over | Bars


class Step(NamedTuple):
    row: str
    half: str


STEPS = {
    "reply": Step("To the first answer", "Half of the panels first answered in {} had their answer"),
    "closing": Step("To the close", "Half of the panels closed in {} were closed"),
    "entry_minutes": Step("To enter a case", "Half of the cases of {} were entered"),
}
LATELY = 12
FIVE = 5
HOURS_AS_DAYS, MINUTES_TO = 48, 2
NOT_COUNTED = "not counted then"
OLDER = "; each step counts in its own month, so some belong to earlier invitations"


def charts_of(user: Any, line: MonthlyKpi, since: dt.date = START) -> list[Chart]:
    """What the line's months from ``since`` on show, by itself the last year's of what changes, and beside a network's what sets its groups and the networks apart."""
    every = months_of(user, line)
    months = [one for one in every if one.day >= since]
    if not months:
        return []
    lately = [one for one in months if since != START or one.day > before(line.month, LATELY)]
    from_then = since_words(since)
    found = [growth(every, since), funnel(every, lately[0].day), waits(lately), starters(lately)]
    if line.is_whole:
        opened = sum(one.count(OPENED) for one in months)
        groups = {group.whole_name: count for group, count in panels_by_group(user, line, since).items()}
        networks = {network.name: counts for network, counts in panels_by_network(user, line, since).items()}
        found[1:1] = [by_group(groups, opened, from_then), compared(networks, from_then)]
    return [one for one in [*found, *answers(line)] if one is not None]


def since_words(since: dt.date) -> str:
    return "since the start" if since == START else f"since {since:%B %Y}"


def month_words(month: Month) -> str:
    return f"{month.day:%b %Y}"


def span(months: list[Month]) -> str:
    first, last = f"{months[0].day:%B %Y}", f"{months[-1].day:%B %Y}"
    return first if first == last else f"{first} to {last}"


def roughly(months: list[Month], *names: str) -> str:
    """What else a reader has to know of the figures of these names."""
    near = "" if months[-1].near is exactly else ", to the nearest five; small months are added together or left out"
    return near + ("; with rows that came late" if any(one.late.intersection(names) for one in months) else "")


def several(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def from_to(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{low} to {high}"


def growth(every: list[Month], since: dt.date = START) -> Chart | None:
    """Users, those active, and panels opened from ``since`` on, in the months whose users are shown; those active, where no
    month hides them."""
    months = [one for one in every if one.day >= since]
    opened = dict(zip((one.day for one in months), totals(every, OPENED, since), strict=True))
    months = [one for one in months if "registered" not in one.hidden]
    if len(months) < 2:
        return None
    near = months[-1].near
    users, active = ([near(one.count(name)) for one in months] for name in ("registered", "active"))
    panels = [near(opened[one.day]) for one in months]
    finding = f"Users went from {users[0]} to {users[-1]}" if users[0] != users[-1] else several(users[-1], "user")
    lines = [Line("Users", several(users[-1], "user"), tuple(users))]
    if not any("active" in one.hidden for one in months):
        finding += f"; {from_to(min(active), max(active))} of them were active in a month"
        lines.append(Line("Active", f"{active[-1]} active", tuple(active)))
    lines.append(Line("Panels", several(panels[-1], "panel"), tuple(panels)))
    moments = tuple((one.day.year * 12 + one.day.month, month_words(one)) for one in months)
    who = "Registered users, active users, and" if lines[2:] else "Registered users and"
    about = f"{who} panels opened {since_words(since)}, {span(months)}{roughly(months, OPENED)}"
    return Over(finding, about, moments, tuple(lines))


def most_panels(counts: dict[str, int], kind: str) -> str:
    """Who has most, in words."""
    names = [name for name, count in counts.items() if count == max(counts.values())]
    who = " and ".join(names) if len(names) < 3 else f"{len(names)} {kind}"
    return f"{who} {'has' if len(names) == 1 else 'each have'} the most panels"


def by_group(counts: dict[str, int], total: int, since: str) -> Chart | None:
    """Groups set apart by ``counts``, of the network's ``total``."""
    if len(counts) < 2 or not total:
        return None
    rounded = {name: fives(count) for name, count in counts.items()}
    most = max(rounded.values())
    return Bars(
        f"{most_panels(rounded, 'groups')}, about {most} of {total}" if most else "No group has five panels yet",
        f"Panels opened {since}, by thematic group, to the nearest five; small months are added together or left out",
        "Group",
        ("Panels",),
        tuple((name, (in_fives(count),)) for name, count in sorted(counts.items(), key=nearly)),
    )


def nearly(row: tuple[str, int]) -> int:
    """The order says no more than the figures."""
    return -fives(row[1])


def in_fives(count: int) -> Cell:
    near = fives(count)
    return Cell(near, str(near) if count >= LEAST or not count else "under 5")


def tens(count: int) -> Cell:
    """Rounded to ten, as networks are compared."""
    near = (count + 5) // 10 * 10
    return Cell(near, str(near) if near or not count else "under 5")


def compared(networks: dict[str, tuple[int, int]], since: str) -> Chart | None:
    if len(networks) < 2:
        return None
    rows = {name: (tens(users), tens(panels)) for name, (users, panels) in networks.items()}
    panels = {name: int(cells[1].value or 0) for name, cells in rows.items()}
    most = max(panels.values())
    return Bars(
        f"{most_panels(panels, 'networks')}, about {most}" if most else "No network has ten panels yet",
        f"Registered users and panels {since}, rounded to ten",
        "Network",
        ("Users", "Panels"),
        tuple(sorted(rows.items(), key=lambda row: -panels[row[0]])),
    )


def funnel(every: list[Month], since: dt.date = START) -> Chart | None:
    """Invitations and what became of them, from ``since`` on. A part of the months is called one, and is no share of them all."""
    months = [one for one in every if one.day >= since]
    steps = dict(zip(ASKED, ("Invited", "Answered", "Accepted", "Gave advice"), strict=True))
    counts = {name: taken(every, name, months) for name in steps}
    invited = counts["invited"]
    if not invited.count:
        return None

    def more(one: Taken) -> bool:
        return (one.count or 0) > (invited.count or 0)

    def share(one: Taken) -> str:
        whole = one.count is not None and one.start == invited.start and not more(one)
        return f"{round(100 * (one.count or 0) / (invited.count or 1))} %" if whole else ""

    def said(name: str, words: str) -> str:
        one = counts[name]
        return "" if one.count is None or more(one) else f"{words.format(one.count)}{from_words(one.start)}"

    unknown = "; how many gave advice was not counted then" if counts["advised"].count is None else ""
    accepted, advised = said("accepted", ", {} accepted"), said("advised", "; {} of the invited gave advice") or unknown
    older = OLDER if any(map(more, counts.values())) else ""
    return Bars(
        f"{several(invited.count, 'invitation')} sent{from_words(invited.start)}{accepted}{advised}",
        f"Invitations sent, answers and first statements, {span(months)}{roughly(months, *ASKED)}{older}",
        "Step",
        ("Invitations",),
        tuple((steps[name], (cell_of(one, share(one)),)) for name, one in counts.items()),
    )


def from_words(start: dt.date | None) -> str:
    return f" from {start:%B %Y} on" if start else ""


def cell_of(one: Taken, share: str) -> Cell:
    """A sum of fewer months says from when on it is."""
    if one.count is None:
        return Cell(None, NOT_COUNTED)
    return Cell(one.count, str(one.count), share, f"from {one.start:%b %Y} on" if one.start else "")


def in_hours(month: Month, wait: str) -> float:
    return float(month.figures[wait] or 0) * (UNITS[wait] / HOUR)


def in_time(hours: float) -> str:
    if hours < MINUTES_TO:
        return several(round(hours * 60), "minute")
    return f"{hours / 24:.1f} days" if hours >= HOURS_AS_DAYS else f"{hours:g} hours"


def tells(month: Month, wait: str) -> bool:
    """Whether there is such a wait, and, of a part of a network, one of five or more panels."""
    base = BY_NAME[wait].base
    enough = month.near is exactly or (month.count(base) >= LEAST and base not in month.hidden)
    return enough and month.figures.get(wait) is not None


def waits(months: list[Month]) -> Chart | None:
    """Of each step, the latest month of the year that has one."""
    latest = {name: next((one for one in reversed(months) if tells(one, f"{name}_median")), None) for name in STEPS}
    rows = [
        (name, month_words(one), [in_hours(one, f"{name}_{part}") for part in ("median", "p90")])
        for name, one in latest.items()
        if one is not None
    ]
    if not rows:
        return None
    name, month, (middle, _slow) = rows[0]
    return Bars(
        f"{STEPS[name].half.format(month)} within {in_time(middle)}",
        "The middle wait and the slowest tenth, in the latest month that has one",
        "Step",
        ("Half within", "Nine tenths within"),
        tuple(
            (f"{STEPS[name].row}, {month}", tuple(Cell(hours, in_time(hours)) for hours in took))
            for name, month, took in rows
        ),
    )


def starters(months: list[Month]) -> Chart | None:
    """How much the five who start most account for; where no more than five start, there is nothing to draw."""
    last = months[-1]
    people, share = last.count("starters"), last.count("top_five_share")
    if people <= FIVE or not share or last.near is not exactly:
        return None
    rest = several(people - FIVE, "other")
    rows = (("The five who start most", share), (f"The {rest}", 100 - share))
    return Bars(
        f"Five of {people} people started {share} % of the panels",
        f"Share of the panels opened in the twelve months to {last.day:%B %Y}",
        "Who",
        ("Share",),
        tuple((words, (Cell(value, f"{value} %"),)) for words, value in rows),
    )


def answers(line: MonthlyKpi) -> list[Chart | None]:
    """What was said of patients in the line's whole network, whatever part of it the line is of."""
    said = said_of(line)
    return [answered(said, question, line.network.name) for question in ("effect", "benefit")] if said else []


def answered(said: Said, question: str, network: str) -> Chart | None:
    """Nothing without an answer; no figure where one of them is small, or was changed after it was frozen."""
    names = QUESTIONS[question]
    title, labels = BY_NAME[names[0]].words.partition(": ")[0], [BY_NAME[one].words.partition(": ")[2] for one in names]
    values, year = [said.figures[one] for one in names], said.year.words
    if said.changed.intersection(names):
        finding, cells = f"{title}: answers changed after {year} was over", [Cell(None, "changed") for _one in names]
    elif SIGN in values:
        finding, cells = (
            f"{title}: an answer was given too rarely to show the figures",
            [Cell(None, SIGN) for _one in names],
        )
    elif None in values or not (total := sum(values)):
        return None
    else:
        most = [label for label, value in zip(labels, values, strict=True) if value == max(values)]
        each = " each" if most[1:] else ""
        finding = f"{title}, most often {' and '.join(f'“{one}”' for one in most)}:{each} {max(values)} of {total}"
        cells = [Cell(value, str(value), f"{round(100 * value / total)} %") for value in values]
    rows = tuple((label, (cell,)) for label, cell in zip(labels, cells, strict=True))
    return Bars(finding, f"What was said in {year}, in the whole of {network}", "Answer", ("Answers",), rows)
