"""What a figure means is read where the figure is: on a page, and in the workbook."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from cpms.accounts.roles import Role
from helpdesk import kpis
from helpdesk.exports import figures_as_workbook
from helpdesk.models import MonthlyKpi
from tests.clients import signed_in
from tests.factories import CentreFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def test_every_figure_of_the_page_and_the_workbook_has_its_definition():
    network = CentreFactory().networks.get()
    user = UserFactory(role="none")
    give_role(user, Role.NETWORK_COORDINATOR, network=network)
    counts = dict.fromkeys(MonthlyKpi.COLUMNS, 9)
    MonthlyKpi.objects.create(network=network, month=dt.date(2024, 1, 1), figures={}, **counts)
    client, definitions = signed_in(user), reverse("kpis_definitions")
    page, figures = (client.get(path, secure=True).content.decode() for path in (definitions, reverse("kpis")))
    assert [one.name for one in kpis.FIGURES if f'<tr id="{one.name}">' not in page] == []
    named = [one.name for one in kpis.FIGURES if f'href="{definitions}#{one.name}"' in figures]
    assert {"registered", "panels_opened", "invited"} <= set(named)
    period = kpis.period_of("2024-01")
    book = load_workbook(io.BytesIO(b"".join(figures_as_workbook(kpis.sums_for(user, period), period))))
    rows = list(book["Definitions"].iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows] == [one.name for one in kpis.FIGURES]
    assert {row[5] for row in rows} - {None, ""} == {one.indicator for one in kpis.FIGURES} - {""}
