"""Nightly housekeeping, and what is answered outside the request that asked."""

from celery import shared_task

from cpms.accounts import actions
from cpms.jobs.actions import confirmed


@shared_task(name="accounts.forget_unseen")
def forget_unseen() -> None:
    """Drafts go with the sight of what they are about; new addresses, once their links are over."""
    actions.forget_unseen()
    actions.forget_addresses(by=None)


@shared_task(name="accounts.answer_address")
@confirmed
def answer_address(*, envelope_id: str) -> None:
    actions.answer_address(envelope_id, by=None)


@shared_task(name="accounts.answer_reset")
@confirmed
def answer_reset(*, envelope_id: str) -> None:
    actions.answer_reset(envelope_id, by=None)
