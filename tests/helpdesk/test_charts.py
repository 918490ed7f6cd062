"""Charts say what frozen figures show, to each reader as much as their role allows; the picture follows the numbers."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from django.db import transaction
from django.template import Context, Template
from django.urls import reverse

from cpms.accounts.roles import Role
from cpms.charts import Bars, Cell, Line, Over, apart, steps_to
from helpdesk.kpis import SIGN, charts_of
from helpdesk.kpis.charts import funnel, most_panels, starters, tens, waits
from helpdesk.kpis.series import START, Month, totals
from helpdesk.models import KpiCorrection, MonthlyKpi
from tests.clients import signed_in
from tests.factories import CentreFactory, GroupFactory, NetworkFactory, UserFactory, give_role

MARCH = dt.date(2026, 3, 1)
QUERIES = 12
DECIDED = 2
"""Those that look at new months; what they hide is kept in the cache, on its own connection."""
BOTH = pytest.mark.django_db(databases=["default", "cachedb"])


def line(network, month, registered, opened, *, figures=None, **place):
    counts = {"registered": registered, "active": registered // 2, "panels_opened": opened, "panels_closed": 0}
    if centre := place.get("centre"):
        place["stands_in"] = centre.country
    return MonthlyKpi.objects.create(network=network, month=month, figures=figures or {}, **counts, **place)


@pytest.fixture
def two_networks():
    """Three months of a network with two groups and a centre; one of another."""
    near, far = NetworkFactory(code="NEAR", name="Near"), NetworkFactory(code="FAR", name="Far")
    groups = [GroupFactory(network=near, number=n, name=name) for n, name in ((1, "Bone"), (2, "Thyroid"))]
    for month in (dt.date(2026, 1, 1), dt.date(2026, 2, 1), MARCH):
        line(near, month, 20 + month.month, 4)
        for number, group in enumerate(groups):
            line(near, month, 9, 1 + 2 * number, group=group)
        line(
            near,
            month,
            2,
            1,
            centre=CentreFactory.create(name="Hill") if month == MARCH else None,
            country="FI" if month < MARCH else "",
        )
    line(far, MARCH, 7, 2)
    return near, far, groups


def reader(role, **held):
    user = UserFactory(role="none")
    give_role(user, role, **held)
    return user


def whole(network):
    return MonthlyKpi.objects.get(network=network, month=MARCH, group=None, centre=None, country="")


@BOTH
def test_each_reader_gets_the_charts_of_what_they_see(two_networks):
    near, _far, groups = two_networks
    late = MonthlyKpi.objects.get(group=groups[1], month=MARCH)
    for was, now in ((3, 4), (4, 6)):
        KpiCorrection.objects.create(line=late, figure="panels_opened", was=was, now=now)
    found = charts_of(reader(Role.CORE_HELPDESK), whole(near))
    assert [one.finding for one in found] == [
        "Users went from 21 to 23; 10 to 11 of them were active in a month",
        "Group 2, Thyroid has the most panels, about 5 of 12",
        "Near has the most panels, about 10",
    ]
    assert [cell.shown for _name, cells in found[2].rows for cell in cells] == ["20", "10", "10", "under 5"]
    assert found[0].rows == [
        ("Mar 2026", [23, 11, 12]),
        ("Feb 2026", [22, 11, 8]),
        ("Jan 2026", [21, 10, 4]),
    ]
    own = charts_of(reader(Role.NETWORK_COORDINATOR, network=near), whole(near))
    assert [one.finding for one in own] == [one.finding for one in found[:2]]
    (alone,) = charts_of(reader(Role.GROUP_COORDINATOR, group=groups[1]), late)
    assert alone.rows[0] == ("Mar 2026", [10, 5])  # four active are not drawn, and March waits for more panels
    assert charts_of(reader(Role.GROUP_COORDINATOR, group=groups[1]), whole(near)) == []


@BOTH
def test_the_charts_ask_no_more_of_many_months_groups_and_networks(two_networks, django_assert_num_queries):
    near, _far, _groups = two_networks
    core, at = reader(Role.CORE_HELPDESK), whole(near)
    line(near, dt.date(2025, 12, 1), 9, 1)
    charts_of(core, at)  # who has asked before is known with their roles
    with django_assert_num_queries(QUERIES):
        charts_of(core, at)
    further = NetworkFactory(code="THIRD", name="Third")
    for number in range(1, 5):
        line(near, dt.date(2025, number, 1), 9, 1)
        line(near, MARCH, 9, 1, group=GroupFactory(network=near, number=10 + number))
        line(further, dt.date(2025, number, 1), 9, 1)
    line(further, MARCH, 9, 1)
    for asked in (QUERIES + DECIDED, QUERIES):
        with django_assert_num_queries(asked):
            assert len(charts_of(core, at)[2].rows) == 3


@BOTH
def test_what_is_said_of_patients_is_drawn_by_the_frozen_year_alone(two_networks):
    """Nothing of a year can be had by subtraction: neither of another reader's sum nor of what was shown before."""
    near, _far, groups = two_networks
    officer, at = reader(Role.GROUP_COORDINATOR, group=groups[1]), MonthlyKpi.objects.get(group=groups[1], month=MARCH)
    said = {"effect_changed": 11, "effect_validated": 5, "benefit_yes": 9, "benefit_no": 2}
    line(near, dt.date(2024, 12, 1), 9, 1, figures={"effect_changed": 20})
    assert answers(officer, at) == []  # no month of 2025 is frozen
    line(near, dt.date(2025, 11, 1), 9, 1, figures={"effect_changed": 3})
    assert answers(officer, at) == []  # the year was not over
    december = line(near, dt.date(2025, 12, 1), 9, 1, figures=said)
    effect, benefit = changed, _benefit = answers(officer, at)
    assert effect.finding == "Effect on the treatment, most often “changed it”: 14 of 19"
    assert [cells[0].shown for _name, cells in effect.rows] == ["14", "5", "0", "0"]
    assert benefit.finding == "Benefit: an answer was given too rarely to show the figures"
    assert {cells[0].shown for _name, cells in benefit.rows} == {SIGN}
    for found, validated in ((december.frozen_at, 6), (december.frozen_at + dt.timedelta(days=1), 7)):
        KpiCorrection.objects.create(
            line=december, figure="effect_validated", was=validated - 1, now=validated, found_at=found
        )
        effect, changed = changed, answers(officer, at)[0]
    assert [cells[0].shown for _name, cells in effect.rows] == ["14", "6", "0", "0"]  # in the year's first file already
    assert {(cells[0].value, cells[0].shown) for _name, cells in changed.rows} == {(None, "changed")}


