"""Somebody is moved to a unit while something else about the two is decided: what holds at that moment counts."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import Unit, User
from cpms.notifications.models import OutboxMessage
from helpdesk.people import actions
from tests.factories import CentreFactory, UserFactory
from tests.panels.test_races import ROUNDS, race, rights  # noqa: F401 a fixture
from tests.people.test_two_people import holder

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])


@pytest.fixture
def centre():
    return CentreFactory()


@pytest.fixture
def representative(centre):
    return holder("representative", centre)


def test_who_has_just_left_belongs_to_no_unit_there(centre, representative):
    person, unit = UserFactory(centre=centre), Unit.objects.create(centre=centre, name="Bones")
    read_before = User.objects.get(pk=person.pk)
    accounts.leave_centre(person, by=representative)
    with pytest.raises(Refused):
        actions.move_to_unit(read_before, unit=unit, by=representative)
    assert User.objects.get(pk=person.pk).unit is None


def test_who_is_in_the_unit_already_is_no_newcomer_there(centre, representative):
    person, unit = UserFactory(centre=centre), Unit.objects.create(centre=centre, name="Bones")
    today = clock.rights_day()
    actions.cover_unit(unit, valid_from=today, valid_to=today, reason="Holidays", by=representative)
    read_before = User.objects.get(pk=person.pk)
    for window in (person, read_before):
        actions.move_to_unit(window, unit=unit, by=representative)
    assert OutboxMessage.objects.filter(notice="unit_cover", recipient=person).count() == 1


def test_who_is_moved_while_a_unit_is_opened_is_told_or_stays_out(centre, representative):
    desk, today = holder("helpdesk_adult", centre), clock.rights_day()
    for number in range(ROUNDS):
        person, unit = UserFactory(centre=centre), Unit.objects.create(centre=centre, name=f"Unit {number}")
        until = today + dt.timedelta(days=9)
        race(
            lambda unit=unit, until=until: actions.cover_unit(
                unit, valid_from=today, valid_to=until, reason="Holidays", by=representative
            ),
            lambda person=person, unit=unit: actions.move_to_unit(User.objects.get(pk=person.pk), unit=unit, by=desk),
        )
        told = OutboxMessage.objects.filter(notice="unit_cover", recipient=person).exists()
        assert told == (User.objects.get(pk=person.pk).unit_id == unit.pk)


def test_a_unit_is_taken_away_while_somebody_is_moved_to_it(centre, representative):
    for number in range(ROUNDS):
        person, unit = UserFactory(centre=centre), Unit.objects.create(centre=centre, name=f"Unit {number}")
        race(
            lambda key=unit.pk: accounts.drop_unit(Unit(pk=key, centre=centre, name="Unit"), by=representative),
            lambda person=person, unit=unit: actions.move_to_unit(
                User.objects.get(pk=person.pk), unit=unit, by=representative
            ),
        )
        there = Unit.objects.filter(pk=unit.pk).exists()
        assert there == (User.objects.get(pk=person.pk).unit_id == unit.pk)


def test_a_unit_that_is_gone_is_opened_to_nobody(centre, representative):
    unit, today = Unit.objects.create(centre=centre, name="Bones"), clock.rights_day()
    read_before = Unit.objects.get(pk=unit.pk)
    accounts.drop_unit(unit, by=representative)
    with pytest.raises(Refused, match="not there any more"):
        actions.cover_unit(read_before, valid_from=today, valid_to=today, reason="Holidays", by=representative)
