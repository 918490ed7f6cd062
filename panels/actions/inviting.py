"""Ask people in, let them go."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.urls import reverse

from consent.actions import hold_consent
from consent.policy import may_be_discussed
from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts import queries as accounts_of
from cpms.accounts.access import Refused
from cpms.accounts.models import ActivationLink, User
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.drafts import actions as drafts
from cpms.jobs import actions as jobs
from cpms.locking import hold
from cpms.notifications import actions as notifications
from cpms.notifications import queries as notifications_of
from cpms.notifications.notices import Notice
from cpms.notifications.states import EXPIRY, Settled, Verb
from panels import policy, queries
from panels.actions import chasing, guest_links, sight
from panels.cases.models import Case
from panels.models import Invitation, Panel, Referral
from panels.states import ANSWER_WITHIN, GUEST_STAYS, InvitationKind, InvitationState, State, due_on

LIVE = (InvitationState.PENDING, InvitationState.ACCEPTED)


@transaction.atomic
def invite_experts(panel: Panel, *, people: Iterable[User], by: Any) -> list[Invitation]:
    """Ask experts in; who is asked or in already is left alone. Each gets a work item and a mail. The panel is held: of two who
    ask the same person at one moment, one does."""
    hold_consent(panel.audit_patient_id)
    panel = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_invite(by, panel)):
        raise Refused(verdict.reason)
    taken = set(Invitation.objects.filter(panel=panel, state__in=LIVE).values_list("invitee_id", flat=True))
    asked = [person for person in people if person.pk not in taken and person.pk != panel.lead_id]
    if asked:
        notifications.settle_all(panel, Verb.SUBSTITUTE, how=Settled.DONE)
    return [ask(panel, person, by=by, notice=Notice.INVITED) for person in asked]


def ask(
    panel: Panel,
    person: User,
    *,
    by: Any,
    notice: Notice,
    guest_until: dt.datetime | None = None,
    path: str = "",
    known: dict[str, Any] | None = None,
) -> Invitation:
    """One invitation with everything that belongs to it; ``known`` is what was typed of a guest, and whether they referred."""
    accounts.hold_unused(person)
    now, waits = clock.now(), dt.timedelta(days=notifications_of.days_of(panel.network_id, EXPIRY)[0])
    invitation = Invitation(
        panel=panel,
        key=panel.key,
        invitee=person,
        invited_by=by,
        kind=InvitationKind.GUEST if guest_until else InvitationKind.EXPERT,
        sent_at=now,
        expires_at=now + (waits / 2 if panel.urgent else waits),
        guest_until=guest_until,
        **(known or {}),
    )
    invitation.save(force_insert=True)
    here = invitation.get_absolute_url()
    wait_for_answer(invitation)
    chasing.something_happened(panel)
    notifications.notify(
        [person], notice=notice, by=by, about=invitation, ref=panel.ref, path=path or here, urgent=panel.urgent
    )
    audit.record(Event.INVITED, on=invitation, by=by, kind=str(invitation.kind))
    return invitation


def invite_again(invitation: Invitation, *, by: Any, again: str) -> None:
    """The mail once more, for the occasion that ``again`` names. A guest without an account gets a fresh link: only where the
    one before has ended."""
    panel, person = invitation.panel, invitation.invitee
    if person.activated_at is None and accounts_of.is_guest(person):
        guest_links.mail_fresh(invitation, by=None)
        return
    here = invitation.get_absolute_url()
    notifications.notify(
        [person],
        notice=words_of(referred=invitation.referred),
        by=by,
        about=invitation,
        ref=panel.ref,
        path=here,
        again=again,
        urgent=panel.urgent,
    )


def words_of(*, referred: bool) -> Notice:
    """What is mailed to somebody with an account who is asked in: for advice, or to the panel of a patient whom they
    ``referred``."""
    return Notice.REFERRER_INVITED if referred else Notice.INVITED


def wait_for_answer(invitation: Invitation) -> None:
    """A yes or no is asked of the person."""
    panel, path = invitation.panel, invitation.get_absolute_url()
    due, person = invitation.answer_by, invitation.invitee
    notifications.open_work(
        person, Verb.ANSWER, on=invitation, ref=panel.ref, path=path, due_at=due, urgent=panel.urgent
    )


def wait_for_reply(panel: Panel, person: Any) -> None:
    """Advice is asked of a member: by the panel's day, or soon where that has passed already."""
    wanted = due_on(panel.wanted_by) if panel.wanted_by else None
    soon = clock.now() + ANSWER_WITHIN
    due, path = wanted if wanted and wanted > clock.now() else soon, panel.get_absolute_url()
    notifications.open_work(person, Verb.REPLY, on=panel, ref=panel.ref, path=path, due_at=due, urgent=panel.urgent)


def wait_again(panel: Panel, person: Any) -> None:
    """Advice is asked of a member once more, who owes it in this round; not once the outcome is being written."""
    owing = {seat.invitee_id for seat in queries.owing(panel) if seat.state == InvitationState.ACCEPTED}
    if panel.state == State.OPEN and person.pk in owing:
        wait_for_reply(panel, person)


