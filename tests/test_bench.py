"""`bin/bench` shows what a page costs with many rows: then the rows that the page lists must be the ones that grow."""

from __future__ import annotations

import pytest

from tests.clients import signed_in
from tests.factories import UserFactory
from tools.bench.growing import GROWTHS, Ground
from tools.bench.measuring import Row
from tools.bench.others import Page, Walk, others
from tools.bench.report import broken, line_of
from tools.bench.scale import WHOLE

FEW, MORE = 3, 12
BY_LEADS = frozenset(
    "home panels:list panels:search patients:list panels:detail panels:invite panels:experts panels:question panels:new "
    "panels:hand_over panels:invitation panels:prepare cases:edit meetings:detail outcomes:edit kpis outcomes:verify experts condition_matrix".split()
)
"""Pages of the first table: leads or things of their own have 3, 30 and 300 rows there."""


@pytest.mark.django_db(databases=["default", "cachedb"])
def test_every_page_shows_the_rows_that_grow_and_asks_no_more_for_them():
    ground = Ground(UserFactory(), most=MORE)
    clients = {user: signed_in(user) for user in ground.people}
    found = others(ground, set(BY_LEADS), (FEW, MORE), clients, lambda _name: True)
    assert found.faults == []
    assert {page.name: page.counts for page in found.pages if len(set(page.counts)) > 1} == {}
    named = {route for growth in GROWTHS for route in growth.routes}
    assert named - {page.name for page in found.pages} == set(), "rows are named for a page that is none"


@pytest.mark.parametrize(
    ("by", "weights", "fault"),
    [
        ("files", [1000, 1000], "x: files do not grow"),
        ("files", [1000, 9000], None),
        ("", [1000, 9000], "x: lists rows, and nothing says which"),
        ("", [1000, 1010], None),
    ],
)
def test_a_page_whose_rows_do_not_grow_is_a_fault(by, weights, fault):
    walk = Walk([Page("x", None, "/x/", by, counts=[9, 9], weights=weights)])
    assert walk.faults == ([fault] if fault else [])


def test_an_address_that_nothing_leads_to_is_a_fault():
    assert Walk(missing=["panels:nowhere"]).faults == ["panels:nowhere: nothing leads there"]


def test_a_line_says_what_grew_and_a_page_without_rows_has_one_figure():
    row = {"median": 10, "p95": 20, "raw": 1000, "packed": 300, "pace": 0.4}
    assert line_of(Row("x", [9], **row)) == "| x | – | 9 | 10.0 | 20.0 | 0.40 | 1 | 0.3 |"
    both = Row("y", [9, 9, 9], **row, by="findings", at_most=90)
    assert line_of(both) == "| y | findings | 9, 9, 9 | 10.0 | 20.0 / 90.0 | 0.40 | 1 | 0.3 |"
    assert broken([both], 0) == []
    assert broken([Row("z", [9, 9, 99], **row)], 0) == ["z: queries [9, 9, 99]"]


def test_a_small_run_measures_the_same_sizes():
    small = WHOLE.fewer(10)
    assert (small.sizes, small.panels) == (WHOLE.sizes, sum(WHOLE.sizes))
    assert WHOLE.whole
    assert not small.whole
