"""Authors correct or recall their own words."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import transaction

from consent.actions import hold_consent
from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from panels import policy, queries
from panels.actions import escalating, inviting
from panels.actions.telling import tell
from panels.models import Contribution, Message, Panel, Wording
from panels.models.talk import Said

S = TypeVar("S", bound=Said)


def locked(said: S, *, by: Any) -> S:
    """The same words, fresh and held until commit, and their panel before them, if their author may still change them."""
    panel = Panel.objects.held(said.panel_id)
    rows = type(said)._default_manager.with_surroundings()
    current: S | None = rows.select_for_update(of=("self",)).filter(pk=said.pk).first()
    if current is None:
        raise Refused("These words were taken back already.")
    current.panel = panel
    if not (verdict := policy.may_reword(by, current)):
        raise Refused(verdict.reason)
    return current


@transaction.atomic
def reword(said: Contribution | Message, *, text: str, by: Any) -> Contribution | Message:
    """Correct one's words. The earlier wording stays readable; views taken before say so by their time. The lead hears of it,
    and whoever took a view of the words, answered them or was mentioned."""
    hold_consent(said.audit_patient_id)
    current = locked(said, by=by)
    if current.text == text:
        return current
    earlier = Wording(key=current.key, **{current._meta.model_name or "": current})
    earlier.text = current.text
    earlier.save(force_insert=True)
    current.text, current.edited_at = text, clock.now()
    current.save(update_fields=["text", "edited_at"])
    tell(readers(current), Notice.REWORDED, current.panel, by=by)
    audit.record(Event.REWORDED, on=current, by=by)
    return current


@transaction.atomic
def recall(said: Contribution | Message, *, by: Any) -> None:
    """Take one's words back within five minutes, while nobody has answered them: they are gone for good."""
    current = locked(said, by=by)
    if not current.recallable:
        raise Refused("Words can be recalled for five minutes; you can still correct them.")
    if isinstance(current, Contribution) and (current.stances.exists() or current.marked_at):
        raise Refused("Somebody has answered this already; you can still correct it.")
    if answers_to(current):
        raise Refused("Somebody has answered this already; you can still correct it.")
    panel = current.panel
    audit.record(Event.RECALLED, on=current, by=by)
    current.wordings.all().delete()
    current.delete()
    if isinstance(current, Contribution):
        as_if_never_said(panel, by=by)


def answers_to(said: Contribution | Message) -> list[Contribution | Message]:
    """Words that name these as what they answer."""
    name = "answers_statement" if isinstance(said, Contribution) else "answers_message"
    rows = (model.objects.filter(**{name: said}).select_related("author") for model in (Contribution, Message))
    return [answer for found in rows for answer in found]


def readers(said: Contribution | Message) -> set[Any]:
    """The lead, and those who rely on the words: whoever answered them, took a view of them, or was mentioned in them."""
    people = {said.panel.lead, *said.mentions.all(), *(answer.author for answer in answers_to(said))}
    views = said.stances.select_related("who") if isinstance(said, Contribution) else ()
    return people | {view.who for view in views}


def as_if_never_said(panel: Panel, *, by: Any) -> None:
    """After a recalled statement: the clock of the first reply, whether enough is there, and what waits for whom."""
    Panel.objects.filter(pk=panel.pk).update(first_reply_at=queries.first_reply_at(panel))
    escalating.not_enough(panel)
    if not Contribution.objects.awaiting_data().filter(panel=panel).exists():
        notifications.settle_all(panel, Verb.ADD_DATA)
    inviting.wait_again(panel, by)
