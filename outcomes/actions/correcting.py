"""A closed outcome is corrected by a new version with a reason; the earlier ones stay as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from consent.actions import hold_consent
from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from outcomes import policy
from outcomes.actions.documents import hand_to_guests, order_document
from outcomes.actions.signing import ask_for_signatures, keep_version, want_signatures
from outcomes.actions.writing import write_text
from outcomes.models import Outcome
from panels import actions as panels
from panels.models import Panel


@transaction.atomic
def correct_outcome(
    panel: Panel,
    *,
    conclusion: str,
    items: Sequence[Mapping[str, Any]],
    reason: str,
    version: int,
    by: Any,
    plain: str | None = None,
) -> Outcome:
    """The corrected text counts at once: a wrong dose must not wait for signatures.

    It becomes a new version and a new document, which prints the reason and what it replaces. Who was asked to sign the
    earlier one is told, and may sign the new one or dissent. Words are given as for ``write_outcome``; raises ``Clash``.
    """
    hold_consent(panel.audit_patient_id)
    current = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_correct(by, current)):
        raise Refused(verdict.reason)
    if not reason.strip():
        raise Refused("Say why the outcome is corrected; the reason is printed.")
    panels.follow_lead(current, by=by)
    outcome = Outcome.objects.get(panel=current)
    write_text(outcome, conclusion=conclusion, plain=plain, items=items, version=version)
    outcome.number, outcome.sent_at = outcome.number + 1, clock.now()
    outcome.save(update_fields=["number", "sent_at"])
    keep_version(current, by=by, reason=reason)
    tell_signers(current, outcome, by=by)
    hand_to_guests(order_document(current, by=by), notice=Notice.OUTCOME_CORRECTED, by=by)
    audit.record(Event.OUTCOME_CORRECTED, on=outcome, by=by, version=outcome.number, saved=outcome.version)
    return outcome


def tell_signers(panel: Panel, outcome: Outcome, *, by: Any) -> None:
    """Who is seated reads of the correction, and is asked to sign it."""
    notifications.settle_all(panel, Verb.SIGN)
    signers = ask_for_signatures(panel, outcome, by=by)
    want_signatures(signers, panel, outcome, by=by, notice=Notice.OUTCOME_CORRECTED)
