"""So many exports a day are so many, also where several are asked for at one moment."""

from __future__ import annotations

import pytest

from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from helpdesk import actions
from helpdesk.actions.files import EXPORTS_A_DAY
from tests.factories import NetworkFactory, UserFactory, give_role
from tests.panels.test_races import ROUNDS, race, rights  # noqa: F401 a fixture

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])


def test_the_last_export_of_the_day_is_one():
    for _ in range(ROUNDS):
        reader = UserFactory(role="none")
        give_role(reader, Role.NETWORK_COORDINATOR, network=NetworkFactory())

        def take(reader=reader):
            actions.note_export("2026-10", purpose="report", words="Yearly report", kind="csv", count=1, by=reader)

        for _ in range(EXPORTS_A_DAY - 1):
            take()
        assert race(take) == [1]
        assert AuditEvent.objects.filter(event="kpi_exported", actor_id=reader.pk).count() == EXPORTS_A_DAY
