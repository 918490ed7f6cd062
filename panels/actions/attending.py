"""What lies with a group or network waits for those who coordinate it today, whoever did when it was put before them."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from consent.actions import hold_consent
from cpms import clock
from cpms.notifications import actions as notifications
from cpms.notifications.states import Verb
from panels import queries
from panels.actions import dispatching, escalating, referring
from panels.models import Dispatch, Referral


def look_after_unattended(*, by: Any) -> int:
    """Panels put before somebody, help that was asked for, and referrals, as far as they wait for nobody who coordinates
    there today: they wait for those who do, who are told, and no more for who coordinates nothing. Gives how many there were.

    Run by the clock, because roles lapse by their dates; and whenever somebody begins or ceases to coordinate.
    """
    notifications.cancel_work(queries.left_with_past_coordinators())
    put = [put_dispatch(row, by=by) for row in queries.unattended(Dispatch.objects.to_take_up(), Verb.DISPATCH)]
    put += [ask_for_help(row) for row in queries.unattended(queries.help_left(), Verb.HELP)]
    put += [put_referral(row, by=by) for row in queries.unattended(Referral.objects.waiting(), Verb.REFERRAL)]
    return sum(put)


@transaction.atomic
def put_dispatch(row: Dispatch, *, by: Any) -> int:
    """Under its lock, and the consent's: parallel runs put it before them once, and nothing waits after a withdrawal."""
    hold_consent(row.audit_patient_id)
    current = held(Dispatch.objects.to_take_up(), row.pk, Verb.DISPATCH)
    if current is not None:
        dispatching.tell_coordinators(current, by=by)
    return int(current is not None)


@transaction.atomic
def ask_for_help(row: Dispatch) -> int:
    hold_consent(row.audit_patient_id)
    current = held(queries.help_left(), row.pk, Verb.HELP)
    if current is not None:
        escalating.ask_coordinators_of(current, clock.now().isoformat())
    return int(current is not None)


@transaction.atomic
def put_referral(row: Referral, *, by: Any) -> int:
    current = held(Referral.objects.waiting(), row.pk, Verb.REFERRAL)
    if current is not None:
        referring.put_before_coordinators(current, by=by)
    return int(current is not None)


def held(rows: Any, key: Any, verb: Verb) -> Any:
    """The row of this key, fresh and held until commit, if it is among these and waits for nobody still; or ``None``."""
    locked = rows.select_for_update(of=("self",), skip_locked=True).filter(pk=key)
    return next(iter(queries.unattended(locked, verb)), None)
