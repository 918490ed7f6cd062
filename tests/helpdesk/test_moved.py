"""Hospitals that are put into another country, or leave their network, when months are frozen: no difference between a quarter or a
year and its months, or between a country and its hospitals, tells of them."""

from __future__ import annotations

import datetime as dt
import math
import os
from collections import Counter, defaultdict

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cpms.accounts.models import Centre, CentreMembership
from cpms.accounts.roles import Role
from helpdesk import actions, kpis
from helpdesk.kpis.few import place_of, rest_of, sums_of, too_few_in
from helpdesk.kpis.longer import Hiding
from helpdesk.kpis.panels import patients_over
from helpdesk.kpis.places import Place
from helpdesk.kpis.waits import waits_over
from helpdesk.models import MonthlyKpi
from outcomes.queries.small_cells import LEAST
from panels.models import Panel
from tests.campaigns.report import note
from tests.factories import UserFactory, give_role
from tests.helpdesk.histories import EDGES, FIRST, MONTHS, History
from tests.helpdesk.test_few import Home, key
from tests.helpdesk.test_longer import YEAR
from tests.outcomes.test_small_cells import given_away

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
HISTORIES = int(os.environ.get("CPMS_FIGURES", "3"))
TABLES = int(os.environ.get("CPMS_TABLES", "60"))
COUNT = st.sampled_from([0, 0, 1, 2, 3, 4, 5, 8, 20])
SEEN = {"phases": [Phase.generate], "deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}
COMPARED = Counter()


@pytest.fixture(scope="module", autouse=True)
def told():
    """What was compared, for the campaign."""
    yield
    note("moved", **{name: COMPARED[name] for name in sorted(COMPARED)})


class Slow:
    """Where each panel stood in a month, by the lines that were frozen, one row after the other."""

    def __init__(self):
        lines = list(MonthlyKpi.objects.all())
        self.homes = {(line.month, line.network_id, line.centre_id): line.stands_in for line in lines if line.centre_id}
        self.countries = {(line.month, line.network_id, line.country) for line in lines if line.country}
        self.panels = list(Panel.objects.select_related("case", "centre"))

    def places(self, panel, month):
        yield Place(panel.network_id)
        if panel.group_id:
            yield Place(panel.network_id, group=panel.group_id)
        if panel.centre is None:
            return
        stood = self.homes.get((month, panel.network_id, panel.centre_id))
        if stood:
            yield Place(panel.network_id, centre=panel.centre_id)
        if stood or (month, panel.network_id, panel.centre.country) in self.countries:
            yield Place(panel.network_id, country=stood or panel.centre.country)

    def gathered(self, moment, months, what):
        found = defaultdict(list)
        for panel in self.panels:
            at = getattr(panel, moment)
            month = at and at.date().replace(day=1)
            if month in months:
                for place in self.places(panel, month):
                    found[place].append(what(panel))
        return found


def median_and_tenth(took):
    took = sorted(took)
    nearest = [took[math.ceil(part * len(took)) - 1] for part in (0.5, 0.9)]
    return tuple(round(value / dt.timedelta(hours=1), 1) for value in nearest)


def frozen_while_they_move(history):
    """After each month some hospitals are put elsewhere, and some leave."""
    for month in MONTHS:
        actions.freeze_month(month, by=None)
        for centre in history.chance.sample(history.centres, 2):
            Centre.objects.filter(pk=centre.pk).update(country=history.chance.choice(["FI", "PT", "MT"]))
            gone = CentreMembership.objects.filter(centre=centre, until=None, since__lt=month.replace(day=20))
            gone.filter(network=history.chance.choice(history.networks)).update(until=month.replace(day=28))


@given(seed=st.integers(0, 10**9))
@settings(max_examples=HISTORIES, **SEEN)
def test_what_is_counted_anew_is_what_the_frozen_lines_held(seed):
    with transaction.atomic():
        frozen_while_they_move(History(seed, panels=30))
        slow, spans = Slow(), [tuple(MONTHS), tuple(MONTHS[:2]), tuple(MONTHS[2:])]
        anew, waits = patients_over(spans), waits_over(MONTHS)
        for name, moment in (("patients_entered", "opened_at"), ("patients_reviewed", "first_reply_at")):
            for span in spans:
                known = slow.gathered(moment, span, lambda panel: panel.case.patient_id)
                found = {place: line[name] for place, line in anew[span].items() if line.get(name)}
                assert found == {place: len(set(patients)) for place, patients in known.items()}, (seed, name, span)
                COMPARED["patients"] += len(found)
            each = defaultdict(list)
            for line in MonthlyKpi.objects.all():
                each[place_of(line)].append(line.figures.get(name, 0))
            for place, counts in each.items():
                assert max(counts) <= (anew[spans[0]].get(place, {}).get(name) or 0) <= sum(counts), (seed, name, place)
        for name, moment in (("reply", "first_reply_at"), ("closing", "closed_at")):
            known = slow.gathered(moment, MONTHS, lambda panel, until=moment: getattr(panel, until) - panel.opened_at)
            found = {
                p: (row[f"{name}_median"], row[f"{name}_p90"]) for p, row in waits.items() if row.get(f"{name}_number")
            }
            assert found == {place: median_and_tenth(took) for place, took in known.items()}, (seed, name)
            COMPARED["waits"] += len(found)
        transaction.set_rollback(True)


def of_year(user):
    return {row.line.pk: row.figures for row in kpis.sums_for(user, kpis.period_of("2022"))}


def test_a_year_stays_the_same_when_a_hospital_is_put_into_another_country():
    History(5, panels=200)
    for month in (*MONTHS[1:], dt.date(2022, 12, 1)):
        actions.freeze_month(month, by=None)
    user = UserFactory(role="none")
    give_role(user, Role.CORE_HELPDESK)
    before = of_year(user)
    countries = [before[line.pk] for line in MonthlyKpi.objects.exclude(country="") if line.pk in before]
    shown = [isinstance(row[name], int | float) for row in countries for name in ("patients_entered", "reply_median")]
    assert any(shown)
    Centre.objects.filter(country="FI").update(country="PT")
    assert of_year(user) == before


def test_a_hospital_that_left_within_the_month_has_a_line_while_something_of_it_counts():
    History(5, panels=20)
    panel = Panel.objects.exclude(centre=None).first()
    place = {"network": panel.network, "centre": panel.centre}
    CentreMembership.objects.filter(**place).delete()
    CentreMembership.objects.create(**place, kind="full", since=dt.date(2021, 1, 1), until=dt.date(2022, 1, 20))
    Panel.objects.filter(centre=panel.centre).update(opened_at=dt.datetime(2022, 1, 5, tzinfo=dt.UTC))
    actions.freeze_month(MONTHS[1], by=None)
    line = MonthlyKpi.objects.get(**place)
    assert line.panels_opened == Panel.objects.filter(**place).count() > 0
    assert (line.registered, line.figures.get("centres")) == (0, None)
    for whole in MonthlyKpi.objects.filter(group=None, centre=None).exclude(country=""):
        homes = MonthlyKpi.objects.filter(network=whole.network_id, stands_in=whole.country)
        assert whole.panels_opened == sum(homes.values_list("panels_opened", flat=True))


def frozen_as_before(month):
    """Months frozen by an earlier version hold no line of a hospital that had left by their end."""
    there = set(CentreMembership.objects.on(month.replace(day=28)).values_list("network", "centre"))
    stands = dict(Centre.objects.values_list("pk", "country"))
    for line in kpis.counted(month):
        place, counts = line.place, {name: value for name, value in vars(line).items() if name != "place"}
        if not place.centre or (place.network, place.centre) in there:
            keys = {f"{name}_id": getattr(place, name) for name in ("network", "group", "centre")}
            row = MonthlyKpi(
                month=month, country=place.country, stands_in=stands.get(place.centre, ""), **keys, **counts
            )
            row.save()


def test_of_months_without_its_line_a_hospital_counts_in_its_country_and_its_network_alone():
    History(5, panels=60)
    centre = Centre.objects.filter(panels__opened_at__year=2022).first()
    network = centre.panels.filter(opened_at__year=2022).first().network
    CentreMembership.objects.filter(network=network).delete()
    for one in Centre.objects.filter(country=centre.country):
        until = dt.date(2022, 1, 20) if one == centre else None
        CentreMembership.objects.create(network=network, centre=one, kind="full", since=FIRST.date(), until=until)
    for month in MONTHS:
        frozen_as_before(month)
    months = [line.month for line in MonthlyKpi.objects.filter(network=network, centre=centre)]
    assert months == MONTHS[:1]
    found, slow = patients_over([tuple(MONTHS)])[tuple(MONTHS)], Slow()
    known = slow.gathered("opened_at", MONTHS, lambda panel: panel.case.patient_id)
    own, country = Place(network.pk, centre=centre.pk), Place(network.pk, country=centre.country)
    assert {name for name, line in found.items() if line.get("patients_entered")} == set(known)
    assert found.get(own, {}).get("patients_entered", 0) == len(set(known[own]))
    here = [panel for panel in slow.panels if panel.network_id == network.pk and panel.centre.country == centre.country]
    every = {panel.case.patient_id for panel in here if EDGES[0] <= panel.opened_at < EDGES[-1]}
    assert found[country]["patients_entered"] == len(every) > len(set(known[own]))


@given(counts=st.lists(COUNT, min_size=6, max_size=6), gone=st.sets(st.integers(0, 5), min_size=1, max_size=3))
@settings(max_examples=TABLES, **SEEN)
def test_no_figure_of_a_hospital_without_a_line_follows_from_those_of_its_country(counts, gone):
    with transaction.atomic():
        home = Home()
        every = home.lines(YEAR[0], counts, [0] * 6)
        keys = {home.centres[n].pk for n in gone}
        stood = [line.stands_in for line in every if line.centre_id and line.centre_id not in keys]
        lines = [line for line in every if line.centre_id not in keys and (not line.country or line.country in stood)]
        hidden = too_few_in(lines)["panels_opened"]
        sums = [type(one)(key(one.whole), [key(part) for part in one.parts]) for one in sums_of(lines)]
        assert given_away(sums, {key(place) for place in hidden}) == set()
        left = Counter(dict.fromkeys(stood, 0))
        for n in gone:
            country = home.centres[n].country
            left[country if country in stood else ""] += counts[n]
        for country, count in left.items():
            rest = rest_of(Place(home.network.pk, country=country))
            assert rest in hidden or not 0 < count < LEAST, (counts, gone)
        transaction.set_rollback(True)


def test_a_month_hides_what_a_hospital_that_left_had_in_it():
    """Twelve panels of the country, ten of the only hospital with a line: two were of the one that left."""
    home = Home()
    lines = home.lines(YEAR[0], [10, 2, 9, 9, 9, 9], [0] * 6)
    hidden = too_few_in([line for line in lines if line.centre_id != home.centres[1].pk])["panels_opened"]
    near, country = (Place(home.network.pk, **held) for held in ({"centre": home.centres[0].pk}, {"country": "FI"}))
    assert hidden & {near, country} == {near}


def months_of(home, opened, edit):
    """``opened`` panels of each hospital in a month; ``edit`` changes the lines of a month."""
    return {day: edit(day, home.lines(day, opened(day), [0] * 6)) for day in YEAR}


def test_a_year_hides_what_a_hospital_had_in_the_one_month_that_it_left_in():
    home = Home()

    def without_a_line(day, lines):
        return [line for line in lines if day.month < 5 or line.centre_id != home.centres[1].pk]

    months = months_of(home, lambda d: [9, 9 if d.month < 5 else 3 if d.month == 5 else 0, 9, 9, 9, 9], without_a_line)
    hiding, near = Hiding(months), Place(home.network.pk, centre=home.centres[0].pk)
    country, left = (Place(home.network.pk, **held) for held in ({"country": "FI"}, {"centre": home.centres[1].pk}))
    for span in (YEAR[4:5], YEAR[3:6], YEAR):
        assert hiding.over(span)["panels_opened"] & {near, country, left}, span
    assert not hiding.over(YEAR[6:9])["panels_opened"]


def test_a_year_hides_what_a_hospital_had_in_the_country_that_it_stood_in_before():
    """One panel in each of three months in Finland, and in each of three in Portugal: its own year may be shown, but Finland's
    year less that of its other hospital would say three."""
    home = Home()
    moved = home.centres[1]

    def elsewhere(day, lines):
        by_country = {line.country: line for line in lines if line.country}
        for line in lines:
            if line.centre_id == moved.pk and day.month > 3:
                line.stands_in = "PT"
                by_country["FI"].panels_opened -= line.panels_opened
                by_country["PT"].panels_opened += line.panels_opened
        return lines

    months = months_of(home, lambda d: [9, 1 if d.month < 7 else 9, 9, 9, 9, 9], elsewhere)
    hidden = Hiding(months).over(YEAR)["panels_opened"]
    assert {Place(home.network.pk, centre=centre.pk) for centre in (moved, home.centres[0])} <= hidden
