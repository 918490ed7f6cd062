"""Authors correct or recall their own words."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Min

from consent.actions import hold_consent
from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.states import Verb
from panels import policy
from panels.models import Contribution, Invitation, Message, Panel, Wording
from panels.models.talk import Said
from panels.states import ANSWER_WITHIN, Part, due_on

S = TypeVar("S", bound=Said)


def locked(said: S, *, by: Any) -> S:
    """The same words, fresh and held until commit, if their author may still change them."""
    rows = type(said)._default_manager.with_surroundings()
    current: S | None = rows.select_for_update(of=("self",)).filter(pk=said.pk).first()
    if current is None:
        raise Refused("These words were taken back already.")
    if not (verdict := policy.may_reword(by, current)):
        raise Refused(verdict.reason)
    return current


@transaction.atomic
def reword(said: Contribution | Message, *, text: str, by: Any) -> Contribution | Message:
    """Correct one's words. The earlier wording stays readable; views taken before say so by their time."""
    hold_consent(said.audit_patient_id)
    current = locked(said, by=by)
    if current.text == text:
        return current
    earlier = Wording(key=current.key, **{current._meta.model_name or "": current})
    earlier.text = current.text
    earlier.save(force_insert=True)
    current.text, current.edited_at = text, clock.now()
    current.save(update_fields=["text", "edited_at"])
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
    if answered(current):
        raise Refused("Somebody has answered this already; you can still correct it.")
    panel = current.panel
    audit.record(Event.RECALLED, on=current, by=by)
    current.wordings.all().delete()
    current.delete()
    if isinstance(current, Contribution):
        as_if_never_said(panel, by=by)


def answered(said: Contribution | Message) -> bool:
    """Whether other words name these as what they answer."""
    name = "answers_statement" if isinstance(said, Contribution) else "answers_message"
    return any(model.objects.filter(**{name: said}).exists() for model in (Contribution, Message))


def as_if_never_said(panel: Panel, *, by: Any) -> None:
    """After a recalled statement: the clock of the first reply, and what waits for whom."""
    invited = Invitation.objects.filter(panel=panel).values("invitee")
    replies = Contribution.objects.filter(panel=panel, author__in=invited)
    Panel.objects.filter(pk=panel.pk).update(first_reply_at=replies.aggregate(first=Min("at"))["first"])
    if not Contribution.objects.awaiting_data().filter(panel=panel).exists():
        notifications.settle_all(panel, Verb.ADD_DATA)
    if policy.part_of(by, panel) != Part.TREATING and not replies.filter(author=by).exists():
        due = due_on(panel.wanted_by) if panel.wanted_by else clock.now() + ANSWER_WITHIN
        path = panel.get_absolute_url()
        notifications.open_work(by, Verb.REPLY, on=panel, ref=panel.ref, path=path, due_at=due, urgent=panel.urgent)
