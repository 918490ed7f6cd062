"""Taking the rows of a table in, some at a time; what a lower floor asks for by name."""

from celery import shared_task

from cpms.jobs.actions import confirmed
from helpdesk.people import actions


@shared_task(name="people.take_rows")
@confirmed
def take_rows(*, table_id: str) -> None:
    actions.take_rows(table_id, by=None)


@shared_task(name="people.put_down")
@confirmed
def put_down(*, user_id: str) -> None:
    actions.put_down_work(user_id, by=None)


@shared_task(name="people.look_after_requests")
@confirmed
def look_after_requests() -> None:
    actions.look_after_requests(by=None)
    actions.end_lapsed(by=None)
    actions.end_lapsed_places(by=None)


@shared_task(name="people.tell_of_ends")
@confirmed
def tell_of_ends() -> None:
    actions.tell_of_ends(by=None)


@shared_task(name="people.forget_why_away")
def forget_why_away() -> None:
    actions.forget_why_away(by=None)


@shared_task(name="people.take_request")
@confirmed
def take_request(*, envelope_id: str) -> None:
    actions.take_request(envelope_id, by=None)


@shared_task(name="people.follow_address")
def follow_address(*, user_id: str, old: str, new: str) -> None:
    actions.follow_address(user_id, old=old, new=new, by=None)
