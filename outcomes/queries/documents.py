"""What was made of an outcome, and what it can still be had in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from cpms.jobs import queries as jobs
from outcomes.models import OutcomeDocument
from outcomes.states import ENDED, DocumentState, Language
from outcomes.wording import language_for
from panels.models import Invitation, Panel

MAKING = "outcomes.make_document"


def mark_stuck(documents: Iterable[OutcomeDocument]) -> None:
    """Say of each whether it waits for ever: it is not made, and no job makes it any more."""
    waiting = [document for document in documents if document.state not in ENDED]
    if waiting:
        made = jobs.under_way(MAKING, "document_id", [str(document.pk) for document in waiting])
        for document in waiting:
            document.stuck = str(document.pk) not in made


def is_stuck(document: OutcomeDocument) -> bool:
    mark_stuck([document])
    return document.stuck


def documents_of(panel: Panel, reader: Any) -> dict[str, Any]:
    """What the reader sees, newest version first and in it their language first; ``ready`` is one of the newest that is made,
    ``languages`` are those in which the newest was not asked for yet."""
    mine = language_for(reader)
    made = list(OutcomeDocument.objects.visible_to(reader).filter(panel=panel).defer("pdf"))
    made.sort(key=lambda document: (-document.number, -document.edition, document.language != mine))
    mark_stuck(made)
    newest = [document for document in made if (document.number, document.edition) == (made[0].number, made[0].edition)]
    there = {document.language for document in newest}
    others = sorted((language for language in Language if language not in there), key=lambda one: one != mine)
    ready = next((document for document in newest if document.state == DocumentState.READY), None)
    return {"documents": made, "ready": ready, "languages": others}


def guest_until(panel: Panel, reader: Any) -> dt.datetime | None:
    """The date until which a guest has the document."""
    return (
        Invitation.objects.seats_of(reader).guests().filter(panel=panel).values_list("guest_until", flat=True).first()
    )


def genuine(code: str) -> OutcomeDocument | None:
    """The finished document of this code."""
    return OutcomeDocument.objects.filter(code=code, state=DocumentState.READY).select_related("panel").first()


def signed_since(document: OutcomeDocument) -> bool:
    """Whether a later edition of the same version is made, with what was signed since."""
    later = OutcomeDocument.objects.filter(panel=document.panel_id, number=document.number, state=DocumentState.READY)
    return later.filter(edition__gt=document.edition).exists()


def replaced_by(document: OutcomeDocument) -> int | None:
    """The newest version that a finished document was made of, when this one is older."""
    ready = OutcomeDocument.objects.filter(panel=document.panel_id, state=DocumentState.READY)
    newest = ready.order_by("-number").values_list("number", flat=True).first()
    return newest if newest and newest > document.number else None
