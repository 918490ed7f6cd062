"""Consent was given again: what its withdrawal stopped waits again for those it waited for."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from consent.policy import may_be_discussed
from outcomes import queries
from outcomes.actions.following import ask_missed, wait_for_effect, wait_for_follow_up
from outcomes.actions.signing import ask_to_sign, wait_for_closing
from outcomes.actions.writing import wait_for_text
from outcomes.models import Outcome, SignOff
from outcomes.states import OutcomeState
from panels.models import Panel
from panels.states import State


@transaction.atomic
def thaw(panel_id: str, *, by: Any) -> bool:
    """The outcome waits again for its lead, and for the signatures that are missing; of a closed panel for those of a
    correction whose day has not passed, for the effect, and for the follow-up, also one that fell due meanwhile. ``by`` is nobody."""
    panel = Panel.objects.held(panel_id)
    outcome = Outcome.objects.filter(panel=panel, panel__state__in=[State.OUTCOME, State.CLOSED]).first()
    if outcome is None or not may_be_discussed(panel.case.patient):
        return False
    outcome.panel = panel
    if panel.state == State.CLOSED:
        if not queries.effect_said(panel):
            wait_for_effect(panel)
        if not ask_missed(panel, by=by) and queries.asked_of(panel):
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
    for row in SignOff.objects.filter(outcome=outcome, number=outcome.number).waiting().select_related("who"):
        ask_to_sign(panel, row.who)
