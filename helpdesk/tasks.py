"""What the clock does for the helpdesk: the month's figures, and hospitals that are quiet; files of figures that take a while."""

from celery import shared_task

from cpms.jobs.actions import confirmed
from helpdesk import actions

MOST_SECONDS = 280
"""A long file; shorter than the time after which the broker gives the job to somebody else."""


@shared_task(name="helpdesk.freeze_month")
def freeze_month() -> None:
    actions.close_month(by=None)


@shared_task(name="helpdesk.remind_quiet_centres")
def remind_quiet_centres() -> None:
    actions.remind_quiet_centres(by=None)


@shared_task(name="helpdesk.look_after_files")
def look_after_files() -> None:
    actions.look_after_files(by=None)


@shared_task(name="helpdesk.make_file", soft_time_limit=MOST_SECONDS - 20, time_limit=MOST_SECONDS)
@confirmed
def make_file(*, file_id: str) -> None:
    actions.make_file(file_id, by=None)


@shared_task(name="helpdesk.forget_files")
def forget_files() -> None:
    actions.forget_files(by=None)
