"""Sealing, by beat."""

from celery import shared_task

from cpms.audit import actions


@shared_task(name="audit.seal")
def seal() -> None:
    actions.seal()


@shared_task(name="audit.tell_head")
def tell_head() -> None:
    actions.tell_head()
