"""What waits to be looked at again: opened and settled, with the work it makes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from consent import queries
from consent.models import Review
from consent.states import ReviewDecision, ReviewKind
from cpms import clock
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.models import WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb

WORK: dict[str, tuple[Verb, Notice]] = {
    ReviewKind.CONSENT: (Verb.CONSENT_AGAIN, Notice.CONSENT_AGAIN),
    ReviewKind.RETENTION: (Verb.KEEP_OR_ERASE, Notice.KEEP_OR_ERASE),
}


def open_review(patient: Any, kind: ReviewKind, due_on: dt.date, *, by: Any) -> Review:
    """One open review per patient and kind; opening it again moves at most its day."""
    review, made = Review.objects.get_or_create(
        patient=patient, kind=kind, decided_at=None, defaults={"due_on": due_on}
    )
    if made:
        audit.record(Event.REVIEW_OPENED, on=review, by=by, kind=str(kind))
    elif review.due_on != due_on:
        review.due_on = due_on
        review.save(update_fields=["due_on"])
    return review


def let_wait(review: Review, *, by: Any) -> None:
    """It waits for whoever is entitled today, and for nobody else; each is told once."""
    verb, notice = WORK[review.kind]
    people, path = queries.entitled(review), review.get_absolute_url()
    due_at = dt.datetime.combine(review.due_on, dt.time(12), tzinfo=dt.UTC)  # the same day everywhere here
    notifications.open_for(people, verb, on=review, ref="", path=path, due_at=due_at)
    notifications.move_due(review, verb, due_at=due_at)
    for item in WorkItem.objects.open().about(review).exclude(who__in=people).select_related("who"):
        notifications.settle_all(review, who=item.who)
    notifications.notify(people, notice=notice, by=by, about=review, path=path)


def settle(review: Review, decision: ReviewDecision, *, by: Any) -> None:
    review.decision, review.decided_at, review.decided_by = decision, clock.now(), by
    review.save(update_fields=["decision", "decided_at", "decided_by", "reason", "keep_until"])
    how = Settled.CANCELLED if decision == ReviewDecision.OVER else Settled.DONE
    notifications.settle_all(review, WORK[review.kind][0], how=how)
    audit.record(Event.REVIEW_DECIDED, on=review, by=by, kind=review.kind, verb=str(decision))


def settle_answered(patient: Any, *, by: Any) -> None:
    """An answer was recorded or withdrawn: what no longer has to be asked waits for nobody."""
    waiting = Review.objects.open().filter(patient=patient, kind=ReviewKind.CONSENT)
    review = waiting.select_related("patient__key").first()
    if review is not None and queries.first_due(review.patient, ReviewKind.CONSENT) is None:
        settle(review, ReviewDecision.ANSWERED, by=by)