@transaction.atomic
def invite_guest(
    panel: Panel, *, email: str, name: str, hospital: str, country: str, by: Any, until: dt.date | None = None
) -> Invitation:
    """Ask a physician outside the networks in, bound to the address, until a date. A newcomer gets an activation
    link that leads to the invitation; somebody with an account gets the invitation itself."""
    hold_consent(panel.audit_patient_id)
    panel = Panel.objects.held(panel.pk)
    if not (verdict := policy.may_invite(by, panel)):
        raise Refused(verdict.reason)
    person, token = accounts.prepare_account(
        email,
        display_name=name,
        guest_hospital=hospital,
        country=country,
        by=by,
        good_for=ActivationLink.GUESTS_GOOD_FOR,
    )
    if person.pk == panel.lead_id:
        raise Refused("This is the address of the panel's lead.")
    if Invitation.objects.filter(panel=panel, invitee=person, state__in=LIVE).exists():
        raise Refused("This person is invited already.")
    stays = due_on(until) if until else clock.now() + GUEST_STAYS
    path = reverse("activate", args=[token]) if token else ""
    known: dict[str, Any] = {"asked_name": name, "asked_hospital": hospital, "asked_country": country}
    known["referred"] = Referral.objects.filter(panel=panel, email=email.lower()).exists()
    notice = Notice.GUEST_INVITED if token else words_of(referred=known["referred"])
    invitation = ask(panel, person, by=by, notice=notice, guest_until=stays, path=path, known=known)
    if token:
        ActivationLink.objects.filter(user=person, used_at=None).update(next_path=invitation.get_absolute_url())
    return invitation


def locked(invitation: Invitation) -> Invitation:
    """The invitation, fresh and held until commit: of two answers one wins. Its panel is held first, as by a hand-over."""
    panel = Panel.objects.held(invitation.panel_id)
    current = Invitation.objects.with_surroundings().select_for_update(of=("self",)).get(pk=invitation.pk)
    current.panel = panel
    return current


@transaction.atomic
def end_invitation(invitation: Invitation, *, by: Any) -> Invitation:
    """Take an unanswered invitation back, or end a membership: effective on that person's next request."""
    current = locked(invitation)
    if not (verdict := policy.may_withdraw_invitation(by, current.panel)):
        raise Refused(verdict.reason)
    if current.state not in LIVE:
        raise Refused("This invitation has ended already.")
    close(current, by=by)
    return current


def close(invitation: Invitation, *, by: Any) -> None:
    """A membership is ended, an unanswered invitation taken back."""
    seated = invitation.state == InvitationState.ACCEPTED
    invitation.state = InvitationState.ENDED if seated else InvitationState.WITHDRAWN
    invitation.ended_at = clock.now()
    invitation.save(update_fields=["state", "ended_at"])
    if seated:
        sight.project(Case.objects.filter(pk=invitation.panel.case_id), people=[invitation.invitee], by=by)
    close_file(invitation, by=by)
    if seated:
        jobs.enqueue("meetings.leave", panel_id=str(invitation.panel_id), user_id=str(invitation.invitee_id))


def close_file(invitation: Invitation, *, by: Any) -> None:
    """What an ended invitation leaves: nothing waiting, no mail, no link, no half-written reply."""
    panel, person = invitation.panel, invitation.invitee
    notifications.settle_all(invitation)
    notifications.settle_all(panel, who=person)
    notifications.cancel_mails_of(panel.ref, to=person)
    drafts.discard_under(panel.get_absolute_url(), by=person)
    drafts.discard_about([str(invitation.pk), panel.ref], by=person)
    guest_links.mind_link(person, by=by)
    audit.record(Event.INVITATION_ENDED, on=invitation, by=by, verb=str(invitation.state))


@transaction.atomic
def expire_invitations(*, by: Any) -> int:
    """Close what nobody answered in time, and tell each lead once; run by the clock, ``by`` is nobody."""
    rows = Invitation.objects.overdue().select_related("panel__case", "panel__lead", "invitee")
    overdue = list(rows.select_for_update(of=("self",), skip_locked=True))
    for invitation in overdue:
        invitation.state, invitation.ended_at = InvitationState.EXPIRED, clock.now()
        invitation.save(update_fields=["state", "ended_at"])
        close_file(invitation, by=by)
    for panel in {invitation.panel_id: invitation.panel for invitation in overdue}.values():
        tell_lapsed(panel, by=by)
    return len(overdue)


def tell_lapsed(panel: Panel, *, by: Any) -> None:
    """The lead hears that somebody did not answer at all, and asks others."""
    path = reverse("panels:invite", args=[panel.ref])
    if panel.state == State.OPEN and may_be_discussed(panel.case.patient):
        notifications.notify(
            [panel.lead],
            notice=Notice.INVITATION_LAPSED,
            by=by,
            about=panel,
            ref=panel.ref,
            path=path,
            again=clock.today().isoformat(),
            urgent=panel.urgent,
        )


@transaction.atomic
def let_go(user_id: str, *, by: Any) -> int:
    """Somebody left the hospital, or is no clinician any more: what they were asked and joined as an expert ends for good.
    ``by`` is nobody.

    Sight ended at that moment already; this closes the files, so that another hospital or a new role does not open them again.
    The person is held first, as by a hand-over.
    """
    hold(User.objects.filter(pk=user_id), no_key=True)
    rows = Invitation.objects.of_past_experts().filter(invitee=uuid.UUID(user_id)).order_by("pk")
    found = list(rows.select_related("panel__case", "invitee").select_for_update(of=("self",)))
    sight.hold(Case.objects.filter(pk__in={invitation.panel.case_id for invitation in found}))
    for invitation in found:
        close(invitation, by=by)
    return len(found)


@transaction.atomic
def let_past_experts_go(*, by: Any) -> int:
    """Run by the clock: a role also ends with its last day, and then nobody says so. Gives how many people it concerned."""
    people = set(Invitation.objects.of_past_experts().order_by().values_list("invitee", flat=True))
    for key in people:
        let_go(str(key), by=by)
        jobs.enqueue("people.put_down", user_id=str(key))
    return len(people)
