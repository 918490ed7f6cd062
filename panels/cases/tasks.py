"""Work a lower floor asks for by name."""

from celery import shared_task

from cpms.jobs.actions import confirmed
from panels.cases import actions


@shared_task(name="cases.forget")
@confirmed
def forget(*, patient_id: str) -> None:
    actions.forget_rows(patient_id, by=None)
