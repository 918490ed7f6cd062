"""Quarters and years: no month that is hidden follows from all files together, and each figure holds what its name says."""

from __future__ import annotations

import datetime as dt
import os
from collections import defaultdict
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from cpms.accounts.roles import Role
from helpdesk import actions, kpis
from helpdesk.exports import figures_as_csv, header_of
from helpdesk.kpis.few import sums_of
from helpdesk.kpis.late import came_late
from helpdesk.kpis.longer import Hiding
from helpdesk.kpis.places import Place
from helpdesk.models import KpiCorrection, MonthlyKpi
from outcomes.queries.small_cells import LEAST
from panels.models import Panel
from tests.factories import UserFactory, give_role
from tests.helpdesk.histories import MONTHS, History
from tests.helpdesk.test_few import Home

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
ROUNDS = int(os.environ.get("CPMS_YEARS", "12"))
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]
YEAR = tuple(dt.date(2024, month, 1) for month in range(1, 13))
QUARTERS = [YEAR[n : n + 3] for n in range(0, 12, 3)]
FILES = [*((day,) for day in YEAR), *QUARTERS, YEAR]
COUNT = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 9, 20])
NAMES = ("panels_opened", "opened_urgent", "patients_entered")


def determined(rows):
    """The unknowns that the equations leave no choice, by plain elimination; each equation is a row of factors."""
    rows, pivots = [dict(row) for row in rows if row], {}
    for row in rows:
        for known in [cell for cell in row if cell in pivots]:
            factor = row.get(known, 0)
            for cell, value in pivots[known].items():
                row[cell] = row.get(cell, 0) - factor * value
        row = {cell: value for cell, value in row.items() if value}
        if row:
            first = next(iter(row))
            row = {cell: Fraction(value) / row[first] for cell, value in row.items()}
            for other, held in pivots.items():
                if factor := held.get(first, 0):
                    left = {c: held.get(c, 0) - factor * row.get(c, 0) for c in {*held, *row}}
                    pivots[other] = {c: value for c, value in left.items() if value}
            pivots[first] = row
    return {cell for cell, row in pivots.items() if len(row) == 1}


class Adversary:
    """Has every file of every month, quarter and the year, and knows what adds up to what. Unknown is a month of a place that
    is hidden, or a quarter or year of it that cannot be added up from what is shown."""

    def __init__(self, months, name):
        hiding = Hiding(months)
        self.hidden = {(span, place) for span in FILES for place in hiding.over(span)[name]}
        self.places = {place: place for line in months[YEAR[0]] for place in [key(line)]}
        self.value = {}
        for day, lines in months.items():
            for line in lines:
                self.value[(day,), key(line)] = line.frozen().get(name, 0)
        for span in FILES[12:]:
            for place in self.places:
                self.value[span, place] = sum(self.value[(day,), place] for day in span)
        across = [(one.whole, one.parts) for one in sums_of(months[YEAR[0]])]
        self.sums = [((span, whole), [(span, part) for part in parts]) for span in FILES for whole, parts in across]
        for place in self.places:
            self.sums += [((span, place), [((day,), place) for day in span]) for span in FILES[12:]]
            self.sums.append(((YEAR, place), [(span, place) for span in QUARTERS]))

    def solves(self):
        rows = []
        for whole, parts in self.sums:
            row = defaultdict(int)
            for cell, factor in ((whole, -1), *((part, 1) for part in parts)):
                if cell in self.hidden:
                    row[cell] += factor
            rows.append(row)
        return {cell for cell in determined(rows) if len(cell[0]) == 1}

    def bounds(self):
        """Longer periods that are shown, whose hidden months are one, or come to fewer than five."""
        for span in FILES[12:]:
            for place in self.places:
                if (span, place) not in self.hidden and place != Place(place.network):
                    dark = [((day,), place) for day in span if ((day,), place) in self.hidden]
                    if span == YEAR:
                        dark = [c for c in dark if (self.quarter(c), place) in self.hidden]
                    if dark and (len(dark) < 2 or sum(self.value[cell] for cell in dark) < LEAST):
                        yield span, place

    @staticmethod
    def quarter(cell):
        return next(span for span in QUARTERS if cell[0][0] in span)


def key(line):
    return Place(line.network_id, line.group_id, line.centre_id, line.country)


@pytest.fixture
def home():
    return Home()


def year_of(home, counts, shares):
    """Each month's counts by centre, of which so many urgent."""
    months = {}
    for n, day in enumerate(YEAR):
        opened = counts[6 * n : 6 * n + 6]
        months[day] = home.lines(day, opened, [min(a, b) for a, b in zip(opened, shares, strict=True)])
    return months


