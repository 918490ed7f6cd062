"""A referral from outside: asked, accepted for a clinician, passed on, declined, forgotten."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction
from django.urls import reverse

from cpms import clock
from cpms.accounts import queries as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import Network, ThematicGroup, User
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.drafts import actions as drafts
from cpms.locking import hold
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from cpms.vault import actions as vault
from cpms.vault import cipher
from panels import policy
from panels.actions import inviting
from panels.actions.drafting import main_group_in
from panels.models import Panel, Referral
from panels.states import TAKE_UP_WITHIN, ReferralState, Urgency


@transaction.atomic
def refer(
    email: str,
    *,
    name: str,
    hospital: str,
    country: str,
    text: str,
    network: Network,
    group: ThematicGroup | None,
    urgency: str,
    by: Any,
) -> Referral:
    """Write a referral down and mail its private link; coordinators are told. ``by`` is nobody, and the answer is the
    same whether or not the address has an account."""
    token = secrets.token_urlsafe(24)
    referral = Referral(
        key=vault.new_key(),
        name=name,
        email=email.lower(),
        hospital=hospital,
        country=country,
        network=network,
        group=group,
        urgency=Urgency(urgency),
        digest=cipher.digest("referral", token),
    )
    referral.text = text
    referral.save(force_insert=True)
    audit.record(Event.REFERRED, on=referral, by=by)
    path = reverse("panels:referral_status", args=[token])
    notifications.notify_address(referral.email, notice=Notice.REFERRAL_RECEIVED, about=referral, path=path)
    put_before_coordinators(referral, by=by)
    return referral


def put_before_coordinators(referral: Referral, *, by: Any) -> None:
    people = accounts.coordinators_for(referral.network, referral.group)
    path, due = referral.get_absolute_url(), clock.now() + TAKE_UP_WITHIN
    urgent = referral.urgency == Urgency.URGENT
    notifications.open_for(people, Verb.REFERRAL, on=referral, ref=referral.ref, path=path, due_at=due, urgent=urgent)
    notifications.notify(
        people,
        notice=Notice.REFERRAL_WAITING,
        by=by,
        about=referral,
        ref=referral.ref,
        path=path,
        again=clock.now().isoformat(),  # it may come back to where it was
        urgent=urgent,
    )


def locked(referral: Referral, *, by: Any) -> Referral:
    """The same referral, held until commit, if ``by`` may decide it: of two decisions one wins."""
    hold(Referral._base_manager.filter(pk=referral.pk))  # alone, as a panel
    current = Referral.objects.with_surroundings().get(pk=referral.pk)
    if not (verdict := policy.may_decide_referral(by, current)):
        raise Refused(verdict.reason)
    take_from_clinician(current)
    return current


def take_from_clinician(referral: Referral) -> None:
    """Whoever it was accepted for need not open the panel any more."""
    notifications.settle_all(referral, Verb.START_PANEL)
    referral.clinician = None


def settle(referral: Referral, state: ReferralState, *, by: Any) -> None:
    """The physician hears of it wherever it says something new: another clinician for what is accepted already does not, an
    acceptance after it was passed on does."""
    moment = "" if referral.state == state else clock.now().isoformat()
    referral.state, referral.decided_at, referral.decided_by = state, clock.now(), by
    referral.save(update_fields=["state", "decided_at", "decided_by", "clinician", "reason"])
    notifications.settle_all(referral, Verb.REFERRAL, how=Settled.DONE)
    audit.record(Event.REFERRAL_DECIDED, on=referral, by=by, verb=str(state))
    if moment:
        notifications.notify_address(referral.email, notice=Notice.REFERRAL_ANSWERED, about=referral, again=moment)


@transaction.atomic
def accept_referral(referral: Referral, *, clinician: User, by: Any) -> Referral:
    """A clinician of the networks opens the panel; the physician becomes its guest when it opens."""
    current = locked(referral, by=by)
    if not accounts.experts(besides=User()).filter(pk=clinician.pk).exists():
        raise Refused("Only a clinician of a member centre can open the panel.")
    current.clinician = clinician
    settle(current, ReferralState.ACCEPTED, by=by)
    path, due = current.get_absolute_url(), clock.now() + TAKE_UP_WITHIN
    urgent = current.urgency == Urgency.URGENT
    notifications.open_work(
        clinician, Verb.START_PANEL, on=current, ref=current.ref, path=path, due_at=due, urgent=urgent
    )
    notifications.notify(
        [clinician],
        notice=Notice.REFERRAL_YOURS,
        by=by,
        about=current,
        ref=current.ref,
        path=path,
        again=clock.now().isoformat(),
        urgent=urgent,
    )
    return current


@transaction.atomic
def pass_referral_on(
    referral: Referral, *, network: Network, group: ThematicGroup | None, reason: str, by: Any
) -> Referral:
    """To the coordinators of another group or network, with the reason. They have as long as those before them had."""
    current = locked(referral, by=by)
    if (current.network, current.group) == (network, group):
        raise Refused("The referral lies there already.")
    if not reason.strip():
        raise Refused("Say in a sentence why you pass it on.")
    notifications.settle_all(current, Verb.REFERRAL)
    current.network, current.group, current.note = network, group, reason
    current.state, current.decided_at, current.decided_by = ReferralState.WAITING, None, None
    current.waits_since = clock.now()
    changed = ["network", "group", "note", "state", "decided_at", "decided_by", "waits_since", "clinician"]
    current.save(update_fields=changed)
    audit.record(Event.REFERRAL_DECIDED, on=current, by=by, verb="passed_on")
    moment = clock.now().isoformat()
    notifications.notify_address(current.email, notice=Notice.REFERRAL_PASSED_ON, about=current, again=moment)
    put_before_coordinators(current, by=by)
    return current


@transaction.atomic
def decline_referral(referral: Referral, *, reason: str, by: Any) -> Referral:
    """The physician reads the reason behind the private link; some time later the words are destroyed."""
    if not reason.strip():
        raise Refused("Give the reason; the physician reads it.")
    current = locked(referral, by=by)
    current.reason = reason
    settle(current, ReferralState.DECLINED, by=by)
    return current


@transaction.atomic
def grow_from_referral(referral: Referral, panel: Panel, *, by: Any) -> Panel:
    """Carry the physician's question into a fresh draft of the clinician it was accepted for.

    From here on the words live under the patient's key alone, so that erasing the patient erases them.
    """
    rows = Referral.objects.to_start(by).with_surroundings().select_for_update(of=("self",))
    current = rows.filter(pk=referral.pk, clinician=panel.lead_id).first()
    if current is None:
        raise Refused("This referral is not yours to open, or its panel is begun already.")
    current.panel = panel
    current.save(update_fields=["panel"])
    notifications.settle_all(current, Verb.START_PANEL, how=Settled.DONE)
    panel.question, panel.group = current.text, main_group_in(panel, current.group)
    panel.urgency = current.urgency
    panel.save(update_fields=["question", "group", "urgency"])
    drafts.forget_about([str(current.pk)])
    vault.destroy_key(current.key)
    audit.record(Event.REFERRAL_FORGOTTEN, on=current, by=by)
    return panel


def seat_physician(panel: Panel, *, by: Any) -> None:
    """The panel opens: whoever referred the patient is invited as its guest."""
    referral = Referral.objects.filter(panel=panel).first()
    if referral is not None and referral.email != panel.lead.email.lower():
        who = {name: getattr(referral, name) for name in ("email", "name", "hospital", "country")}
        inviting.invite_guest(panel, by=by, **who)


def tell_physician_of_end(panel: Panel) -> None:
    """The panel was given up before it opened: its guest was not invited yet, so the private link has the answer."""
    referral = Referral.objects.filter(panel=panel).first()
    if referral is not None and panel.opened_at is None:
        notifications.notify_address(referral.email, notice=Notice.REFERRAL_ANSWERED, about=referral, again="given up")


@transaction.atomic
def look_after_referrals(*, by: Any) -> int:
    """Run by the clock: what nobody decided in time ends; the words of what is over for long are destroyed."""
    overdue = list(Referral.objects.overdue().select_for_update(of=("self",), skip_locked=True))
    for referral in overdue:
        settle(referral, ReferralState.EXPIRED, by=by)
    over = Referral.objects.to_forget().select_related("key")
    forgotten = list(over.select_for_update(of=("self", "key"), skip_locked=True))
    drafts.forget_about(str(referral.pk) for referral in forgotten)
    for referral in forgotten:
        if referral.state == ReferralState.ACCEPTED:
            take_from_clinician(referral)
            settle(referral, ReferralState.EXPIRED, by=by)
        vault.destroy_key(referral.key)
        audit.record(Event.REFERRAL_FORGOTTEN, on=referral, by=by)
    return len(overdue) + len(forgotten)
