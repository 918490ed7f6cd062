"""The sweep of every test finds rows that are held in no order."""

import pytest
from django.db import transaction

from cpms.accounts.models import Centre
from cpms.locking import hold
from tests.factories import CentreFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    CentreFactory(), CentreFactory()
    with transaction.atomic():
        yield Centre.objects.order_by()


def test_several_rows_held_in_no_order_are_found(rows):
    with pytest.raises(AssertionError, match="in no order"):
        list(rows.select_for_update(no_key=True))


def test_one_row_or_rows_that_nobody_waits_for_need_no_order(rows):
    assert len(rows.select_for_update()[:1]) == 1
    assert len(rows.select_for_update(skip_locked=True)) == 2


def test_held_by_the_shared_way_they_are_in_the_order_of_their_keys(rows):
    assert hold(rows) == hold(rows.order_by("-pk"), no_key=True) == sorted(row.pk for row in rows)
