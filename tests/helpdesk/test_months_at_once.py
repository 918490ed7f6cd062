"""Two workers close a month at one moment: each line, and what came late to it, is written once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import Q

from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from helpdesk import actions
from helpdesk.models import KpiCorrection, MonthlyKpi
from panels.models import Panel
from tests.helpdesk.histories import History
from tests.panels.test_races import race, rights  # noqa: F401 a fixture

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])
MONTH = dt.date(2022, 1, 1)


def test_what_came_late_is_written_down_once():
    History(5, panels=20)
    actions.freeze_month(MONTH, by=None)
    lines = MonthlyKpi.objects.count()
    moment = dt.datetime(2022, 1, 9, tzinfo=dt.UTC)
    before = Panel.objects.filter(Q(closed_at=None) | Q(closed_at__lt=moment - dt.timedelta(days=8))).first()
    Panel.objects.filter(pk=before.pk).update(closed_at=moment, state="closed")
    race(lambda: actions.note_corrections(MONTH, by=None))
    found = list(KpiCorrection.objects.values_list("line", "figure"))
    assert len(set(found)) == len(found) > 0
    assert AuditEvent.objects.filter(event=Event.KPI_CORRECTED).count() == 1
    race(lambda: actions.freeze_month(MONTH, by=None))
    assert MonthlyKpi.objects.count() == lines
