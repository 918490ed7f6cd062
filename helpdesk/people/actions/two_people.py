"""A lost phone, a powerful role: one person asks, another confirms, and both are on record."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts import policy as accounts_policy
from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.accounts.policy import Post, may_fill
from cpms.accounts.roles import POWERFUL
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from helpdesk.people import policy, queries
from helpdesk.people.actions.getting_in import mail_activation
from helpdesk.people.models import GlassBreak, LostPhone, RoleProposal
from helpdesk.people.states import ProposalState
from panels import actions as panels
from panels.models import Panel

ASKS: dict[Any, tuple[Verb, Notice]] = {
    LostPhone: (Verb.CONFIRM_FACTOR, Notice.FACTOR_WAITS),
    RoleProposal: (Verb.CONFIRM_ROLE, Notice.ROLE_PROPOSED),
}
"""What waits for the others, and how they hear of it."""
ASKING = (Notice.FACTOR_WAITS, Notice.ROLE_PROPOSED, Notice.GLASS_ASKED, Notice.PLACE_ASKED)


def decide(wish: Any, state: ProposalState, *, by: Any) -> None:
    """No mail that is not sent yet asks anybody to decide it."""
    wish.state, wish.decided_by, wish.decided_at = state, by, clock.now()
    wish.save(update_fields=["state", "decided_by", "decided_at"])
    notifications.cancel_mails([wish.pk], *ASKING)


@transaction.atomic
def ask_for_factor(person: User, *, how_checked: str, by: Any) -> LostPhone:
    """First of two: somebody of the helpdesk is sure who called. The owner hears of it at once."""
    if not (verdict := policy.may_ask_for_factor(by, person)):
        raise Refused(verdict.reason)
    accounts.hold_person(person)
    drop_earlier(LostPhone, person=person, by=by)
    lost = LostPhone.objects.create(person=person, how_checked=how_checked, asked_by=by)
    audit.record(Event.FACTOR_ASKED, on=person, by=by)
    here = reverse("people:my_phone")
    notifications.notify([person], notice=Notice.FACTOR_ASKED, by=by, about=lost, path=here)
    put_before(queries.others_for_phone(person, besides=by), lost, by=by)
    return lost


def put_before(people: Iterable[User], wish: LostPhone | RoleProposal, *, by: Any) -> None:
    """A work item and a mail for each who could be the second person; reminders follow by the clock."""
    path, verb, notice = f"/people/{wish.person_id}/", *ASKS[type(wish)]
    found = list(people)
    notifications.open_for(found, verb, on=wish, ref="A second person", path=path, due_at=wish.asked_at + wish.GOOD_FOR)
    notifications.notify(found, notice=notice, by=by, about=wish, path=path)


def settle(
    wish: LostPhone | RoleProposal, state: ProposalState, *, by: Any, notice: Notice = Notice.NOT_SECONDED
) -> None:
    """Nobody else need look; who asked hears of a no."""
    decide(wish, state, by=by)
    notifications.settle_all(wish, ASKS[type(wish)][0], how=Settled.DONE)
    if state == ProposalState.DROPPED:
        notifications.notify([wish.asked_by], notice=notice, by=None, about=wish, path=f"/people/{wish.person_id}/")


def drop_earlier(kind: type[LostPhone | RoleProposal], *, by: Any, **mine: Any) -> None:
    """An earlier wish that nobody decided makes room for the new one."""
    earlier = kind.objects.filter(**mine, state=ProposalState.WAITING)
    for wish in earlier:
        notifications.settle_all(wish, ASKS[kind][0])
    earlier.update(state=ProposalState.DROPPED, decided_by=by, decided_at=clock.now())


def end_lapsed(*, by: Any) -> int:
    """What waited too long for a second person ends, and who asked hears of it; gives how many. ``by`` is nobody."""
    return sum(end_one(kind, key) for kind in ASKS for key in kind.objects.lapsed().values_list("pk", flat=True))


@transaction.atomic
def end_one(kind: type[LostPhone | RoleProposal], key: uuid.UUID) -> int:
    accounts.hold_person(kind.objects.select_related("person").get(pk=key).person)
    rows = kind.objects.lapsed().select_related("asked_by").select_for_update(of=("self",))
    wish = rows.filter(pk=key).first()
    if wish is None:
        return 0
    settle(wish, ProposalState.DROPPED, by=wish.asked_by)
    return 1


@transaction.atomic
def confirm_factor(lost: LostPhone, *, by: Any) -> None:
    """Second of two: phone, codes, password and sessions are gone, and a link is mailed to the owner alone."""
    current = locked_phone(lost, by=by)
    if not (verdict := policy.may_be_reset(current)):
        raise Refused(verdict.reason)
    settle(current, ProposalState.CONFIRMED, by=by)
    token = accounts.reset_factor(current.person, by=by)
    mail_activation(current.person, token, by=by, notice=Notice.FACTOR_RESET)


@transaction.atomic
def drop_phone(lost: LostPhone, *, by: Any) -> None:
    """The second person says no: the caller was not the owner, or is not sure to be. The phone stays as it is."""
    settle(locked_phone(lost, by=by), ProposalState.DROPPED, by=by)
    audit.record(Event.FACTOR_KEPT, on=lost.person, by=by)


@transaction.atomic
def stop_phone(person: User, *, by: Any) -> bool:
    """Somebody signed in as the owner, who has the phone: what was asked in their name ends, and who asked hears of it. Gives whether anything waited."""
    accounts.hold_person(person)
    rows = LostPhone.objects.waiting().select_related("person", "asked_by").select_for_update(of=("self",))
    lost = rows.filter(person=person).first()
    if lost is None:
        return False
    settle(lost, ProposalState.DROPPED, by=by, notice=Notice.FACTOR_STOPPED)
    audit.record(Event.FACTOR_STOPPED, on=person, by=by)
    return True


def locked_phone(lost: LostPhone, *, by: Any) -> LostPhone:
    """The wish, held until commit, if ``by`` may decide it; its person first, as by who asks anew."""
    accounts.hold_person(lost.person)
    rows = LostPhone.objects.select_related("person", "asked_by")
    current: LostPhone = rows.select_for_update(of=("self",)).get(pk=lost.pk)
    if not (verdict := policy.may_confirm_factor(by, current)):
        raise Refused(verdict.reason)
    return current


@transaction.atomic
def propose_role(person: User, post: Post, *, by: Any, valid_to: dt.date | None = None) -> RoleProposal:
    """A powerful role waits for a second person; those who may confirm it are told by mail."""
    if not (verdict := may_fill(by, person, post)):
        raise Refused(verdict.reason)
    if post.role not in POWERFUL:
        raise Refused("This role needs no second person.")
    accounts.hold_person(person)
    mine = {"person": person, "role": post.role, "network": post.network, "registry": post.registry}
    waiting = RoleProposal.objects.waiting().filter(**mine).select_related("asked_by", "person", "network").first()
    if waiting is not None and policy.may_be_granted(waiting):
        raise Refused("This role waits for a second person already.")
    drop_earlier(RoleProposal, by=by, **mine)
    proposal = RoleProposal.objects.create(**mine, valid_to=valid_to, asked_by=by)
    audit.record(Event.ROLE_PROPOSED, on=person, by=by, role=str(post.role))
    put_before(queries.others_who_grant(post, besides=by), proposal, by=by)
    return proposal


def locked(proposal: RoleProposal, *, by: Any) -> RoleProposal:
    """The proposal, held until commit, if ``by`` may decide it; its person first, as by who asks anew."""
    accounts.hold_person(proposal.person)
    rows = RoleProposal.objects.select_related("person", "network", "asked_by")
    current: RoleProposal = rows.select_for_update(of=("self",)).get(pk=proposal.pk)
    if not (verdict := policy.may_confirm_role(by, current)):
        raise Refused(verdict.reason)
    return current


@transaction.atomic
def confirm_role(proposal: RoleProposal, *, by: Any) -> None:
    """The role counts from now. Raises ``Refused`` where who asked could not ask today."""
    current = locked(proposal, by=by)
    if not (verdict := policy.may_be_granted(current)):
        raise Refused(verdict.reason)
    settle(current, ProposalState.CONFIRMED, by=by)
    held_on = {**current.post.held_on, "valid_to": current.valid_to, "confirmed_by": by}
    accounts.grant_role(current.person, current.post.role, by=current.asked_by, **held_on)


@transaction.atomic
def drop_role(proposal: RoleProposal, *, by: Any) -> None:
    """The second person says no."""
    settle(locked(proposal, by=by), ProposalState.DROPPED, by=by)


@transaction.atomic
def ask_for_glass(panel: Panel, *, reason: str, by: Any) -> GlassBreak:
    """First of two: somebody of the panel's helpdesk has a reason to look into it. Nothing opens yet."""
    if not (verdict := policy.may_ask_for_glass(by)):
        raise Refused(verdict.reason)
    accounts.hold_person(by)
    earlier = GlassBreak.objects.filter(panel=panel, asked_by=by, state=ProposalState.WAITING)
    for wish in earlier.select_for_update(of=("self",)).order_by("pk"):
        decide(wish, ProposalState.DROPPED, by=by)
    glass = GlassBreak.objects.create(panel=panel, person=panel.case.patient.enrolled_by, reason=reason, asked_by=by)
    audit.record(Event.GLASS_ASKED, on=panel, by=by)
    others = queries.others_on_duty(panel, besides=by)
    notifications.notify(others, notice=Notice.GLASS_ASKED, by=by, about=glass, path=reverse("people:glass"))
    return glass


@transaction.atomic
def confirm_glass(glass: GlassBreak, *, by: Any) -> None:
    """Second of two: the one who asked looks on for an hour, and whoever answers for the patient is told; of a
    patient left behind, the hospital."""
    current = GlassBreak.objects.with_surroundings().select_for_update(of=("self",)).get(pk=glass.pk)
    if not (verdict := policy.may_confirm_glass(by, current)):
        raise Refused(verdict.reason)
    if not (verdict := policy.still_asked(current, accounts_policy.may_serve(current.asked_by, current.panel.network))):
        raise Refused(verdict.reason)
    decide(current, ProposalState.CONFIRMED, by=by)
    panels.break_glass(current.panel, who=current.asked_by, reason=current.reason, by=by)
