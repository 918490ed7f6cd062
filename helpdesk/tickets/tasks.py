"""What the clock does for tickets."""

from celery import shared_task

from helpdesk.tickets import actions


@shared_task(name="tickets.look_after")
def look_after() -> None:
    actions.look_after_tickets(by=None)
