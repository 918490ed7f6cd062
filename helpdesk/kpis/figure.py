"""What a figure is, and what a reader of figures has to know. ``docs/kpis.md`` begins with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Of(StrEnum):
    """What a figure counts, which decides whether a small one is hidden."""

    PEOPLE = "people"
    PANELS = "panels"
    PATIENTS = "patients"
    NEITHER = ""


class Over(StrEnum):
    """What a quarter or a year holds of a figure."""

    SUM = "its months added up"
    LAST = "its last month"
    ROUND = "its last round"
    DAYS = "counted over all its months"


class Part(StrEnum):
    PEOPLE = "People"
    PANELS = "Panels"
    ASKING = "Invitations and meetings"
    ADVICE = "Outcomes and what became of the advice"
    CENTRES = "Who starts panels"
    SURVEYS = "Surveys"
    TICKETS = "The helpdesk"


ABOUT = """Frozen on the first night of the next month by beat (`helpdesk.freeze_month`) or by `manage.py freeze_month YYYY-MM`; a month
that was missed is frozen on the next night that beat runs, for networks that had begun. A frozen line never changes, which the database itself refuses, and a month that is not over is refused. Months begin and end at
midnight UTC. Counted by `helpdesk/kpis/` from ordinary rows, by queries whose number does not grow.

A month has one line for the whole network, one per thematic group, one per country and one per centre; a centre that left has its own as long as anything
of it counts. A centre stays in the country it stood in that
night: where it is put into another one later, nothing that is shown or hidden of the months before changes. The different patients and the waits of longer periods are counted anew, a centre's over
the months in which it has a line, a country's over those of the centres that stood in it then. People count by
their own groups and by the centre where they are on the night of the count, panels and what belongs to them by their
group and by the centre that opened them first, for good: who leaves, moves or hands a panel over takes no figure along. A person in two groups counts in both group lines and once in the network's. Surveys and
starters stand where they have a meaning; tickets count for the network whose helpdesk was asked, and stand in no other line; nor do the reasons of people
who do not return, as who represents a hospital would know who gave them.

In the first seven nights of a month, and when one is frozen, the twelve months before are counted again. Where rows came late (a reopened panel, an answer
entered afterwards) the difference is written beside the frozen line as a correction, never into it. Figures that depend
on where people are now, or on how much time was spent so far, are not counted again (last column).

Waits are nearest-rank percentiles: the least wait that so many of the waits do not exceed. They are given in hours, those
to enter a case in minutes.

## Quarters and years

The column *quarter, year* says what a longer period holds of a figure, and so does every file in the name of its column.
Counts are added up, with what came late. Where people and centres stand, and shares of twelve months, are those of the
last month that is frozen: nobody can be added up who comes every month. Of the survey it is the last round that ended in
the period. Waits, and different patients, are counted anew over all frozen months of the period, from the rows as they are
when the file is made; a wait of fewer than five panels is hidden, and so is one whose count is. A year that runs holds the months that are frozen.

A count that is younger than a month is "not counted then" on the month's page. A quarter or a year with such a month leaves it out, and a
column of the file names it, with the month from which on it was counted; a chart says so too. Months that were frozen before
noughts were written down do not say what was counted: of them, what the first version did not count is left out unless it stands there.

Network coordinators and the helpdesk see the lines of their networks, group coordinators those of their groups,
representatives their centre's, national officers those of their country in every network, the core helpdesk all.

## Small figures

