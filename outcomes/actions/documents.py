"""Order the outcome's PDF, make it in a worker, try again when it failed."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from consent.actions import hold_consent
from consent.models import care_consent
from consent.policy import may_be_discussed
from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.jobs import actions as jobs
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from outcomes import pdf, queries
from outcomes.models import Outcome, OutcomeDocument
from outcomes.states import ENDED, MOST_TRIES, DocumentState, Language
from outcomes.wording import language_for
from panels.models import Invitation, Panel
from panels.states import State

log = structlog.get_logger("cpms.outcomes")
ALPHABET = "ACDEFHJKLMNPRTUVWXY34679"


def new_code() -> str:
    """ "7QX4-M2PD-9K4T" in shape: 55 random bits, easy to type from paper."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(12))
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"


@transaction.atomic
def order_document(panel: Panel, *, by: Any, language: Language | None = None) -> OutcomeDocument:
    """A row that says what is wanted, and a job that makes it after commit; by default in the language of the treating physician.

    In each language an edition of a version is made once: who asks for it again gets the one that is there. All of them
    print the facts of the first.
    """
    outcome = Outcome.objects.select_for_update(of=("self",)).get(panel=panel)
    made = newest_edition(outcome)
    wanted = language or language_for(panel.lead)
    there = next((document for document in made if document.language == wanted), None)
    if there is not None:
        return there
    facts = (made[0].facts if made else "") or queries.facts_of(panel, outcome.number)
    return want(outcome, wanted, facts=facts, edition=made[0].edition if made else 1, by=by)


def newest_edition(outcome: Outcome) -> list[OutcomeDocument]:
    """The documents of the newest version's newest edition, the first asked for first."""
    rows = (
        OutcomeDocument.objects.filter(panel=outcome.panel_id, number=outcome.number).defer("pdf").select_related("key")
    )
    made = list(rows.order_by("asked_at"))
    newest = max((document.edition for document in made), default=0)
    return [document for document in made if document.edition == newest]


def want(outcome: Outcome, language: str, *, facts: str, edition: int, by: Any) -> OutcomeDocument:
    wanted = {"panel": outcome.panel, "number": outcome.number, "language": language, "edition": edition}
    document = OutcomeDocument(**wanted, key=outcome.key, code=new_code(), asked_by=by)
    document.facts = facts
    document.save(force_insert=True)
    jobs.enqueue(queries.MAKING, document_id=str(document.pk))
    return document


def renew_documents(outcome: Outcome) -> int:
    """Signing has ended: what was signed since the documents were ordered is in their next edition. Gives how many are made."""
    panel, made = outcome.panel, newest_edition(outcome)
    since = max((document.asked_at for document in made), default=None)
    if since is None or not outcome.signoffs.filter(number=outcome.number, at__gt=since).exists():
        return 0
    facts = made[0].facts or queries.facts_of(panel, outcome.number)
    facts = queries.signed_again(facts, panel, outcome.number)
    for document in made:
        want(outcome, document.language, facts=facts, edition=document.edition + 1, by=document.asked_by)
    return len(made)


@transaction.atomic
def order_language(document: OutcomeDocument, language: Language, *, by: Any) -> OutcomeDocument:
    """The version in force once more, its fixed words in another language. An earlier one is not spread any further."""
    hold_consent(document.audit_patient_id)
    panel = Panel.objects.held(document.panel_id)
    if not OutcomeDocument.objects.visible_to(by).filter(pk=document.pk).exists():
        raise Refused("You no longer see this document.")
    if document.number != Outcome.objects.get(panel=panel).number or panel.state != State.CLOSED:
        raise Refused("This version is not in force any more.")
    made = order_document(panel, by=by, language=language)
    audit.record(Event.DOCUMENT_MADE, on=made, by=by, version=made.number, verb="order")
    return made


@transaction.atomic
def retry_document(document: OutcomeDocument, *, by: Any) -> OutcomeDocument:
    """Ask again for a document that could not be made, or that no job makes any more."""
    current = OutcomeDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if current.state == DocumentState.FAILED or queries.is_stuck(current):
        ask_again(current, tries=0)
        audit.record(Event.DOCUMENT_MADE, on=current, by=by, verb="retry")
    return current


def ask_again(document: OutcomeDocument, *, tries: int) -> None:
    OutcomeDocument.objects.filter(pk=document.pk).update(state=DocumentState.WAITING, tries=tries)
    document.state, document.tries = DocumentState.WAITING, tries
    jobs.enqueue(queries.MAKING, document_id=str(document.pk))


