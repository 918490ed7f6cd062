"""What may happen while a worker takes a table in: whoever let it in loses the right, or somebody checks it again."""

from __future__ import annotations

import pytest

from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.accounts.roles import Role
from helpdesk.people import actions
from tests.factories import CentreFactory, GroupFactory, UserFactory, give_role
from tests.people.test_tables import CENTRES, PEOPLE, read, states, work_through

pytestmark = pytest.mark.django_db


@pytest.fixture
def network():
    return GroupFactory(number=1, name="Adrenal").network


@pytest.fixture
def coordinator(network):
    user = UserFactory(role="none")
    give_role(user, Role.NETWORK_COORDINATOR, network=network)
    return user


@pytest.fixture
def hospital(network):
    return CentreFactory(name="Pyynikki Hospital", city="Tampere", network=network)


def test_whoever_loses_the_role_meanwhile_takes_nothing_in(network, coordinator, hospital):
    table = read(network, coordinator, PEOPLE)
    actions.take_table(table, by=coordinator)
    coordinator.memberships.all().delete()
    work_through(table)
    assert {state for state, _ in states(table).values()} == {"bad"}
    assert not User.objects.filter(email="jana.nova@hospital.example").exists()


def test_who_is_switched_off_meanwhile_takes_nothing_in(network, coordinator, hospital):
    table = read(network, coordinator, PEOPLE)
    actions.take_table(table, by=coordinator)
    User.objects.filter(pk=coordinator.pk).update(is_active=False)
    work_through(table)
    assert not User.objects.filter(email="jana.nova@hospital.example").exists()
    assert states(table)[2] == (
        "bad",
        [f"The account of {coordinator.display_name}, who let this table in, is switched off."],
    )


def test_a_table_that_is_being_taken_in_is_not_checked_again(network, coordinator):
    table = read(network, coordinator, CENTRES)
    actions.take_table(table, by=coordinator)
    with pytest.raises(Refused, match="already"):
        actions.check_table(table, by=coordinator)
