"""The month's figures, frozen on its first night."""

from celery import shared_task

from helpdesk import actions


@shared_task(name="helpdesk.freeze_month")
def freeze_month() -> None:
    actions.close_month(by=None)
