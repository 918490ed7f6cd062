"""From marked statements and decisions of meetings to a text that can be signed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import TextChoices
from django.utils.formats import date_format

from consent.actions import hold_consent
from cpms import clock, locking
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.states import Verb
from outcomes import policy, queries
from outcomes.models import AdviceItem, Outcome, OutcomeSave
from outcomes.states import AdviceKind, OutcomeState, Strength
from panels import actions as panels
from panels.meetings.models import MeetingDecision
from panels.models import Contribution, Panel
from panels.states import Move

WRITE_WITHIN = dt.timedelta(days=7)


def address(panel: Panel) -> str:
    return f"/panels/{panel.ref}/outcome/"


@transaction.atomic
def start_outcome(panel: Panel, *, by: Any) -> Outcome:
    """Move the panel to its outcome and draw the first draft from the marked statements, in their order."""
    hold_consent(panel.audit_patient_id)
    if not (verdict := policy.may_start(by, Panel.objects.held(panel.pk))):
        raise Refused(verdict.reason)
    current = panels.move(panel, Move.START_OUTCOME, by=by)
    outcome, fresh = Outcome.objects.get_or_create(panel=current, defaults={"key": current.key})
    if not fresh:
        outcome.state = OutcomeState.DRAFT
        outcome.save(update_fields=["state"])
    take_marked(outcome)
    wait_for_text(current)
    return outcome


def wait_for_text(panel: Panel) -> None:
    """The outcome waits for the lead to write it."""
    due, path = clock.now() + WRITE_WITHIN, address(panel)
    notifications.open_work(
        panel.lead, Verb.WRITE_OUTCOME, on=panel, ref=panel.ref, path=path, due_at=due, urgent=panel.urgent
    )


def ask_nobody(panel: Panel, *, state: str) -> None:
    """The text is a draft again: it waits for the lead, not for signatures. ``state`` is the outcome's of before."""
    notifications.settle_all(panel, Verb.SIGN)
    if state == OutcomeState.SIGNING:
        notifications.settle_all(panel, Verb.CLOSE)
        wait_for_text(panel)


def take_marked(outcome: Outcome) -> None:
    """Each marked statement that is advice becomes an item, once: its words, its kind, the lead as the one who does it."""
    for position, said in enumerate(queries.marked_advice(outcome), start=next_position(outcome)):
        item = AdviceItem(pk=said.pk, outcome=outcome, key=outcome.key, position=position, contribution=said)
        item.text, item.kind, item.owner = said.text, said.kind, owner_of(outcome.panel)
        item.save(force_insert=True)


def leave_out(outcome: Outcome, items: Sequence[Mapping[str, Any]], *, by: Any) -> None:
    """Take the mark back of each statement whose advice was emptied."""
    emptied = {str(row.get("id") or "") for row in items if not row["text"].strip()}
    for said in queries.marked_advice(outcome):
        if str(said.pk) in emptied:
            panels.mark(said, marked=False, by=by)


def owner_of(panel: Panel) -> str:
    """Who does it, unless somebody else is named."""
    return str(panel.lead)


def next_position(outcome: Outcome) -> int:
    return max(outcome.items.values_list("position", flat=True), default=0) + 1


@transaction.atomic
def write_outcome(
    panel: Panel,
    *,
    conclusion: str,
    items: Sequence[Mapping[str, Any]],
    version: int,
    by: Any,
    plain: str | None = None,
) -> Outcome:
    """Save conclusion, plain words (as they were when ``None``) and advice.

    ``items`` gives id (or none) and text in order, and what of kind, strength, owner, due_on and dissent is to change.
    An emptied text drops its item, and the mark of its statement; one that is not named stays, after the others. Writing after signatures were asked
    for takes the outcome back to its draft: the next sending is a new version and everybody is asked again. Raises
    ``Clash`` with both texts when somebody else saved meanwhile.
    """
    hold_consent(panel.audit_patient_id)
    current = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_write(by, current)):
        raise Refused(verdict.reason)
    outcome = Outcome.objects.get(panel=current)
    write_text(outcome, conclusion=conclusion, plain=plain, items=items, version=version)
    leave_out(outcome, items, by=by)
    ask_nobody(current, state=outcome.state)
    outcome.state = OutcomeState.DRAFT
    outcome.save(update_fields=["state"])
    keep_save(current, by=by)
    audit.record(Event.OUTCOME_WRITTEN, on=outcome, by=by, version=outcome.version, saved=outcome.version)
    return outcome


def keep_save(panel: Panel, *, by: Any) -> None:
    """Write the text down as it was saved. What was saved last and is saved again is kept once, with who saved it first."""
    outcome = queries.outcome_of(panel)
    body, last = queries.body_of(replace(queries.text_of(outcome), version=0)), outcome.saves.first()
    if last is not None and last.body == body:
        last.number = outcome.version
        last.save(update_fields=["number"])
    else:
        save = OutcomeSave(outcome=outcome, key=outcome.key, number=outcome.version, by=by)
        save.body = body
        save.save(force_insert=True)