BRIDGE = [9] * 72
for _month, _centre, _count in ((2, 0, 1), (2, 1, 5), (7, 0, 5), (7, 1, 1), (2, 2, 4), (4, 2, 2), (4, 3, 4)):
    BRIDGE[6 * _month + _centre] = _count


@given(counts=st.lists(COUNT, min_size=72, max_size=72), shares=st.lists(COUNT, min_size=6, max_size=6))
@example(counts=BRIDGE, shares=[9] * 6)
@settings(
    max_examples=ROUNDS, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_month_follows_from_the_files_of_all_months_quarters_and_the_year(home, counts, shares):
    months = year_of(home, counts, shares)
    for name in NAMES:
        reader = Adversary(months, name)
        assert reader.solves() == set(), (name, counts, shares)
        assert list(reader.bounds()) == [], (name, counts, shares)


def test_a_year_over_two_hidden_months_of_one_panel_each_is_hidden_too(home):
    """Ten months of nine panels, and one panel in each of the others: the year less the months shown would say two."""
    counts = [9] * 72
    counts[6 * 2] = counts[6 * 7] = 1
    hiding = Hiding(year_of(home, counts, [0] * 6))
    place = Place(home.network.pk, centre=home.centres[0].pk)
    assert {day.month for day in YEAR if place in hiding.each[day]["panels_opened"]} == {3, 8}
    assert place in hiding.over(YEAR)["panels_opened"]
    assert place in hiding.over(QUARTERS[0])["panels_opened"]
    assert place not in hiding.over(QUARTERS[1])["panels_opened"]


def test_a_year_is_shown_where_its_hidden_months_are_several_panels(home):
    """So that small hospitals have their year: two panels in each month, all months hidden, twenty-four in the year."""
    hiding = Hiding(year_of(home, [2] * 72, [0] * 6))
    assert hiding.over(YEAR)["panels_opened"] == set()
    assert all(
        Place(home.network.pk, centre=centre.pk) in hiding.each[day]["panels_opened"]
        for centre in home.centres
        for day in YEAR
    )


def of_year(user, name="2022"):
    return {str(row.line.place): row for row in kpis.sums_for(user, kpis.period_of(name))}


@pytest.fixture
def frozen():
    """A network with a year of lines, a survey in June, and rows for its waits."""
    History(5, panels=80)
    for day in (dt.date(2021, 12, 1), *MONTHS[1:], dt.date(2022, 6, 1), dt.date(2022, 12, 1)):
        actions.freeze_month(day, by=None)
    rows = MonthlyKpi.objects.filter(group=None, centre=None, country="").order_by("-panels_opened")
    rows = rows.filter(network=rows[0].network)
    late = {"survey_answers": 34.0, "survey_useful": 8.0}
    june = rows.get(month=dt.date(2022, 6, 1))
    KpiCorrection.objects.bulk_create(KpiCorrection(line=june, figure=n, was=0, now=v) for n, v in late.items())
    user = UserFactory(role="none")
    give_role(user, Role.NETWORK_COORDINATOR, network=june.network)
    return user, june.network


def test_a_year_holds_its_last_round_and_the_waits_of_all_its_months(frozen):
    user, network = frozen
    whole = of_year(user)[str(network)]
    assert (whole.figures["survey_answers"], whole.figures["survey_useful"]) == (34, 8.0)
    edges = [dt.datetime(2022, month, 1, tzinfo=dt.UTC) for month in (1, 3)]
    ended = Panel.objects.filter(network=network, first_reply_at__gte=edges[0], first_reply_at__lt=edges[1])
    took = sorted(panel.first_reply_at - panel.opened_at for panel in ended)
    assert len(took) >= LEAST
    assert whole.figures["reply_median"] == round(took[(len(took) + 1) // 2 - 1] / dt.timedelta(hours=1), 1)
    ended.exclude(pk__in=ended.order_by("pk")[: LEAST - 1]).update(first_reply_at=None)
    again = of_year(user)[str(network)]
    assert (again.figures["reply_median"], again.figures["reply_p90"]) == (kpis.SIGN, kpis.SIGN)


def different(rows, moment):
    """Patients of these panels in the frozen months of 2022, by network and centre."""
    found = defaultdict(set)
    for panel in rows:
        at = getattr(panel, moment)
        if at and at.year == 2022 and at.month in (1, 2, 6, 12):
            for centre in (None, panel.centre_id):
                found[panel.network_id, centre].add(panel.case.patient_id)
    return found


def test_a_patient_of_several_months_counts_once_in_a_year(frozen, django_assert_max_num_queries):
    user, network = frozen
    january, february = (
        Panel.objects.filter(network=network, opened_at__year=2022, opened_at__month=month).first() for month in (1, 2)
    )
    Panel.objects.filter(pk=february.pk).update(case=january.case, centre=january.centre)
    with django_assert_max_num_queries(18):
        year = list(kpis.sums_for(user, kpis.period_of("2022")))
    rows = list(Panel.objects.select_related("case"))
    compared = 0
    for name, moment in (("patients_entered", "opened_at"), ("patients_reviewed", "first_reply_at")):
        known = different(rows, moment)
        for row in year:
            if row.line.group is None and not row.line.country and row.figures[name] != kpis.SIGN:
                assert row.figures[name] == len(known[network.pk, row.line.centre_id]), (name, str(row.line.place))
                compared += 1
    assert compared >= 2
    whole = year[0].figures
    assert whole["patients_entered"] < whole["panels_opened"]
    quarter = of_year(user, "2022-Q1")[str(network)].figures
    assert quarter["patients_entered"] == quarter["panels_opened"] - 1


def test_few_patients_of_many_panels_are_hidden_in_a_year(home):
    """Three patients who come each month: fifteen panels in the year, and not more than three people."""
    months = year_of(home, [3] * 72, [0] * 6)
    place = Place(home.network.pk, centre=home.centres[0].pk)
    known = {key(line): {"patients_entered": 3 if key(line) == place else 30} for line in months[YEAR[0]]}
    assert place not in Hiding(months).over(YEAR)["patients_entered"]
    hidden = Hiding(months, {YEAR: known}).over(YEAR)
    assert place in hidden["patients_entered"]
    assert len(hidden["patients_entered"]) > 1
    assert hidden["panels_opened"] == set()


def test_a_file_of_a_year_says_behind_each_name_what_it_holds():
    year, month = (header_of(kpis.period_of(name)) for name in ("2022", "2022-01"))
    assert "Registered users, last month" in year
    assert "Advice useful, 0 to 10, last round" in year
    assert "Hours to the first reply, median, whole period" in year
    assert {"Registered users", "Panels opened", "Minutes to enter a case, median"} <= set(month)
    assert year.index("Panels opened") == month.index("Panels opened")


def test_what_came_late_is_named_with_what_was_frozen(frozen):
    user, network = frozen
    line = MonthlyKpi.objects.get(network=network, month=MONTHS[1], group=None, centre=None, country="")
    now = line.panels_opened + 1
    for was, name in ((line.panels_opened, "panels_opened"), (line.figures.get("effect_changed", 0), "effect_changed")):
        KpiCorrection.objects.create(line=line, figure=name, was=was, now=was + 1)
    month = of_year(user, f"{line.month:%Y-%m}")[str(network)]
    assert (month.figures["panels_opened"], list(map(str, month.late))) == (
        now,
        [f"Panels opened ({now - 1} as frozen)"],
    )
    year = of_year(user)[str(network)]
    total = year.figures["panels_opened"]
    assert f"Panels opened ({total - 1:g} as frozen)" in list(map(str, year.late))
    assert "as frozen" not in "".join(str(one) for one in year.late if one.figure.patients)
    below = [row for name, row in of_year(user).items() if name != str(network)]
    assert all(row.figures[late.figure.name] not in (None, kpis.SIGN) for row in below for late in row.late)
    cells = b"".join(figures_as_csv([month], kpis.period_of(f"{line.month:%Y-%m}"))).decode()
    assert f'"Panels opened ({now - 1} as frozen)"' in cells


def test_a_correction_of_a_hidden_month_is_named_without_what_was_frozen(home):
    counts = [2] * 72
    months = year_of(home, counts, [0] * 6)
    place = Place(home.network.pk, centre=home.centres[0].pk)
    rows = [next(line for line in months[day] if key(line) == place) for day in YEAR]
    late = KpiCorrection(line=rows[3], figure="panels_opened", was=2, now=3)
    rows[3]._prefetched_objects_cache = {"corrections": Only([late])}
    found = {figure.name: None for figure in kpis.FIGURES} | {"panels_opened": 25}
    assert list(map(str, came_late(rows, found, Hiding(months)))) == ["Panels opened"]
    assert list(map(str, came_late(rows, found, None))) == ["Panels opened (24 as frozen)"]


class Only(list):
    def all(self):
        return self
