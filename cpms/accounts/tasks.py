"""Nightly housekeeping."""

from celery import shared_task

from cpms.accounts import actions


@shared_task(name="accounts.forget_unseen")
def forget_unseen() -> None:
    """Drafts go with the sight of what they are about."""
    actions.forget_unseen()