def write_text(
    outcome: Outcome, *, conclusion: str, plain: str | None, items: Sequence[Mapping[str, Any]], version: int
) -> None:
    """Write the words; the caller holds the panel and has asked whether they may be written."""
    words = {"conclusion": conclusion, "plain": outcome.plain if plain is None else plain}
    try:
        locking.claim(outcome, version, words)
    except locking.Clash as clash:
        raise locking.Clash(outcome, [*clash.fields, *between(outcome, items)], version=clash.version) from clash
    outcome.conclusion, outcome.plain = words["conclusion"], words["plain"]
    outcome.save(update_fields=["conclusion", "plain"])
    known = {str(item.pk): item for item in outcome.items.all()}
    position, used = 0, set[str]()
    for row in items:
        key = str(row.get("id") or "")
        item = known.pop(key, None)
        if row["text"].strip():
            position += 1
            put_item(item or fresh_item(outcome, "" if key in used else key), row, position)
            used.add(key)
        elif item is not None:
            item.delete()
    for item in known.values():
        position += 1
        item.position = position
        item.save(update_fields=["position"])


def fresh_item(outcome: Outcome, key: str) -> AdviceItem:
    """A new advice; one that somebody took out while it was being written on, known by its ``key``, comes from the same statement
    or decision as before."""
    item = AdviceItem(outcome=outcome, key=outcome.key)
    item.contribution = Contribution.objects.filter(pk=key, panel=outcome.panel_id).first() if key else None
    decision = MeetingDecision.objects.filter(pk=key, item__panel=outcome.panel_id).first() if key else None
    item.meeting_id = decision.item.meeting_id if decision else None
    if item.contribution or decision:
        item.pk = uuid.UUID(key)
    return item


def put_item(item: AdviceItem, row: Mapping[str, Any], position: int) -> None:
    """Save one advice; what the row does not name stays as it was."""
    item.position, item.text = position, row["text"]
    item.kind, item.owner = row.get("kind", item.kind), row.get("owner", item.owner)
    item.strength = row.get("strength", item.strength)
    item.due_on, item.dissent = row.get("due_on", item.due_on), row.get("dissent", item.dissent)
    item.save()


LABELS = {
    "text": "Advice {}",
    "kind": "Advice {}, kind",
    "strength": "Advice {}, strength",
    "owner": "Advice {}, who does it",
    "due_on": "Advice {}, by when",
    "dissent": "Advice {}, spoken dissent",
}
TYPED = ("text", "owner", "dissent")
CHOSEN: dict[str, type[TextChoices]] = {"kind": AdviceKind, "strength": Strength}
TAKEN_OUT = ("Advice taken out meanwhile", "Taken out. Saving yours puts it back; emptied, it stays out.")


def between(outcome: Outcome, items: Sequence[Mapping[str, Any]]) -> list[locking.ClashField]:
    """Where advice differs from what was saved meanwhile, and the advice that was added or taken out meanwhile. A marked statement
    that was never saved was not taken out.

    A row's ``prefix`` names its fields on the page, so that the typed ones can be edited there.
    """
    saved = {str(item.pk): item for item in outcome.items.all()}
    fields, marked = [], {str(said.pk) for said in queries.marked_advice(outcome)}
    for row in items:
        item = saved.pop(str(row.get("id") or ""), None)
        if item is not None:
            fields += apart(item, row)
        elif row.get("id") and row["text"].strip() and str(row["id"]) not in marked:
            label, theirs = TAKEN_OUT
            fields.append(locking.ClashField(field_of(row, "text"), label, row["text"], theirs))
    added = [locking.ClashField("", "Advice added meanwhile, which stays", "", item.text) for item in saved.values()]
    return fields + added


def apart(item: AdviceItem, row: Mapping[str, Any]) -> list[locking.ClashField]:
    """What a row says otherwise than the advice that was saved, in words."""
    fields = []
    for name, label in LABELS.items():
        theirs = getattr(item, name)
        mine = row.get(name, theirs)
        if mine != theirs:
            words = (label.format(item.position), in_words(name, mine), in_words(name, theirs))
            chosen = None if name in TYPED else locking.as_sent(mine, theirs)
            fields.append(locking.ClashField(field_of(row, name), *words, chosen))
    return fields


def field_of(row: Mapping[str, Any], name: str) -> str:
    """What the field is called on the page; without one it is shown only."""
    return f"{row['prefix']}-{name}" if "prefix" in row else ""


def in_words(name: str, value: Any) -> str:
    if name in CHOSEN:
        return str(CHOSEN[name](value).label) if value else "Not said"
    return date_format(value, "j F Y") if name == "due_on" and value else str(value or "")