def answers(user, at):
    return [one for one in charts_of(user, at) if getattr(one, "of", "") == "Answer"]


@BOTH
def test_the_page_draws_them(two_networks):
    near, _far, _groups = two_networks
    page = signed_in(reader(Role.NETWORK_COORDINATOR, network=near)).get(reverse("kpis"), secure=True).content.decode()
    assert "Group 2, Thyroid has the most panels, about 5 of 12</h2>" in page
    assert page.count('<polyline class="line-') == 3
    assert "rounded to ten" not in page


@BOTH
def test_the_page_begins_where_the_reader_wants(two_networks):
    near, _far, _groups = two_networks
    client = signed_in(reader(Role.NETWORK_COORDINATOR, network=near))
    page = client.get(f"{reverse('kpis')}?month=2026-03&from=2026-02", secure=True).content.decode()
    assert "Users went from 22 to 23" in page
    assert "panels opened since February 2026, February 2026 to March 2026" in page
    assert "No group has five panels yet</h2>" in page  # its February is counted with January
    assert '<option value="2026-02" selected>' in page
    assert "&amp;from=2026-02&amp;line" in page
    for nonsense in ("2026-03", "2025-01", "x"):
        page = client.get(f"{reverse('kpis')}?month=2026-03&from={nonsense}", secure=True).content.decode()
        assert "since the start, January 2026 to March 2026" in page
        said = f"{'March 2026' if nonsense == '2026-03' else 'x'} is not before March 2026, so the charts begin at the start."
        assert (said in page, "is not before" in page) == (nonsense == "2026-03", nonsense == "2026-03")


def of_group(network, group):
    return MonthlyKpi.objects.get(network=network, month=MARCH, group=group)


@pytest.fixture
def three_months():
    """A network whose first group has six panels, then few, then few; the other has many."""

    def build(*few):
        network = NetworkFactory(code="AIM", name="Aim")
        groups = [GroupFactory(network=network, number=n, name=name) for n, name in ((1, "Bone"), (2, "Thyroid"))]
        for number, opened in enumerate((6, *few), start=1):
            asked = dict.fromkeys(("invited", "answered", "accepted", "advised"), opened)
            day = dt.date(2026, number, 1)
            line(network, day, 60, opened + 30, figures=dict.fromkeys(asked, opened + 30))
            line(network, day, 30, opened, figures=asked, group=groups[0])
            line(network, day, 30, 30, figures=dict.fromkeys(asked, 30), group=groups[1])
        return network, groups

    return build


@BOTH
@pytest.mark.parametrize("starts", [dt.date(2026, 1, 1), dt.date(2026, 2, 1), MARCH, START])
def test_no_chart_depends_on_a_month_that_is_hidden_wherever_it_begins(three_months, starts):
    """Five pairs of counts that come to four or fewer: whatever the reader aims at, the charts are the same."""
    drawn = set()
    for few in ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1)):
        with transaction.atomic():
            network, groups = three_months(*few)
            user = reader(Role.GROUP_COORDINATOR, group=groups[0])
            core = reader(Role.NETWORK_COORDINATOR, network=network)
            found = charts_of(user, of_group(network, groups[0]), starts)
            bars = [one for one in charts_of(core, whole(network), starts) if getattr(one, "of", "") == "Group"]
            shown = [(one.finding, getattr(one, "lines", None) or one.rows) for one in found]
            drawn.add(str((shown, [[(name, cells) for name, cells in one.rows] for one in bars])))
            transaction.set_rollback(True)
    assert len(drawn) == 1


