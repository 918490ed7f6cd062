"""The dispatcher as a task."""

from celery import shared_task

from cpms.jobs import actions


@shared_task(name="jobs.dispatch")
def dispatch() -> None:
    actions.dispatch()
