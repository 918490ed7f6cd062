"""Did it help? What was said of closed panels, by group, with small figures hidden. Constant queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, When

from cpms import clock
from cpms.accounts.models import CentreMembership, Network, ThematicGroup
from cpms.accounts.roles import OVERSEEING_ROLES, REPRESENTING_ROLES, Role
from cpms.charts import Bars, Cell
from outcomes.models import AdviceDone, Effect, FollowUp
from outcomes.queries.small_cells import ALL, protect_table
from outcomes.states import Benefit, Done, EffectKind
from panels.models import Panel
from panels.states import State

Counts = dict[str, dict[str, int]]


@dataclass(frozen=True)
class Line:
    """One group, or the network as a whole: counts in the order of the table's columns, ``None`` where hidden."""

    name: str
    whole: bool
    counts: list[int | None]
    shares: list[int | None]

    @property
    def cells(self) -> list[tuple[int | None, int | None]]:
        return list(zip(self.counts, self.shares, strict=True))


@dataclass(frozen=True)
class Part:
    """One question of the report: its columns, and a line for each group and for the network."""

    title: str
    columns: list[str]
    lines: list[Line]

    @property
    def chart(self) -> Bars | None:
        """What the network as a whole said, where its total is shown; a hidden answer has no bar."""
        whole = next((line for line in self.lines if line.whole), None)
        total = whole.counts[-1] if whole else None
        if whole is None or not total:
            return None
        said = list(zip(self.columns[:-1], whole.counts[:-1], whole.shares[:-1], strict=True))
        rows = tuple(
            (label, (Cell(None, "hidden") if count is None else Cell(count, str(count), f"{share} %"),))
            for label, count, share in said
        )
        most = max((count or 0 for _label, count, _share in said), default=0)
        first = [f"“{label}”" for label, count, _share in said if count == most]
        finding = (
            f"Most often {' and '.join(first)}:{' each' if first[1:] else ''} {most} of {total}"
            if most
            else f"{total} answers, too few of each to show"
        )
        return Bars(finding, f"{self.title}, in the whole network", "Answer", ("Answers",), rows)


@dataclass(frozen=True)
class Report:
    network: Network
    closed: int
    parts: list[Part]


def networks_reported(user: Any) -> dict[Network, bool]:
    """The networks of which the person reads figures, and whether group by group, as who coordinates one or a group of it does:
    those they serve, those of a hospital they represent, those with a hospital in their country, and for the core helpdesk all."""
    held = user.memberships.current()
    own = held.filter(role=Role.NETWORK_COORDINATOR).values("network")
    groups = held.filter(role=Role.GROUP_COORDINATOR).values("group__network")
    coordinated = Q(pk__in=own) | Q(pk__in=groups)
    rows = Network.objects.annotate(by_group=Case(When(coordinated, then=True), default=False)).order_by("code")
    if Role.CORE_HELPDESK not in user.held_roles():
        centres = held.filter(role__in=REPRESENTING_ROLES).values("centre")
        countries = held.filter(role=Role.NATIONAL_OFFICER).exclude(country="").values("country")
        there = Q(centre__in=centres) | Q(centre__country__in=countries)
        places = CentreMembership.objects.current().filter(there).order_by().values("network")
        served = held.filter(role__in=OVERSEEING_ROLES).values("network")
        rows = rows.filter(coordinated | Q(pk__in=served) | Q(pk__in=places))
    return {network: network.by_group for network in rows}


def report_of(network: Network, *, by_group: bool = True) -> Report:
    """Effect, advice followed, and benefit at each follow-up, over every panel that was ever closed in the network.

    Not ``by_group`` it is of the network as a whole and of the years that are over, as official figures about patients are: a
    figure that moves by one from day to day would tell of one patient to who knows what was closed meanwhile.
    """
    closed = Panel.objects.filter(network=network, state=State.CLOSED).order_by()
    names = {group.pk: str(group) for group in ThematicGroup.objects.filter(network=network).order_by("number")}
    effects = Effect.objects.filter(panel__in=closed.values("pk"))
    followed = FollowUp.objects.filter(panel__in=closed.values("pk")).answered()
    if not by_group:
        until = dt.datetime(clock.today(dt.UTC).year, 1, 1, tzinfo=dt.UTC)
        closed, effects = closed.filter(closed_at__lt=until), effects.filter(at__lt=until)
        followed = followed.filter(answered_at__lt=until)
    advice = AdviceDone.objects.filter(follow_up__in=followed.order_by().values("pk"))
    parts = [
        part("What the advice did to the treatment", EffectKind, effects, "panel__group", "kind", names),
        part("What became of each advice", Done, advice, "follow_up__panel__group", "done", names),
        part("Whether the patient benefited", Benefit, followed, "panel__group", "benefit", names),
    ]
    if not by_group:
        parts = [Part(one.title, one.columns, [line for line in one.lines if line.whole]) for one in parts]
    return Report(network, closed.count(), parts)


def part(title: str, kinds: Any, rows: QuerySet[Any], group: str, field: str, names: dict[Any, str]) -> Part:
    """Counted by group and choice, protected as one table with its totals."""
    counts: Counts = defaultdict(lambda: dict.fromkeys(kinds.values, 0))
    for key, value, number in rows.order_by().values_list(group, field).annotate(number=Count("pk")):
        counts[names.get(key, "No group")][value] += number
    shown = protect_table(counts)
    columns = [*kinds.values, "total"]
    lines = [line(name, [shown[name][column] for column in columns]) for name in names.values() if name in counts]
    if counts:
        lines.append(line(ALL, [shown[ALL][column] for column in columns]))
    return Part(title, [*(str(label) for label in kinds.labels), "All"], lines)


def line(name: str, counts: list[int | None]) -> Line:
    """With shares of the line's total in per cent, where both are shown."""
    total = counts[-1]
    shares = [round(100 * count / total) if total and count is not None else None for count in counts[:-1]]
    return Line("The network" if name == ALL else name, name == ALL, counts, [*shares, None])
