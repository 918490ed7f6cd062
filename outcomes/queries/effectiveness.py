"""Did it help? What was said of closed panels, by group, with small figures hidden. Constant queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from cpms.accounts.models import Network, ThematicGroup
from cpms.accounts.roles import Role
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


def networks_reported(user: Any) -> list[Network]:
    """The networks that the person coordinates as a whole, or by one of their groups."""
    held = user.memberships.current()
    own = held.filter(role=Role.NETWORK_COORDINATOR).values("network")
    groups = held.filter(role=Role.GROUP_COORDINATOR).values("group__network")
    return list(Network.objects.filter(Q(pk__in=own) | Q(pk__in=groups)).order_by("code"))


def report_of(network: Network) -> Report:
    """Effect, advice followed, and benefit at each follow-up, over the network's panels that are closed today.

    For who coordinates the network or one of its groups, and sees its panels pass by: it moves with each answer, and less the
    official figures it would tell of the last few.
    """
    closed = Panel.objects.filter(network=network, state=State.CLOSED).order_by()
    names = {group.pk: str(group) for group in ThematicGroup.objects.filter(network=network).order_by("number")}
    effects = Effect.objects.filter(panel__in=closed.values("pk"))
    followed = FollowUp.objects.filter(panel__in=closed.values("pk")).answered()
    advice = AdviceDone.objects.filter(follow_up__in=followed.order_by().values("pk"))
    parts = [
        part("What the advice did to the treatment", EffectKind, effects, "panel__group", "kind", names),
        part("What became of each advice", Done, advice, "follow_up__panel__group", "done", names),
        part("Whether the patient benefited", Benefit, followed, "panel__group", "benefit", names),
    ]
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