The column *counts* says what a figure counts. One that counts people or panels (each is a patient's) is hidden where it
is one to four, on every page, in every file and for every role: `<5*` stands there. The same sign hides a few more: the
smallest of what is left, until no hidden figure follows from those shown and their sums (the network's by groups, the
network's by countries, a country's by its centres, opened and closed panels by urgency), and until the hidden parts of a sum come to
five or more. One function decides this for every table, `kept_back` in `outcomes/queries/small_cells.py`; it looks at all
lines of the network, not at those of the reader, so that two readers who put their tables together learn nothing. Waits,
shares, minutes and patients are hidden where the figure they are drawn from is.

- What a country's line holds beyond its centres', and the network's beyond its countries', counts as a figure that no table shows: of centres that had left
  when a month was frozen by an earlier version, which gave them no line. A centre that stood in two countries is looked at in both.
- A network's own line is exact: it names no place. Only where its one group or country would follow from it, it is hidden.
  Where it is below five, every group and country is hidden, noughts too.
- A representative who sees the lines of no other place sees those of their own centre exactly. Who reads more than that
  sees every centre as others do, for the difference would tell of the neighbours.
- What is said of patients (their route, effect, benefit, consent) is given for a whole network and a whole year that is
  over, and not at all where one answer of the question is given by one to four; `<5*` then stands in all of them.
  Charts draw what is said of effect and benefit in the last year that is over, to whoever reads a line of the network: what
  the year's file gives of it, and nothing of a question whose answers rows changed after they were frozen.
- Surveys are hidden where few answered when they are counted. Centres, meetings and tickets are neither people nor panels; reasons not to return are hidden with the people who do not.
- Below the network, a quarter or a year is given when its last month is frozen. It is hidden where the months of it that are
  hidden are one, or come to fewer than five, and where files of all months, quarters and the year together would give one of
  them: months are decided first and do not change, quarters after them, years last, and their equations are solved.
- Corrections stand only beside figures that are shown. A file names in its last column which of its figures rows changed
  after they were frozen, with what was frozen; of a hidden month, and of patients, without it.
- Charts of a group, country or centre, and of panels by group, give counts to the nearest five, those of several networks to
  the nearest ten. What is hidden in a month is added to other hidden months of the same figure only, two or more together
  and as soon as they come to five or more, and is left out until then; which these are does not depend on where a reader
  lets a chart begin. Months whose users are hidden are not drawn, nor are waits of fewer than five.
What this does not hold against: the same file taken out again after a correction, and what somebody knows besides, such as a
centre that publishes its own exact figure. Therefore each file that is taken out is written down with what it is for.
"""


@dataclass(frozen=True)
class Figure:
    """``late`` figures follow from rows with dates, so that a month can be counted again; the others are as things stood on
    the night of the count. What is said of patients is given for a network and a year only. ``base`` names the count that
    a wait, a share or a number of patients is drawn from, ``splits`` the one that it and its like add up to. ``over`` says what a quarter or a year
    holds of it, ``whole`` that it stands in the network's own line alone."""

    name: str
    words: str
    formula: str
    source: str
    part: Part
    indicator: str = ""
    late: bool = True
    of: Of = Of.NEITHER
    base: str = ""
    splits: str = ""
    over: Over = Over.SUM
    whole: bool = False

    @property
    def patients(self) -> bool:
        return self.of == Of.PATIENTS

    @property
    def adds(self) -> bool:
        """Whether months may be added up."""
        return self.over == Over.SUM

    @property
    def anew(self) -> bool:
        """A count that is taken anew over a longer period, as what it counts comes in several months."""
        return self.few and self.over == Over.DAYS

    @property
    def few(self) -> bool:
        """Whether one to four of it are hidden below the network."""
        return self.of in (Of.PEOPLE, Of.PANELS)


def person(name: str, words: str, formula: str, source: str) -> Figure:
    return Figure(name, words, formula, source, Part.PEOPLE, late=False, over=Over.LAST, of=Of.PEOPLE)


def wait(name: str, words: str, of: str, source: str, indicator: str = "", *, base: str = "") -> list[Figure]:
    """Median and slowest tenth."""
    medians = Figure(
        f"{name}_median", f"{words}, median", f"nearest-rank median of {of}", source, Part.PANELS, indicator
    )
    tenths = Figure(
        f"{name}_p90", f"{words}, slowest tenth", f"nearest-rank 90th percentile of {of}", source, Part.PANELS
    )
    return [Figure(**vars(one) | {"over": Over.DAYS, "base": base}) for one in (medians, tenths)]


def patients(name: str, words: str, formula: str, moment: str, base: str) -> Figure:
    """Each patient once, however many panels of theirs: months, and groups, cannot be added up."""
    source = f"Patient, Panel.{moment}"
    return Figure(name, words, formula, source, Part.PANELS, "3.1", of=Of.PEOPLE, over=Over.DAYS, base=base)
