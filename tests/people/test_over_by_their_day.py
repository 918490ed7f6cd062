"""What is over by its last day is not ended once more: the day on record stays, and nobody is told of anything."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import Delegation, Membership
from cpms.accounts.roles import Role
from cpms.jobs.models import Job
from tests.factories import CentreFactory, UserFactory, give_role
from tests.people.test_two_people import holder

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def long_over(rows):
    """The row, over since some days; and its last day."""
    today = clock.rights_day()
    last = today - dt.timedelta(days=10)
    rows.update(valid_from=today - dt.timedelta(days=30), valid_to=last)
    return rows.get(), last


@pytest.fixture
def centre():
    return CentreFactory()


def test_a_role_that_ran_out_keeps_its_last_day(centre):
    representative, person = holder("representative", centre), UserFactory(centre=centre, role="none")
    give_role(person, Role.CLINICIAN, centre=centre)
    row, last = long_over(Membership.objects.filter(user=person))
    with pytest.raises(Refused, match="ended already"):
        accounts.end_role(row, by=representative)
    row.refresh_from_db()
    assert (row.valid_to, row.ended_at) == (last, None)


def test_a_delegation_that_ran_out_keeps_its_last_day(centre):
    clinician, assistant = UserFactory(centre=centre), UserFactory(centre=centre, role="none")
    accounts.name_assistant(assistant, until=None, by=clinician)
    row, last = long_over(Delegation.objects.filter(assistant=assistant))
    Job.objects.all().delete()
    accounts.end_delegation(row, by=clinician)
    row.refresh_from_db()
    assert (row.valid_to, row.ended_at, Job.objects.count()) == (last, None, 0)
