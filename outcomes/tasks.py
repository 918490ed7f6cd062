"""The document is made in a worker, never in a request; the clock asks what became of the advice; a round asks a network."""

from celery import shared_task

from cpms.jobs.actions import confirmed
from outcomes import actions


@shared_task(name="outcomes.end_signing")
def end_signing() -> None:
    actions.end_signing(by=None)


@shared_task(name="outcomes.look_after_documents")
def look_after_documents() -> None:
    actions.look_after_documents(by=None)


@shared_task(name="outcomes.ask_follow_ups")
def ask_follow_ups() -> None:
    actions.ask_follow_ups(by=None)


@shared_task(name="outcomes.ask_newcomer")
@confirmed
def ask_newcomer(*, panel_id: str, user_id: str) -> None:
    actions.ask_newcomer(panel_id, user_id, by=None)


@shared_task(name="outcomes.ask_new_lead")
@confirmed
def ask_new_lead(*, panel_id: str, giver_id: str) -> None:
    actions.ask_new_lead(panel_id, giver_id, by=None)


@shared_task(name="outcomes.ask_round")
@confirmed
def ask_round(*, survey_id: str) -> None:
    actions.ask_round(survey_id, by=None)


@shared_task(name="outcomes.make_document")
@confirmed
def make_document(*, document_id: str) -> None:
    actions.make_document(document_id, by=None)


@shared_task(name="outcomes.take_decision")
@confirmed
def take_decision(*, decision_id: str) -> None:
    actions.take_decision(decision_id, by=None)


@shared_task(name="outcomes.thaw")
@confirmed
def thaw(*, panel_id: str) -> None:
    actions.thaw(panel_id, by=None)
