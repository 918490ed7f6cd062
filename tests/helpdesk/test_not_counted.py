"""A figure that is younger than a month is not nought in it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from cpms.accounts.roles import Role
from cpms.charts import Cell
from helpdesk import actions, kpis
from helpdesk.exports import LACKING, figures_as_csv, figures_as_pages
from helpdesk.kpis.charts import funnel
from helpdesk.kpis.late import lacking
from helpdesk.kpis.series import Month
from helpdesk.models import KpiCorrection, MonthlyKpi
from tests.factories import UserFactory, give_role
from tests.helpdesk.test_few import Home

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
COUNTS = {"registered": 9, "active": 9, "panels_opened": 9, "panels_closed": 9}
JANUARY, FEBRUARY, MARCH = (dt.date(2024, month, 1) for month in (1, 2, 3))


@pytest.fixture
def home():
    """A network whose January was frozen before advice and reasons to stay away were counted, its February after."""
    home = Home()
    noughts = {name: 0 for name in kpis.ADDED if name not in MonthlyKpi.COLUMNS}
    there = {name: value for name, value in noughts.items() if name not in {"advised", "away_time"}}
    for day, figures in ((JANUARY, there | {"invited": 20}), (FEBRUARY, noughts | {"invited": 20, "advised": 7})):
        MonthlyKpi.objects.create(network=home.network, month=day, figures=figures, **COUNTS)
        part = {"invited": 10} if day == JANUARY else {}
        MonthlyKpi.objects.create(network=home.network, month=day, group=home.groups[0], figures=part, **COUNTS)
    return home


def coordinator(home):
    user = UserFactory(role="none")
    give_role(user, Role.NETWORK_COORDINATOR, network=home.network)
    return user


def test_a_month_frozen_before_a_figure_existed_says_so(home):
    """On the page of the month, in its file, and in every longer period with such a month; nought is said where it was counted."""
    user = coordinator(home)
    read = {
        name: [row.figures["advised"] for row in kpis.sums_for(user, kpis.period_of(name))]
        for name in ("2024-01", "2024-02", "2024")
    }
    assert read == {"2024-01": [None, None], "2024-02": [7, 0], "2024": [None, None]}
    last = {name: next(iter(kpis.sums_for(user, kpis.period_of(name)))).figures["away_time"] for name in read}
    assert last == {"2024-01": None, "2024-02": 0, "2024": 0}
    assert {row.figures["guests"] for row in kpis.sums_for(user, kpis.period_of("2024-01"))} == {0}
    table = kpis.table_of(user, JANUARY)
    for line in table.lines:
        shown = {one.figure.name: one.value for _part, rows in kpis.parts_of(line, table) for one in rows}
        assert (shown["advised"], shown.get("away_time"), shown["guests"]) == (None, None, 0)
        assert ("away_time" in shown) == line.is_whole
    actions.note_corrections(JANUARY, by=None)
    assert not KpiCorrection.objects.filter(figure="advised").exists()


def test_files_name_what_they_leave_out_and_from_when_on_it_was_counted(home):
    user, year = coordinator(home), kpis.period_of("2024")
    rows = list(kpis.sums_for(user, year))
    lines = list(csv.DictReader(io.StringIO(b"".join(figures_as_csv(rows, year)).decode("utf-8-sig"))))
    said = "Invited people who gave advice (from February 2024 on)"
    assert [line[LACKING] for line in lines] == [said] * 2
    assert [line["Invitations sent"] for line in lines] == ["40", kpis.SIGN]  # the year is not over
    pages = PdfReader(io.BytesIO(figures_as_pages(rows, year, reader=user))).pages
    assert said in " ".join(" ".join(page.extract_text() for page in pages).split())
    month = next(iter(kpis.sums_for(user, kpis.period_of("2024-02"))))
    assert month.lacking == []


def test_charts_say_that_it_was_not_counted_and_what_is_a_part(home):
    user = coordinator(home)
    for place, invited in ((None, 20), (home.groups[0], 10)):
        line = MonthlyKpi.objects.get(month=JANUARY, group=place)
        (asked,) = [one for one in kpis.charts_of(user, line) if one.of == "Step"]
        assert asked.finding == f"{invited} invitations sent, 0 accepted; how many gave advice was not counted then"
        assert asked.rows[-1] == ("Gave advice", (Cell(None, "not counted then"),))
    lacks = [frozenset({"advised"}), frozenset({"advised"}), frozenset[str]()]
    days = (JANUARY, FEBRUARY, MARCH)
    months = [
        Month(day, {"invited": 10, "advised": 4}, missing=without) for day, without in zip(days, lacks, strict=True)
    ]
    part = funnel(months)
    assert part.finding == "30 invitations sent, 0 accepted; 4 of the invited gave advice from March 2024 on"
    assert [cells[0].share for _step, cells in part.rows] == ["100 %", "0 %", "0 %", ""]
    assert part.rows[-1][1][0].since == "from Mar 2024 on"
    assert funnel(months, MARCH).rows[-1][1][0].share == "40 %"


def test_a_line_from_before_noughts_were_written_is_no_sum_of_what_it_may_lack():
    """What the first version counted is nought where it stands nowhere; of the rest nobody knows, unless a correction says it."""
    home = Home()
    old = MonthlyKpi.objects.create(network=home.network, month=JANUARY, figures={"tickets_raised": 3}, **COUNTS)
    for day, figures in ((FEBRUARY, {"advised": 7}), (MARCH, {"tickets_raised": 1, "advised": 2})):
        MonthlyKpi.objects.create(network=home.network, month=day, figures=figures, **COUNTS)
    user, year = coordinator(home), kpis.period_of("2024")

    def read():
        (row,) = kpis.sums_for(user, year)
        return [row.figures[name] for name in ("tickets_raised", "advised", "guests")]

    assert read() == [None, None, 0]
    KpiCorrection.objects.create(line=old, figure="advised", was=0, now=5)
    assert read() == [None, 14, 0]
    before = KpiCorrection.objects.count()
    for month in (JANUARY, FEBRUARY, MARCH):
        actions.note_corrections(month, by=None)
    late = KpiCorrection.objects.order_by("pk")[before:]
    assert all((one.line.month, one.figure) != (FEBRUARY, "tickets_raised") for one in late)


def test_a_place_is_looked_at_for_what_its_network_lacks_alone():
    """A file of a year has thousands of places, and most years lack nothing. These lines have no figures to look at."""
    rows, none = [SimpleNamespace(month=day) for day in (JANUARY, FEBRUARY, MARCH)], frozenset()
    assert lacking(rows, {JANUARY: none, FEBRUARY: none, MARCH: none}) == []
    (advised,) = lacking(rows, {JANUARY: none, FEBRUARY: {"advised"}, MARCH: none})
    assert (advised.figure.name, advised.since) == ("advised", MARCH)


def test_more_advice_than_invitations_is_explained_and_never_called_a_part_of_them():
    asked = funnel([Month(MARCH, {"invited": 15, "answered": 20, "accepted": 15, "advised": 20})])
    assert asked.finding == "15 invitations sent, 15 accepted"
    assert asked.about.endswith("each step counts in its own month, so some belong to earlier invitations")
    assert [cells[0].share for _name, cells in asked.rows] == ["100 %", "", "100 %", ""]
    assert "earlier" not in funnel([Month(MARCH, {"invited": 20, "answered": 20, "accepted": 15, "advised": 20})]).about
