"""Sending and reminding, by the clock and by nudge."""

from celery import shared_task

from cpms.jobs.actions import confirmed
from cpms.notifications import actions


@shared_task(name="notifications.dispatch_outbox")
def dispatch_outbox() -> None:
    actions.dispatch_outbox()


@shared_task(name="notifications.send_daily")
def send_daily() -> None:
    actions.send_daily()


@shared_task(name="notifications.tell")
@confirmed
def tell(*, user_id: str, notice: str, occasion: str) -> None:
    actions.tell(user_id, notice=notice, occasion=occasion, by=None)


@shared_task(name="notifications.answer_reset")
def answer_reset(*, address: str, user_id: str, path: str, occasion: str) -> None:
    actions.answer_reset(address, user_id=user_id, path=path, occasion=occasion, by=None)


@shared_task(name="notifications.write_to")
def write_to(*, address: str, user_id: str, notice: str, path: str, occasion: str) -> None:
    actions.write_to(address, notice=notice, user_id=user_id, path=path, occasion=occasion, by=None)


@shared_task(name="notifications.remind")
def remind() -> None:
    actions.remind()


@shared_task(name="notifications.seal_again")
def seal_again() -> None:
    actions.seal_again()


@shared_task(name="notifications.stay_at")
def stay_at(*, user_id: str, address: str) -> None:
    actions.stay_at(address, user_id=user_id, by=None)
