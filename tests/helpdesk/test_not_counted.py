"""A figure that is younger than a month is not nought in it."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms.accounts.roles import Role
from helpdesk import actions, kpis
from helpdesk.models import KpiCorrection, MonthlyKpi
from tests.factories import UserFactory, give_role
from tests.helpdesk.test_few import Home

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def test_a_month_frozen_before_a_figure_existed_says_so():
    """On the page of the month, in its file, and in every longer period with such a month; nought is said where it was counted."""
    home, before, after = Home(), dt.date(2024, 1, 1), dt.date(2024, 2, 1)
    noughts = {name: 0 for name in kpis.ADDED if name not in MonthlyKpi.COLUMNS}
    there = {name: value for name, value in noughts.items() if name != "advised"}
    counts = {"registered": 9, "active": 9, "panels_opened": 9, "panels_closed": 9}
    for day, figures in ((before, there), (after, noughts | {"advised": 7})):
        MonthlyKpi.objects.create(network=home.network, month=day, figures=figures, **counts)
        MonthlyKpi.objects.create(network=home.network, month=day, group=home.groups[0], figures={}, **counts)
    user = UserFactory(role="none")
    give_role(user, Role.NETWORK_COORDINATOR, network=home.network)
    read = {
        name: [row.figures["advised"] for row in kpis.sums_for(user, kpis.period_of(name))]
        for name in ("2024-01", "2024-02", "2024")
    }
    assert read == {"2024-01": [None, None], "2024-02": [7, 0], "2024": [None, None]}
    assert {row.figures["invited"] for row in kpis.sums_for(user, kpis.period_of("2024-01"))} == {0}
    table = kpis.table_of(user, before)
    for line in table.lines:
        shown = {one.figure.name: one.value for _part, rows in kpis.parts_of(line, table) for one in rows}
        assert (shown["advised"], shown["invited"]) == (None, 0)
    actions.note_corrections(before, by=None)
    assert not KpiCorrection.objects.filter(figure="advised").exists()
