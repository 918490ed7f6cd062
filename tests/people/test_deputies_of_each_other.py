"""Two who stand in for each other go at one moment: neither waits for the other, and nobody's page names who is gone."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.models import Delegation, Membership, User
from cpms.accounts.roles import Role
from tests.factories import CentreFactory, UserFactory, give_role
from tests.panels.test_races import ROUNDS, race, rights  # noqa: F401 a fixture
from tests.people.test_two_people import holder

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])


@pytest.fixture
def centre():
    return CentreFactory()


@pytest.fixture
def representative(centre):
    return holder("representative", centre)


def pair(centre):
    """Each the other's deputy."""
    one, other = UserFactory(centre=centre), UserFactory(centre=centre)
    until = clock.rights_day() + dt.timedelta(days=3)
    accounts.set_absence(one, away_until=until, deputy=other, by=one)
    accounts.set_absence(other, away_until=until, deputy=one, by=other)
    return one, other


@pytest.mark.parametrize("way", ["leave", "switch", "role"])
def test_both_go_at_one_moment(way, centre, representative):
    def go(person):
        person = User.objects.get(pk=person.pk)
        if way == "leave":
            accounts.leave_centre(person, by=representative)
        elif way == "switch":
            accounts.switch_account(person, on=False, by=representative)
        else:
            accounts.end_role(person.memberships.get(), by=representative)

    for _ in range(ROUNDS):
        one, other = pair(centre)
        race(lambda: go(one), lambda: go(other))  # noqa: B023 the race ends here
        assert set(User.objects.filter(pk__in=[one.pk, other.pk]).values_list("deputy", flat=True)) == {None}


def test_the_last_of_two_roles_that_end_at_one_moment_ends_what_hung_on_it(centre, representative):
    for _ in range(ROUNDS):
        person, assistant = UserFactory(centre=centre, role="none"), UserFactory(centre=centre, role="none")
        give_role(person, Role.CLINICIAN, centre=centre)
        give_role(person, Role.CLINICIAN, centre=centre, valid_to=clock.rights_day() + dt.timedelta(days=9))
        accounts.name_assistant(assistant, until=None, by=person)
        rows = list(Membership.objects.filter(user=person))
        race(*(lambda row=row: accounts.end_role(row, by=representative) for row in rows))
        assert not Delegation.objects.current().filter(clinician=person).exists()
