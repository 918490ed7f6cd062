"""Consent was given again: what its withdrawal stopped waits again for those it waited for."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from consent.policy import may_be_discussed
from outcomes import queries
from outcomes.actions.following import wait_for_effect, wait_for_follow_up
from outcomes.actions.signing import ask_to_sign, wait_for_closing
from outcomes.actions.writing import wait_for_text
from outcomes.models import Outcome, SignOff
from outcomes.states import OutcomeState
from panels.models import Panel
from panels.queries import people_in
from panels.states import State


@transaction.atomic
def thaw(panel_id: str, *, by: Any) -> bool:
    """The outcome waits again for its lead, and for the signatures that are missing; of a closed panel for those of a
    correction whose day has not passed, for the effect, and for the follow-up. ``by`` is nobody."""
    rows = Panel.objects.with_case().select_for_update(of=("self",))
    panel = rows.filter(pk=panel_id, state__in=[State.OUTCOME, State.CLOSED]).first()
    outcome = Outcome.objects.filter(panel=panel).first() if panel is not None else None
    if panel is None or outcome is None or not may_be_discussed(panel.case.patient):
        return False
    if panel.state == State.CLOSED:
        if not queries.effect_said(panel):
            wait_for_effect(panel)
        if queries.asked_of(panel):
            wait_for_follow_up(panel)
        if queries.awaited(outcome):
            ask_missing(panel, outcome)
    elif outcome.state != OutcomeState.SIGNING:
        wait_for_text(panel)
    else:
        wait_for_closing(panel)
        ask_missing(panel, outcome)
    return True


def ask_missing(panel: Panel, outcome: Outcome) -> None:
    """Who was asked to sign this version, has not answered, and still takes part."""
    seated = {person.pk for person in people_in(panel)}
    for row in SignOff.objects.filter(outcome=outcome, number=outcome.number, at=None).select_related("who"):
        if row.who_id in seated:
            ask_to_sign(panel, row.who)
