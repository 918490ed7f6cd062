"""What is about few is hidden in every line, page and file, and none of it follows from what is shown."""

from __future__ import annotations

import csv
import datetime as dt
import os
import random
from itertools import count

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpms.accounts.roles import Role
from helpdesk import kpis
from helpdesk.exports import header_of
from helpdesk.kpis.few import place_of, sums_of, sums_over, too_few_in, too_few_of
from helpdesk.kpis.longer import Hiding
from helpdesk.kpis.places import Place
from helpdesk.models import KpiCorrection, MonthlyKpi
from outcomes.queries.small_cells import LEAST
from tests.clients import signed_in
from tests.factories import CentreFactory, GroupFactory, NetworkFactory, UserFactory, give_role
from tests.outcomes.test_small_cells import given_away

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
ROUNDS = int(os.environ.get("CPMS_TABLES", "60"))
WANTED = tuple(dt.date(2024, month, 1) for month in (1, 2, 3))
COUNT = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 8, 20])


class Home:
    """A network of three countries with two centres each and two groups, none of it written to the database."""

    def __init__(self):
        self.keys = count(10**6)
        self.network = NetworkFactory(code="FEW", name="Few")
        self.centres = [CentreFactory(name=f"C{n}", country=("FI", "PT", "NL")[n // 2]) for n in range(6)]
        self.groups = [GroupFactory(network=self.network, number=n) for n in (1, 2)]

    def lines(self, month, opened, urgent):
        """The month's lines, from panels and urgent panels by centre; odd centres' panels are in the second group. Of three
        panels two are of one patient."""
        patients = [n - n // 3 for n in opened]

        def line(which, **place):
            counts = {
                name: sum(counts[n] for n in which) for name, counts in (("o", opened), ("u", urgent), ("p", patients))
            }
            figures = {"opened_urgent": counts["u"], "opened_routine": counts["o"] - counts["u"]}
            figures["patients_entered"] = counts["p"]
            columns = {"registered": 40, "active": 20, "panels_opened": counts["o"], "panels_closed": 0}
            made = MonthlyKpi(network=self.network, month=month, figures=figures, **columns, **place)
            made.pk = made.pk or next(self.keys)
            made._prefetched_objects_cache = {"corrections": KpiCorrection.objects.none()}
            return made

        found = [line(range(6))]
        found += [line(range(n, 6, 2), group=group) for n, group in enumerate(self.groups)]
        found += [line((2 * n, 2 * n + 1), country=country) for n, country in enumerate(("FI", "PT", "NL"))]
        return found + [line((n,), centre=centre, stands_in=centre.country) for n, centre in enumerate(self.centres)]


@pytest.fixture
def home():
    return Home()


def of_three_months(home, counts, shares):
    """Random months: ``counts`` panels per centre, of which so many urgent."""
    months = {}
    for n, month in enumerate(WANTED):
        opened = counts[6 * n : 6 * n + 6]
        months[month] = home.lines(month, opened, [min(a, b) for a, b in zip(opened, shares, strict=True)])
    return months


@given(counts=st.lists(COUNT, min_size=18, max_size=18), shares=st.lists(COUNT, min_size=6, max_size=6))
@settings(max_examples=ROUNDS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_hidden_figure_follows_from_a_months_or_a_quarters_table(home, counts, shares):
    months = of_three_months(home, counts, shares)
    lines = months[WANTED[0]]
    whole, names = place_of(lines[0]), ("panels_opened", "opened_urgent", "patients_entered", "opened_soon")
    quarter = Hiding(months).over(WANTED)
    for hidden in (too_few_in(lines), quarter):
        for name in names[:3]:
            cells = {key(place) for place in hidden[name]}
            sums = [type(one)(key(one.whole), [key(part) for part in one.parts]) for one in sums_of(lines)]
            assert given_away(sums, cells) == set(), (name, counts)
        assert set(hidden["panels_opened"]) <= set(hidden["opened_urgent"]) & set(hidden["patients_entered"])
        assert hidden["opened_urgent"] == hidden["opened_routine"] == hidden["opened_soon"]
    for line in lines:
        few = {name for name in names if 0 < (line.frozen().get(name) or 0) < LEAST and place_of(line) != whole}
        assert few <= {name for name in names if place_of(line) in too_few_in(lines)[name]}
    each = [too_few_in(rows) for rows in months.values()]
    for place in {place_of(line) for line in lines} - {whole}:
        times = sum(place in one["panels_opened"] for one in each)
        assert times != 1 or place in quarter["panels_opened"], (place, counts)


def key(place: Place):
    return place.group or 0, place.country, -1 if place.centre is None else place.centre


def saved(lines):
    return [MonthlyKpi.objects.get(pk=line.pk) for line in MonthlyKpi.objects.bulk_create(lines)]


def reader(role, **held):
    user = UserFactory(role="none")
    give_role(user, role, **held)
    return user


def table(user, period="2024-01"):
    return {str(row.line.place): row.figures for row in kpis.sums_for(user, kpis.period_of(period))}


def test_every_role_sees_the_same_hidden_and_only_the_centre_itself_its_own(home):
    saved(home.lines(WANTED[0], [2, 9, 9, 9, 9, 9], [0] * 6))
    near = home.centres[0]
    own, core = reader(Role.REPRESENTATIVE, centre=near), reader(Role.CORE_HELPDESK)
    both = reader(Role.REPRESENTATIVE, centre=near)
    give_role(both, Role.NETWORK_COORDINATOR, network=home.network)
    assert table(own) == {str(near): table(own)[str(near)]}
    assert table(own)[str(near)]["panels_opened"] == 2
    everybody = [table(user) for user in (core, both, reader(Role.NETWORK_COORDINATOR, network=home.network))]
    assert everybody[0] == everybody[1] == everybody[2]
    shown = {name: row["panels_opened"] for name, row in everybody[0].items()}
    assert (shown[str(near)], shown[str(home.centres[1])], shown["Few"]) == (kpis.SIGN, kpis.SIGN, 47)
    assert table(reader(Role.NATIONAL_OFFICER, country="FI"))[str(near)]["panels_opened"] == kpis.SIGN


def test_page_and_file_hide_the_same_and_a_correction_tells_nothing(home):
    lines = saved(home.lines(WANTED[0], [9, 9, 9, 9, 9, 9], [0] * 6))
    late = next(line for line in lines if line.centre == home.centres[0])
    coordinator = signed_in(reader(Role.NETWORK_COORDINATOR, network=home.network))
    address, month = reverse("kpis"), "2024-01"
    asked = {"purpose": "ministry", "words": "Yearly", "period": month, "kind": "csv"}

    def shown():
        page = coordinator.get(f"{address}?month={month}&line={late.pk}", secure=True).content.decode()
        file = coordinator.post(reverse("kpis_export", args=[month]), asked, secure=True)
        rows = csv.DictReader(file.getvalue().decode("utf-8-sig").splitlines())
        return page, next(row for row in rows if row["Centre"] == str(late.centre))

    page, row = shown()
    assert (row["Panels opened"], "&lt;5* stands for" in page) == ("9", True)
    KpiCorrection.objects.create(line=late, figure="panels_opened", was=9, now=3)
    page, row = shown()
    assert row["Panels opened"] == kpis.SIGN
    assert "by rows that came late" not in page
    assert page.count(f'data-label="Panels opened">{kpis.SIGN.replace("<", "&lt;")}') >= 2
    assert list(row) == header_of(kpis.period_of(month))


def test_a_period_that_is_not_over_tells_the_network_alone(home):
    for month in WANTED[:2]:
        saved(home.lines(month, [9] * 6, [0] * 6))
    coordinator = reader(Role.NETWORK_COORDINATOR, network=home.network)
    found = table(coordinator, "2024-Q1")
    assert {name: row["panels_opened"] for name, row in found.items() if row["panels_opened"] != kpis.SIGN} == {
        "Few": 108
    }
    saved(home.lines(WANTED[2], [9] * 6, [0] * 6))
    assert table(coordinator, "2024-Q1")[str(home.centres[0])]["panels_opened"] == 27


def test_equal_figures_are_hidden_alike_however_their_rows_come():
    """A page and a file read the lines in different orders: each must hide the same, or they give one another away."""
    places = [
        Place(1),
        *(Place(1, group=n) for n in range(1, 6)),
        *(Place(1, country=name) for name in ("AT", "FI", "SE")),
    ]
    cells = {
        "panels_opened": dict.fromkeys(places, 7)
        | {places[0]: 28, places[1]: 0, places[2]: 2, places[6]: 12, places[7]: 9}
    }
    found = []
    for _each in range(20):
        random.Random(len(found)).shuffle(places)
        found.append(too_few_of(cells, sums_over((place, "") for place in places), {})["panels_opened"])
    assert len(found[0]) > 1
    assert [one for one in found if one != found[0]] == []
