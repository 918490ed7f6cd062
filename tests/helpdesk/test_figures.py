"""The figures are those of an independent count over all rows; a month is frozen once, and what comes late stands beside it."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.db.models import Q
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cpms import clock
from cpms.accounts.models import Centre, CentreMembership
from cpms.accounts.roles import Role
from helpdesk import actions, kpis
from helpdesk.models import KpiCorrection, MonthlyKpi
from outcomes.states import Benefit, EffectKind
from panels.models import Panel
from tests.campaigns.report import note
from tests.clients import signed_in
from tests.factories import CentreFactory, NetworkFactory, Story, UserFactory, give_role
from tests.helpdesk.histories import MONTHS, History
from tests.helpdesk.slow_figures import Slow

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
HISTORIES = int(os.environ.get("CPMS_FIGURES", "3"))
MONTH = dt.date(2022, 1, 1)
QUERIES = 33


COMPARED = Counter()


@pytest.fixture(scope="module", autouse=True)
def told():
    """What was compared, for the campaign."""
    yield
    note("figures", **{name.replace(" ", "_"): COMPARED[name] for name in sorted(COMPARED)})


def everything(line):
    columns = {name: getattr(line, name) for name in ("registered", "active", "panels_opened", "panels_closed")}
    return {name: value for name, value in (columns | line.figures).items() if value}


@given(seed=st.integers(0, 10**9))
@settings(
    max_examples=HISTORIES,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_figure_is_what_a_slow_count_over_all_rows_gives(seed):
    with transaction.atomic():
        History(seed)
        for month in MONTHS:
            slow, found = Slow(month), {}
            for line in kpis.counted(month):
                place = line.place
                found[place.network, place.group, place.country, place.centre] = everything(line)
            assert found == {key: slow.of(*key) for key in slow.lines()}, (seed, month)
            COMPARED.update(months=1, lines=len(found), figures=sum(map(len, found.values())))
            COMPARED["survey figures"] += sum(
                name.startswith(("survey", "reason")) for row in found.values() for name in row
            )
        COMPARED["histories"] += 1
        transaction.set_rollback(True)


def test_the_queries_of_a_month_do_not_grow_with_the_history(django_assert_num_queries):
    for seed, many in ((1, 12), (2, 40)):
        with transaction.atomic():
            history = History(seed, panels=many)
            for number, network in enumerate(history.networks[: many // 12], start=7):
                history.round(network, number, closed=dt.datetime(2022, 1, 9, tzinfo=dt.UTC))
            with django_assert_num_queries(QUERIES):
                kpis.counted(MONTH)
            transaction.set_rollback(True)


@pytest.fixture
def frozen():
    History(5, panels=20)
    assert actions.freeze_month(MONTH, by=None) == MonthlyKpi.objects.count() > 0
    return MonthlyKpi.objects.filter(group=None, centre=None, country="").order_by("-panels_opened").first()


NOT_IN_JANUARY = Q(closed_at=None) | Q(closed_at__lt=dt.datetime(2022, 1, 1, tzinfo=dt.UTC))


def test_what_comes_late_stands_beside_the_frozen_line_once(frozen):
    assert actions.note_corrections(MONTH, by=None) == 0
    before = frozen.panels_closed
    panel = Panel.objects.filter(NOT_IN_JANUARY, network=frozen.network).first()
    moment = dt.datetime(2022, 1, 9, tzinfo=dt.UTC)
    Panel.objects.filter(pk=panel.pk).update(closed_at=moment, state="closed")
    assert actions.note_corrections(MONTH, by=None) > 0
    assert actions.note_corrections(MONTH, by=None) == 0
    frozen.refresh_from_db()
    found = KpiCorrection.objects.get(line=frozen, figure="panels_closed")
    assert (found.was, found.now, frozen.panels_closed) == (before, before + 1, before)


def test_freezing_twice_changes_nothing_and_a_new_network_is_added(frozen):
    count = MonthlyKpi.objects.count()
    assert actions.freeze_month(MONTH, by=None) == 0
    added = Story("late").lead.centre.networks.get()
    assert actions.freeze_month(MONTH, by=None) == MonthlyKpi.objects.filter(network=added).count() > 0
    assert MonthlyKpi.objects.exclude(network=added).count() == count


def test_missed_months_are_frozen_by_the_next_night_and_once(monkeypatch):
    """Beat was away from February to April; a network that came in April has nothing before."""
    History(5, panels=20)
    monkeypatch.setattr(clock, "today", lambda _zone=None: dt.date(2022, 2, 3))
    actions.close_month(by=None)
    monkeypatch.setattr(clock, "today", lambda _zone=None: dt.date(2022, 5, 20))
    added = NetworkFactory(code="NEW", name="New")
    CentreFactory(network=added)
    for _night in range(2):
        actions.close_month(by=None)
    months = {
        network: sorted({row.month.month for row in MonthlyKpi.objects.filter(network=network)})
        for network in MonthlyKpi.objects.values_list("network", flat=True).distinct()
    }
    assert months.pop(added.pk) == [4]
    assert {tuple(found) for found in months.values()} == {(1, 2, 3, 4)}


@pytest.mark.parametrize(
    "sql", ["UPDATE helpdesk_monthlykpi SET active = active + 1", "DELETE FROM helpdesk_monthlykpi"]
)
def test_the_database_refuses_to_change_a_frozen_line(frozen, sql):
    refused = pytest.raises((InternalError, ProgrammingError), match="does not change")
    with connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(sql)
    assert MonthlyKpi.objects.filter(pk=frozen.pk, active=frozen.active).exists()


def test_every_figure_is_known_once_and_effects_are_kept_from_few():
    names = [figure.name for figure in kpis.FIGURES]
    assert len(names) == len(set(names))
    kept = {figure.name for figure in kpis.FIGURES if figure.patients}
    assert {f"effect_{kind}" for kind in EffectKind.values} | {f"benefit_{kind}" for kind in Benefit.values} <= kept


def test_periods_have_names_and_nothing_else_is_one():
    names = ["2022", "2022-Q4", "2022-02"]
    spans = [(len(one.months), one.months[0]) for one in map(kpis.period_of, names)]
    assert spans == [(12, dt.date(2022, 1, 1)), (3, dt.date(2022, 10, 1)), (1, dt.date(2022, 2, 1))]
    assert [kpis.period_of(name) for name in ("2022-13", "2022-Q5", "22", "2022-1", "", "٢٠٢٢")] == [None] * 6


def test_a_period_adds_up_its_months_and_keeps_few_patients_hidden(frozen):
    reader = UserFactory(role="none")
    give_role(reader, Role.NETWORK_COORDINATOR, network=frozen.network)
    actions.freeze_month(dt.date(2022, 2, 1), by=None)
    KpiCorrection.objects.create(line=frozen, figure="panels_opened", was=frozen.panels_opened, now=90)
    other = MonthlyKpi.objects.get(
        network=frozen.network, month=dt.date(2022, 2, 1), group=None, centre=None, country=""
    )
    year, quarter = (list(kpis.sums_for(reader, kpis.period_of(name))) for name in ("2022", "2022-Q1"))
    whole = year[0]
    assert (whole.months, whole.figures["panels_opened"]) == (2, 90 + other.panels_opened)
    assert whole.figures["registered"] == other.registered
    assert kpis.places_for(reader, kpis.period_of("2022")) == len(year)
    patients = [figure.name for figure in kpis.FIGURES if figure.patients]
    assert {row.figures[name] for row in (*quarter, *year) for name in patients} == {None}


def test_the_page_shows_every_figure_of_a_line_and_what_came_late(frozen):
    reader = UserFactory(role="none")
    give_role(reader, Role.HELPDESK_ADULT, network=frozen.network)
    KpiCorrection.objects.create(line=frozen, figure="meetings", was=1, now=71)
    page = signed_in(reader).get(f"{reverse('kpis')}?month=2022-01&line={frozen.pk}", secure=True).content.decode()
    assert [
        figure.words for figure in kpis.FIGURES if figure.adds and not figure.patients and figure.words not in page
    ] == []
    assert "71 by rows that came late" in page
    assert "Users who do not return" in page
    assert "Effect on the treatment" not in page


def test_a_hospital_put_into_another_country_changes_nothing_of_the_months_before():
    History(5, panels=20)
    panel = Panel.objects.filter(NOT_IN_JANUARY, centre__isnull=False).first()
    Panel.objects.filter(pk=panel.pk).update(opened_at=dt.datetime(2022, 1, 5, tzinfo=dt.UTC))
    place = {"network": panel.network, "centre": panel.centre}
    CentreMembership.objects.filter(**place).delete()
    CentreMembership.objects.create(**place, kind="full", since=dt.date(2021, 1, 1))
    actions.freeze_month(MONTH, by=None)
    line = MonthlyKpi.objects.get(**place)
    home, other = line.centre.country, "MT"
    assert line.stands_in == home != other
    officers = []
    for country in (home, other):
        officers.append(UserFactory(role="none"))
        give_role(officers[-1], Role.NATIONAL_OFFICER, country=country)
    seen = [set(MonthlyKpi.objects.visible_to(officer)) for officer in officers]
    Centre.objects.filter(pk=line.centre_id).update(country=other)
    assert actions.note_corrections(MONTH, by=None) == 0
    assert [set(MonthlyKpi.objects.visible_to(officer)) for officer in officers] == seen
    assert line in seen[0] - seen[1]
    Panel.objects.filter(pk=panel.pk).update(closed_at=dt.datetime(2022, 1, 9, tzinfo=dt.UTC), state="closed")
    assert actions.note_corrections(MONTH, by=None) > 0
    late = KpiCorrection.objects.values_list("line__centre", "line__country")
    assert (line.centre_id, "") in late
    assert not {country for _centre, country in late} & {home, other}
