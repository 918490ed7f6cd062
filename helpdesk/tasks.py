"""What the clock does for the helpdesk: the month's figures, and hospitals that are quiet."""

from celery import shared_task

from helpdesk import actions


@shared_task(name="helpdesk.freeze_month")
def freeze_month() -> None:
    actions.close_month(by=None)


@shared_task(name="helpdesk.remind_quiet_centres")
def remind_quiet_centres() -> None:
    actions.remind_quiet_centres(by=None)