def test_hidden_months_are_added_together_from_the_first_on():
    hidden = frozenset({"panels_opened"})
    counts = ((6, False), (2, True), (9, False), (1, True), (3, True), (4, True))
    months = [
        Month(dt.date(2026, n, 1), {"panels_opened": count}, hidden=hidden if dark else frozenset())
        for n, (count, dark) in enumerate(counts, start=1)
    ]
    assert totals(months, "panels_opened") == [6, 6, 15, 15, 21, 21]
    assert totals(months, "panels_opened", dt.date(2026, 2, 1)) == [0, 9, 9, 15, 15]
    assert totals(months, "panels_opened", dt.date(2026, 3, 1)) == [9, 9, 9, 9]


@BOTH
def test_a_chart_says_that_rows_came_late(two_networks):
    near, _far, _groups = two_networks
    core = reader(Role.CORE_HELPDESK)
    assert "came late" not in charts_of(core, whole(near))[0].about
    KpiCorrection.objects.create(line=whole(near), figure="panels_opened", was=4, now=5)
    assert charts_of(core, whole(near))[0].about.endswith("; with rows that came late")


def month(day=MARCH, **figures):
    return Month(day, figures)


def test_a_year_says_how_invitations_waits_and_starters_went():
    year = [
        month(dt.date(2026, 2, 1), invited=30, answered=20, accepted=9, advised=4, reply_median=50.4, reply_p90=90.0)
    ]
    year.append(month(invited=10, accepted=1, starters=16, top_five_share=48))
    asked = funnel(year)
    assert asked.finding == "40 invitations sent, 10 accepted; 4 of the invited gave advice"
    assert [cells[0].share for _name, cells in asked.rows] == ["100 %", "50 %", "25 %", "10 %"]
    took = waits(year)
    assert took.finding == "Half of the panels first answered in Feb 2026 had their answer within 2.1 days"
    assert [cell.shown for cell in took.rows[0][1]] == ["2.1 days", "3.8 days"]
    who = starters(year)
    assert (who.finding, who.rows[1][0]) == ("Five of 16 people started 48 % of the panels", "The 11 others")
    nothing = [month(starters=4, top_five_share=100)]
    assert [draw(nothing) for draw in (funnel, waits, starters)] == [None] * 3


def test_who_has_most_panels_is_named_alone_or_together():
    said = [
        most_panels(counts, "groups")
        for counts in ({"A": 2, "B": 1}, {"A": 2, "B": 2, "C": 1}, dict.fromkeys("ABC", 2))
    ]
    assert said == [
        "A has the most panels",
        "A and B each have the most panels",
        "3 groups each have the most panels",
    ]


def test_networks_are_compared_in_tens():
    assert [tens(n).shown for n in (0, 1, 4, 5, 14, 15, 267)] == ["0", "under 5", "under 5", "10", "10", "20", "270"]


@pytest.mark.parametrize(
    ("top", "steps"),
    [(0, [0, 1]), (1, [0, 1]), (3, [0, 1, 2, 3]), (267, [0, 100, 200, 300]), (300, [0, 100, 200, 300])],
)
def test_the_rules_of_a_chart_are_round_and_reach_its_top(top, steps):
    assert steps_to(top) == steps


def test_labels_at_the_end_of_lines_do_not_cover_one_another():
    feet = apart([180, 178, 60, 181])
    ordered = sorted(feet)
    assert all(low + 16 <= high for low, high in pairwise(ordered))
    assert feet[2] == 60


def test_a_picture_is_hidden_from_screen_readers_and_its_table_is_not():
    over = Over("Up", "Users", ((1, "Jan"), (2, "Feb"), (4, "Apr")), (Line("Users", "10 users", (0, 5, 10)),))
    bars = Bars(
        "<b>",
        "By group",
        "Group",
        ("Panels",),
        (("A & B", (Cell(8, "8"),)), ("C", (Cell(2, "2"),)), ("D", (Cell(None, "none"),))),
    )
    shown = Template("{% chart over 1 %}{% chart bars 2 %}").render(Context({"over": over, "bars": bars}))
    assert 'points="0.0,100.0 33.3,50.0 100.0,0.0"' in shown
    assert [part in shown for part in ('width="100.0%"', 'width="25.0%"', "A &amp; B", "&lt;b&gt;")] == [True] * 4
    assert shown.count("<svg") == 1 + 1 + 2
    assert shown.count('aria-hidden="true"') == 3
    assert shown.count("<table") == 2
    assert "style" not in shown
