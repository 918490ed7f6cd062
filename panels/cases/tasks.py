"""Work a lower floor asks for by name."""

from celery import shared_task

from cpms.jobs.actions import confirmed
from panels.cases import actions


@shared_task(name="cases.forget")
@confirmed
def forget(*, patient_id: str) -> None:
    actions.forget_rows(patient_id, by=None)


@shared_task(name="cases.clean_file")
@confirmed
def clean_file(*, file_id: str) -> None:
    actions.clean_file(file_id, by=None)


@shared_task(name="cases.copy_files")
@confirmed
def copy_files(*, case_id: str) -> None:
    actions.copy_files(case_id, by=None)
