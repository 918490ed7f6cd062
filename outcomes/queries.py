"""Reading an outcome and finding a document by its code."""

from __future__ import annotations

from typing import Any

from outcomes.models import Outcome, OutcomeDocument, SignOff
from outcomes.states import DocumentState


def outcome_of(panel: Any) -> Outcome:
    """The outcome with its advice fetched. Raises ``Outcome.DoesNotExist``."""
    items = "items__contribution__author__centre"
    return Outcome.objects.select_related("panel").prefetch_related("items__key", items).get(panel=panel)


def signatures(outcome: Outcome) -> list[SignOff]:
    """The signatures under the current version."""
    return list(outcome.signoffs.filter(number=outcome.number).select_related("who__centre", "key"))


def genuine(code: str) -> OutcomeDocument | None:
    """The finished document of this code."""
    return OutcomeDocument.objects.filter(code=code, state=DocumentState.READY).select_related("panel").first()
