"""Nightly housekeeping."""

from celery import shared_task

from cpms.drafts import actions


@shared_task(name="drafts.prune")
def prune() -> None:
    actions.prune()
