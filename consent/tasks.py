"""Work the clock asks for by name."""

from celery import shared_task

from consent import actions


@shared_task(name="consent.look_again")
def look_again() -> None:
    actions.look_again(by=None)
