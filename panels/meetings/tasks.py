"""Work that joining a panel asks for."""

from celery import shared_task

from cpms.jobs.actions import confirmed
from panels.meetings import actions


@shared_task(name="meetings.call_newcomer")
@confirmed
def call_newcomer(*, panel_id: str, user_id: str) -> None:
    actions.call_newcomer(panel_id, user_id, by=None)
