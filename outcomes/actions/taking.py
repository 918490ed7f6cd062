"""What a meeting decided becomes advice of the panel's outcome."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from consent.actions import hold_consent
from cpms.audit import actions as audit
from cpms.audit.states import Event
from outcomes import policy
from outcomes.actions.writing import ask_nobody, next_position, owner_of
from outcomes.models import AdviceItem, Outcome
from outcomes.states import OutcomeState
from panels.meetings.models import MeetingDecision
from panels.models import Panel
from panels.states import State


@transaction.atomic
def take_decision(decision_id: str, *, by: Any) -> AdviceItem | None:
    """A decision written down on a meeting's sheet, as an advice with the decision's own key. Safe to run twice.

    While the panel is open nobody edits the draft yet, so a correction on the sheet is carried over; afterwards the
    advice belongs to whoever writes the outcome. ``None`` for a panel that takes no decision any more.
    """
    decision = MeetingDecision.objects.select_related("owner", "noted_by", "item__meeting").get(pk=decision_id)
    panel = Panel.objects.with_case().get(pk=decision.item.panel_id)
    hold_consent(panel.audit_patient_id)
    if not policy.may_take_decisions(panel):
        return None
    Outcome.objects.get_or_create(panel=panel, defaults={"key": panel.key})
    outcome = Outcome.objects.select_for_update(of=("self",)).get(panel=panel)
    item = outcome.items.filter(pk=decision.pk).first()
    if item is not None and panel.state != State.OPEN:
        return item
    if item is None:
        item = AdviceItem(pk=decision.pk, outcome=outcome, key=outcome.key, position=next_position(outcome))
    words = {"text": decision.text, "dissent": decision.dissent, "due_on": decision.due_on}
    words |= {"owner": str(decision.owner or owner_of(panel)), "meeting": decision.item.meeting}
    if all(getattr(item, name) == value for name, value in words.items()):
        return item
    for name, value in words.items():
        setattr(item, name, value)
    item.save()
    take_back(panel, outcome, by=decision.noted_by)
    return item


def take_back(panel: Panel, outcome: Outcome, *, by: Any) -> None:
    """The text has grown: it is a draft again, nobody is asked to sign it, and who has it open clashes."""
    ask_nobody(panel, state=outcome.state)
    outcome.state, outcome.version = OutcomeState.DRAFT, outcome.version + 1
    outcome.save(update_fields=["state", "version"])
    audit.record(Event.OUTCOME_WRITTEN, on=outcome, by=by, version=outcome.version, verb="decide")
