"""Nudges: one per transaction, none for what rolled back, and no waiting for a dead broker."""

from __future__ import annotations

import time

import pytest
from django.conf import settings
from django.db import transaction

from cpms.jobs import actions
from cpms.jobs.models import Job

pytestmark = pytest.mark.django_db


def test_many_wishes_in_one_transaction_give_one_nudge(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as calls:
        for number in range(5):
            with transaction.atomic():
                actions.enqueue("outcomes.make_document", document_id=str(number))
        actions.nudge_after_commit("notifications.dispatch_outbox")
    assert sorted(call.args for call in calls) == [("jobs.dispatch",), ("notifications.dispatch_outbox",)]
    assert Job.objects.count() == 5


def test_a_wish_that_was_taken_back_does_not_swallow_the_next_nudge(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as calls:
        with transaction.atomic():
            actions.enqueue("outcomes.make_document", document_id="1")
            transaction.set_rollback(True)
        actions.enqueue("outcomes.make_document", document_id="2")
    assert [call.args for call in calls] == [("jobs.dispatch",)]
    assert Job.objects.count() == 1


def test_no_request_waits_for_a_dead_broker():
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["max_retries"] == 0
    started = time.monotonic()
    actions.try_send("jobs.dispatch")
    assert time.monotonic() - started < 2.5
