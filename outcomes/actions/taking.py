"""What a meeting decided becomes advice of the panel's outcome."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction

from consent.actions import hold_consent
from cpms.audit import actions as audit
from cpms.audit.states import Event
from outcomes import policy
from outcomes.actions.writing import ask_nobody, next_position
from outcomes.models import AdviceItem, Outcome
from outcomes.states import OutcomeState
from panels.meetings import actions as meetings
from panels.meetings.models import MeetingDecision
from panels.models import Panel
from panels.states import State

WORDS = ("text", "dissent", "owner", "due_on")


@transaction.atomic
def take_decisions(panel: Panel, *, by: Any) -> bool:
    """What meetings decided and no worker has brought into the outcome yet; says whether the text changed by it."""
    of_panel = Outcome.objects.filter(panel=panel).values_list("version", flat=True)
    before = of_panel.first()
    for decision in MeetingDecision.objects.on_their_way(panel).order_by("noted_at"):
        take_decision(str(decision.pk), by=by)
    return of_panel.first() != before


@transaction.atomic
def take_decision(decision_id: str, *, by: Any) -> AdviceItem | None:
    """A decision written down on a meeting's sheet, as an advice with the decision's own key. Safe to run twice.

    A correction on the sheet is carried over while the advice still says what the decision said before; an advice that the lead
    has changed or taken out is the lead's. ``None`` for a panel that takes no decision any more, and for what was taken out.
    """
    panel = Panel.objects.with_case().get(agenda_items__decisions__pk=decision_id)
    hold_consent(panel.audit_patient_id)
    panel = Panel.objects.held(panel.pk)
    if not policy.may_take_decisions(panel):
        return None
    Outcome.objects.get_or_create(panel=panel, defaults={"key": panel.key})
    outcome = Outcome.objects.select_for_update(of=("self",)).get(panel=panel)
    decision = MeetingDecision.objects.select_related("owner", "noted_by", "item__meeting").get(pk=decision_id)
    item = outcome.items.filter(pk=decision.pk).first()
    if decision.taken_version >= decision.version:
        return item
    words = {"text": decision.text, "dissent": decision.dissent, "due_on": decision.due_on}
    words["owner"] = str(decision.owner or "")
    if is_theirs(decision, item, panel, outcome):
        item = put_decision(decision, item, words, outcome)
        take_back(panel, outcome, by=decision.noted_by)
    meetings.note_taken(decision, words=spelled(words))
    return item


def is_theirs(decision: MeetingDecision, item: AdviceItem | None, panel: Panel, outcome: Outcome) -> bool:
    """Whether the advice is the meeting's still, and not the lead's. Of what was taken before its words were kept we know only
    that nobody edited it until the outcome was first sent."""
    if item is None:
        return decision.taken_version == 0
    if decision.taken_version == 0:
        return panel.state == State.OPEN and outcome.number == 0
    return decision.taken == spelled({name: getattr(item, name) for name in WORDS})


def spelled(words: dict[str, Any]) -> str:
    """In one spelling only, for comparing."""
    return json.dumps({name: str(words[name] or "") for name in WORDS}, ensure_ascii=False)


def put_decision(
    decision: MeetingDecision, item: AdviceItem | None, words: dict[str, Any], outcome: Outcome
) -> AdviceItem:
    if item is None:
        item = AdviceItem(pk=decision.pk, outcome=outcome, key=outcome.key, position=next_position(outcome))
    item.meeting = decision.item.meeting
    for name, value in words.items():
        setattr(item, name, value)
    item.save()
    return item


def take_back(panel: Panel, outcome: Outcome, *, by: Any) -> None:
    """The text has grown: it is a draft again, nobody is asked to sign it, and who has it open clashes."""
    ask_nobody(panel, state=outcome.state)
    outcome.state, outcome.version = OutcomeState.DRAFT, outcome.version + 1
    outcome.save(update_fields=["state", "version"])
    audit.record(
        Event.OUTCOME_WRITTEN, on=outcome, by=by, version=outcome.version, saved=outcome.version, verb="decide"
    )
