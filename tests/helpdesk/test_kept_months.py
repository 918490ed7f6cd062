"""What frozen months hide is decided once, and anew as soon as one of their rows is new; a month of many lines comes in pages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions as places
from cpms.accounts.roles import Role
from helpdesk.kpis import table_of
from helpdesk.kpis.few import place_of, too_few_in
from helpdesk.kpis.kept import decided, kept_by_month
from helpdesk.models import KpiCorrection, MonthlyKpi
from helpdesk.views import PAGE
from tests.clients import signed_in
from tests.factories import CentreFactory, GroupFactory, NetworkFactory
from tests.helpdesk.test_charts import MARCH, line, reader

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
NAMES = ["panels_opened"]


@pytest.fixture
def network():
    made = NetworkFactory(code="NEAR", name="Near")
    line(made, MARCH, 40, 30)
    for number, opened in ((1, 3), (2, 7), (3, 20)):
        line(made, MARCH, 9, opened, group=GroupFactory(network=made, number=number))
    return made


def groups_hidden(network):
    whole = MonthlyKpi.objects.get(network=network, month=MARCH, group=None, centre=None, country="")
    found = kept_by_month(whole, NAMES)
    every = decided(MonthlyKpi.objects.filter(network=network), NAMES)
    assert found == {day: {NAMES[0]: {one for one in hidden[NAMES[0]] if one.group}} for day, hidden in every.items()}
    return {place.group for place in found[MARCH][NAMES[0]]}


def test_a_month_is_decided_once_and_anew_once_rows_came_late(network):
    first, second, third = network.groups.order_by("number").values_list("pk", flat=True)
    assert groups_hidden(network) == {first, second}
    late = MonthlyKpi.objects.get(network=network, group=third)
    KpiCorrection.objects.create(line=late, figure=NAMES[0], was=20, now=4)
    assert groups_hidden(network) >= {first, third}
    line(network, dt.date(2026, 2, 1), 40, 30)
    line(network, dt.date(2026, 2, 1), 9, 2, group=network.groups.get(number=1))
    line(network, dt.date(2026, 2, 1), 9, 28, group=network.groups.get(number=2))
    assert groups_hidden(network) >= {first, third}


def test_what_a_correction_leaves_of_a_country_is_hidden_like_what_was_frozen():
    """Two panels of a hospital without a line came late: they are what the country holds beyond its only hospital."""
    made = NetworkFactory(code="LATE", name="Late")
    whole, country = line(made, MARCH, 40, 30), line(made, MARCH, 9, 10, country="AT")
    near = line(made, MARCH, 9, 10, centre=CentreFactory(name="Hill", country="AT"))
    line(made, MARCH, 9, 20, country="DE")

    def hidden():
        rows = made.kpis.filter(month=MARCH).select_related("centre").prefetch_related("corrections")
        found = too_few_in(rows)[NAMES[0]]
        assert found == decided(made.kpis.order_by(), NAMES)[MARCH][NAMES[0]]
        return found

    assert hidden() == set()
    for row in (country, whole):
        was = row.panels_opened
        KpiCorrection.objects.create(line=row, figure=NAMES[0], was=was, now=was + 2)
    assert place_of(near) in hidden()
    tomorrow = clock.now() + dt.timedelta(days=1)
    for row, was in ((country, 12), (whole, 32)):
        KpiCorrection.objects.create(line=row, figure=NAMES[0], was=was, now=was + 5, found_at=tomorrow)
    assert place_of(near) in hidden(), "who read of twelve the night before would know"


def test_what_one_night_corrects_together_is_no_rest_for_a_moment():
    """A hospital and its country come to two more: neither the one alone nor the other is what anybody ever read."""
    made = NetworkFactory(code="LATE", name="Late")
    rows = [line(made, MARCH, 40, 30), line(made, MARCH, 9, 10, country="AT")]
    rows.append(line(made, MARCH, 9, 10, centre=CentreFactory(name="Hill", country="AT")))
    line(made, MARCH, 9, 20, country="DE")
    for row in rows:
        KpiCorrection.objects.create(line=row, figure=NAMES[0], was=row.panels_opened, now=row.panels_opened + 2)
    lines = made.kpis.filter(month=MARCH).prefetch_related("corrections")
    assert too_few_in(lines)[NAMES[0]] == set()
    assert decided(made.kpis.order_by(), NAMES)[MARCH][NAMES[0]] == set()


def test_what_is_kept_is_not_decided_again(network, django_assert_num_queries):
    whole = MonthlyKpi.objects.get(network=network, month=MARCH, group=None)
    for asked in (3, 1):
        with django_assert_num_queries(asked):
            kept_by_month(whole, NAMES)


def months_shown(user):
    """What the page hides of each line, held against what the rule says of all lines of its network."""
    table, shown = table_of(user, MARCH), {}
    for pk in {one.network_id for one in table.lines}:
        rows = list(MonthlyKpi.objects.filter(network=pk, month=MARCH).select_related("centre"))
        hidden = too_few_in(rows)
        for row in rows:
            assert table.dark(row) == {name for name, places in hidden.items() if place_of(row) in places}
            shown[row.pk] = table.dark(row)
    return shown


def test_the_page_of_a_month_hides_what_the_rule_says_cold_and_kept_and_after_a_change(network):
    far, core = NetworkFactory(code="FAR", name="Far"), reader(Role.CORE_HELPDESK)
    line(far, MARCH, 40, 29)
    line(far, MARCH, 9, 29, country="AT")
    small, middle, _large = (
        line(far, MARCH, 9, opened, centre=CentreFactory(name=f"Hill {opened}", country="AT")) for opened in (3, 6, 20)
    )
    before = months_shown(core)
    assert "panels_opened" in before[small.pk]
    assert months_shown(core) == before
    KpiCorrection.objects.create(line=network.kpis.get(group__number=3), figure="panels_opened", was=20, now=4)
    late = months_shown(core)
    assert late != before
    assert {pk: late[pk] for pk in (small.pk, middle.pk)} == {pk: before[pk] for pk in (small.pk, middle.pk)}
    described = {"name": "Hill 6", "city": middle.centre.city, "version": middle.centre.version}
    places.describe_centre(middle.centre, country="DE", by=core, **described)
    assert months_shown(core) == late, (
        "with what was read before, another choice of what is hidden would tell the small one"
    )


def test_a_month_of_many_lines_comes_in_pages_and_by_network(network):
    far = NetworkFactory(code="FAR", name="Far")
    line(far, MARCH, 8, 8)
    for number in range(PAGE):
        line(network, MARCH, 9, 9, centre=CentreFactory(name=f"Hill {number:03}"))
    client, path = signed_in(reader(Role.CORE_HELPDESK)), reverse("kpis")
    first, second = (client.get(f"{path}?page={number}", secure=True) for number in (1, 2))
    assert [len(page.context["rows"]) for page in (first, second)] == [PAGE, 5]
    assert first.context["line"].network == second.context["line"].network == far
    assert "105 lines" in first.content.decode()
    own = client.get(f"{path}?network=FAR", secure=True)
    assert [row.line.network for row in own.context["rows"]] == [far]
    last = second.context["rows"][-1].line
    chosen = client.get(f"{path}?line={last.pk}", secure=True)
    assert chosen.context["line"] == last
    assert last.pk not in [row.line.pk for row in chosen.context["rows"]]
    assert f"Every figure: {last.place}" in chosen.content.decode()