def look_after_documents(*, by: Any) -> int:
    """Run by the clock: a document that no job makes any more, because its job was given up or ended while consent was
    withdrawn, is asked for again; after three tries it has failed. Gives how many there were."""
    rows = OutcomeDocument.objects.filter(care_consent("panel__case__patient")).exclude(state__in=ENDED).defer("pdf")
    return sum(look_after(document.pk, by=by) for document in rows if queries.is_stuck(document))


@transaction.atomic
def look_after(pk: Any, *, by: Any) -> int:
    rows = OutcomeDocument.objects.select_for_update(of=("self",), skip_locked=True).defer("pdf")
    document = rows.filter(pk=pk).first()
    if document is None or not queries.is_stuck(document):
        return 0
    if document.tries >= MOST_TRIES:
        give_up(document, by=by)
    else:
        ask_again(document, tries=document.tries)
    return 1


@transaction.atomic
def give_up(document: OutcomeDocument, *, by: Any) -> None:
    """It could not be made; its lead hears of it, once each time."""
    if not OutcomeDocument.objects.filter(pk=document.pk).exclude(state__in=ENDED).update(state=DocumentState.FAILED):
        return
    panel = document.panel
    about: dict[str, Any] = {"about": document, "ref": panel.ref, "path": reverse("outcomes:edit", args=[panel.ref])}
    notifications.notify(
        [panel.lead], notice=Notice.DOCUMENT_FAILED, by=by, again=clock.now().isoformat(), urgent=panel.urgent, **about
    )


def hand_to_guests(document: OutcomeDocument, *, notice: Notice, by: Any) -> set[Any]:
    """Guests see a closed panel no more, and its document until their date: they hear where it is. Gives their keys."""
    panel = document.panel
    seats = Invitation.objects.seated().guests().filter(panel=panel).select_related("invitee")
    about: dict[str, Any] = {"about": panel, "ref": panel.ref, "path": reverse("outcomes:handed", args=[document.pk])}
    people = [seat.invitee for seat in seats]
    notifications.notify(people, notice=notice, by=by, again=str(document.number), **about)
    return {person.pk for person in people}


def set_state(document: OutcomeDocument, state: DocumentState) -> None:
    """Progress, committed at once so that the waiting page sees it. What another worker has made stays made."""
    OutcomeDocument.objects.filter(pk=document.pk).exclude(state=DocumentState.READY).update(state=state)
    document.state = state


def make_document(document_id: str, *, by: Any) -> None:
    """Gather, lay out in a child process, seal. Safe to run twice: a ready document is left alone.

    What goes wrong is raised, so that the job is sent again; a worker that is killed counts as a try too. After three tries the
    document has failed. While the patient may not be discussed nothing is read, and it waits. Two workers at once do the same
    work; the second one finds it ready under the row's lock and keeps the first.
    """
    document = OutcomeDocument.objects.select_related("key").get(pk=document_id)
    if document.state == DocumentState.READY:
        return
    if not may_be_discussed(document.panel.case.patient):
        set_state(document, DocumentState.WAITING)
        return
    if document.tries >= MOST_TRIES:
        give_up(document, by=by)
        return
    OutcomeDocument.objects.filter(pk=document.pk).update(tries=F("tries") + 1)
    try:
        make(document, by=by)
    except Exception as error:
        set_state(document, DocumentState.WAITING)
        log.warning("document not made", task=queries.MAKING, error=type(error).__name__, attempt=document.tries + 1)
        if document.tries + 1 < MOST_TRIES:
            raise
        give_up(document, by=by)


def make(document: OutcomeDocument, *, by: Any) -> None:
    set_state(document, DocumentState.GATHERING)
    content = pdf.gather(document)
    set_state(document, DocumentState.LAYOUT)
    keep(document, pdf.lay_out(content), content["fingerprint"], by=by)


@transaction.atomic
def take_out_document(document: OutcomeDocument, *, by: Any) -> bytes:
    """The PDF for somebody who sees it now: a withdrawal of consent waits for this, or this sees the withdrawal."""
    hold_consent(document.audit_patient_id)
    if not OutcomeDocument.objects.visible_to(by).filter(pk=document.pk).exists():
        raise Refused("You no longer see this document.")
    audit.record(Event.DOCUMENT_READ, on=document, by=by, version=document.number)
    return bytes(document.pdf)


@transaction.atomic
def keep(document: OutcomeDocument, made: bytes, fingerprint: str, *, by: Any) -> None:
    current = OutcomeDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if current.state == DocumentState.READY:
        return
    current.pdf, current.file_hash = made, hashlib.sha256(made).hexdigest()
    current.fingerprint, current.state, current.made_at = fingerprint, DocumentState.READY, clock.now()
    current.save()
    audit.record(Event.DOCUMENT_MADE, on=current, by=by, version=current.number)
