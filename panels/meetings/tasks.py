"""Work that joining a panel asks for, and what the clock asks for."""

from celery import shared_task

from cpms.jobs.actions import confirmed
from panels.meetings import actions


@shared_task(name="meetings.call_newcomer")
@confirmed
def call_newcomer(*, panel_id: str, user_id: str) -> None:
    actions.call_newcomer(panel_id, user_id, by=None)


@shared_task(name="meetings.leave")
@confirmed
def leave(*, panel_id: str, user_id: str) -> None:
    actions.leave(panel_id, user_id, by=None)


@shared_task(name="meetings.clear_agendas")
@confirmed
def clear_agendas(*, panel_id: str) -> None:
    actions.clear_agendas(panel_id, by=None)


@shared_task(name="meetings.remind")
def remind() -> None:
    actions.let_guests_go(by=None)
    actions.remind(by=None)


@shared_task(name="meetings.look_after_unheld")
def look_after_unheld() -> None:
    actions.look_after_unheld(by=None)


@shared_task(name="meetings.end_passed_dates")
def end_passed_dates() -> None:
    actions.end_passed_dates(by=None)


@shared_task(name="meetings.plan_ahead")
def plan_ahead() -> None:
    actions.plan_ahead(by=None)
    actions.let_people_go(by=None)
