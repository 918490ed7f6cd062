"""Rows among many known keys: those, and none for no keys."""

from __future__ import annotations

import pytest

from cpms.accounts.models import User
from cpms.keys import with_keys
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_rows_with_one_of_the_keys_and_no_others():
    ours, theirs = [UserFactory() for _ in range(3)], UserFactory()
    keys = {person.pk for person in ours}
    assert set(User.objects.filter(with_keys(keys))) == set(ours)
    assert theirs in User.objects.exclude(with_keys(keys))
    assert not User.objects.exclude(with_keys(keys)).filter(pk__in=keys).exists()


def test_rows_that_lead_to_one_of_the_keys():
    ours, theirs = UserFactory(), UserFactory(centre=None)
    assert list(User.objects.filter(with_keys([ours.pk], "memberships__user"))) == [ours]
    assert list(User.objects.filter(with_keys([theirs.pk], "deputy"))) == []


def test_no_keys_find_nobody_and_leave_nobody_out():
    person = UserFactory()
    assert list(User.objects.filter(with_keys([]))) == []
    assert person in User.objects.exclude(with_keys([]))
