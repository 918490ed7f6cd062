"""Roles, delegations and absence as dated rows; effective on the next request."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q

from cpms import clock
from cpms.accounts import policy, queries
from cpms.accounts.access import Refused
from cpms.accounts.actions.activation import prepare_account, resend_link
from cpms.accounts.actions.security import end_sessions, tell
from cpms.accounts.models import Centre, Delegation, Membership, User, latest_absence
from cpms.accounts.policy import Post
from cpms.accounts.roles import COORDINATING_ROLES, DECIDING_ROLES, POWERFUL, REPRESENTING_ROLES, Role
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.jobs import actions as jobs
from cpms.locking import hold


@transaction.atomic
def grant_role(user: User, role: Role, *, by: Any, **held_on: Any) -> Membership:
    """Give a role from today. ``held_on`` names the centre, group, network or country, and perhaps ``valid_to`` and
    ``confirmed_by``. Whoever calls this has asked whether ``by`` may. Raises ``Refused`` for a last day that is over, or an
    account that is, or a role that is held already."""
    not_over(held_on.get("valid_to"))
    hold_unused(user)
    hold_person(user)
    refuse_twice(user, role, **held_on)
    membership = Membership.objects.create(user=user, role=role, granted_by=by, **held_on)
    audit.record(Event.ROLE_GRANTED, on=user, by=by, role=str(role))
    end_sessions(user, by=by)
    if role in REPRESENTING_ROLES:
        jobs.enqueue("panels.look_after_left_behind")
    if role in DECIDING_ROLES:
        jobs.enqueue("people.look_after_requests")
    if role in COORDINATING_ROLES:
        jobs.enqueue("panels.look_after_unattended")
    if user.activated_at is not None:
        if role == Role.CLINICIAN:
            jobs.at_once("panels.left_behind", user_id=str(user.pk))
        tell(user, "role_changed")
    return membership


def refuse_twice(user: User, role: Role, *, valid_to: dt.date | None = None, **held_on: Any) -> None:
    """A role without a last day is held once in one place."""
    place = {name: held_on.get(name) for name in ("centre", "group", "network")}
    words = {name: held_on.get(name, "") for name in ("country", "registry")}
    if valid_to is None and Membership.objects.filter(user=user, role=role, valid_to=None, **place, **words).exists():
        raise Refused("This role is held already.")


def hold_person(*people: User) -> None:
    """Until commit nobody else gives or asks something that a person has once; of two who do it at one moment the later sees it.
    Several are held in one order by everybody."""
    hold(User.objects.filter(pk__in=[one.pk for one in people]), no_key=True)


def hold_where_they_work(*people: User) -> None:
    """Nobody of these leaves a hospital, or joins one, until commit; where each of them works is read then."""
    hold_person(*people)
    for one in people:
        one.refresh_from_db(fields=["centre"])


def hold_unused(user: User) -> None:
    """Holds an account that nobody used yet, until commit, before something is meant for it: its address may be freed at this
    moment. Raises ``Refused`` where it was."""
    if user.activated_at is None:
        held = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        if not (verdict := policy.is_still_there(held)):
            raise Refused(verdict.reason)


def not_over(last: dt.date | None) -> None:
    if last is not None and last < clock.rights_day():
        raise Refused("This right would be over before it begins; choose a later last day.")


@transaction.atomic
def give_post(user: User, post: Post, *, by: Any, valid_to: dt.date | None = None) -> Membership:
    """Grant a role that needs no second person. Raises ``Refused`` when ``by`` may not, or a second person is needed.

    The person is held first, so that nobody is given a role at a hospital that they leave at this moment."""
    hold_where_they_work(user)
    if not (verdict := policy.may_fill(by, user, post)):
        raise Refused(verdict.reason)
    if post.role in POWERFUL:
        raise Refused("This role counts only once a second person has confirmed it.")
    return grant_role(user, post.role, by=by, valid_to=valid_to, **post.held_on)


@transaction.atomic
def end_role(membership: Membership, *, by: Any) -> None:
    """End a role at once, by whoever may grant it. The person is held first: of two roles that end at one moment the later sees that
    it was the last one."""
    hold_with_who_named(membership.user)
    row = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if not (verdict := policy.may_end(by, row)):
        raise Refused(verdict.reason)
    if not close(Membership.objects.filter(pk=row.pk), by=by):
        raise Refused("This role has ended already.")
    audit.record(Event.ROLE_ENDED, on=row.user, by=by, role=row.role)
    if row.role == Role.CLINICIAN and not User.objects.filter(pk=row.user_id).holding(Role.CLINICIAN).exists():
        stop_practising(row.user, by=by)
    jobs.at_once("people.put_down", user_id=str(row.user_id))
    if row.role in REPRESENTING_ROLES:
        jobs.enqueue("panels.look_after_left_behind")
    end_sessions(row.user, by=by)
    tell(row.user, "role_changed")


def close(rows: Any, *, by: Any) -> int:
    """Those of these roles or delegations that are in force are over from this moment; the day stays readable, that of earlier ones
    too. Gives how many."""
    return int(rows.current().update(ended_at=clock.now(), ended_by=by, valid_to=clock.rights_day()))


def stop_practising(user: User, *, by: Any) -> None:
    """Whoever is a clinician of a hospital no more: nobody assists them, they are nobody's deputy, seats and questions in panels end, and their patients
    wait for somebody else to answer for them."""
    close(Delegation.objects.filter(clinician=user), by=by)
    stands_in_no_more(user)
    jobs.at_once("panels.let_go", user_id=str(user.pk))
    jobs.at_once("panels.left_behind", user_id=str(user.pk))


@transaction.atomic
def join_centre(email: str, *, display_name: str, centre: Centre, by: Any) -> tuple[User, str]:
    """The account of this address at the hospital, and the token of its link where it is not in use yet.

    An account that belongs to no hospital, a guest's or of somebody who left one, belongs to this one from now on, and its
    owner hears of it. Raises ``Refused`` for an account of another hospital, or one that is switched off."""
    user = User.objects.select_for_update(of=("self",)).filter(email__iexact=email).first()
    if user is None or user.centre_id == centre.pk:
        return prepare_account(email, display_name=display_name, country=centre.country, centre=centre, by=by)
    if user.centre_id is not None:
        raise Refused("This person has an account at another centre; the helpdesk can help.")
    if not user.is_active:
        raise Refused("This person has an account that is switched off; the helpdesk can help.")
    user.centre, user.unit, user.guest_hospital, user.country = centre, None, "", centre.country
    user.save(update_fields=["centre", "unit", "guest_hospital", "country"])
    audit.record(Event.JOINED_CENTRE, on=user, by=by)
    end_sessions(user, by=by)
    if user.activated_at is None:
        return user, resend_link(user, by=by)
    tell(user, "joined_centre")
    return user, ""


@transaction.atomic
def leave_centre(user: User, *, by: Any) -> None:
    """The person no longer works there: roles at the centre, assistants and delegations end, and with the centre goes the
    sight of its patients and of panels joined as its expert. The account stays.

    Raises ``Refused`` for somebody without a hospital, who may have left a moment ago."""
    hold_with_who_named(user)
    user.refresh_from_db(fields=["centre", "unit"])
    if not (verdict := policy.may_leave(by, user)):
        raise Refused(verdict.reason)
    close(Membership.objects.filter(user=user, centre=user.centre_id), by=by)
    close(Delegation.objects.filter(assistant=user), by=by)
    user.centre = user.unit = user.deputy = None
    user.save(update_fields=["centre", "unit", "deputy"])
    audit.record(Event.LEFT_CENTRE, on=user, by=by)
    stop_practising(user, by=by)
    jobs.at_once("people.put_down", user_id=str(user.pk))
    end_sessions(user, by=by)
    tell(user, "role_changed")


@transaction.atomic
def switch_account(user: User, *, on: bool, by: Any) -> None:
    """Switch an account off (nothing opens any more, no mail goes out, sessions end) or on again, which its owner hears."""
    hold_with_who_named(user)
    if not (verdict := policy.may_switch(by, user)):
        raise Refused(verdict.reason)
    User.objects.filter(pk=user.pk).update(is_active=on)
    audit.record(Event.ACCOUNT_SWITCHED, on=user, by=by, verb="on" if on else "off")
    jobs.at_once("panels.left_behind", user_id=str(user.pk))
    end_sessions(user, by=by)
    if on:
        jobs.enqueue("people.look_after_requests")
        jobs.enqueue("panels.look_after_unattended")
        tell(user, "switched_on")
    else:
        stands_in_no_more(user)
        jobs.at_once("people.put_down", user_id=str(user.pk))


def hold_with_who_named(user: User) -> None:
    """Until commit, and with the person whoever named them as deputy: in one order, as two may have named each other."""
    hold(User.objects.filter(Q(pk=user.pk) | Q(deputy=user)), no_key=True)


def stands_in_no_more(user: User) -> None:
    """Nobody's page names as deputy who is not there. ``hold_with_who_named`` comes first."""
    User.objects.filter(deputy=user).update(deputy=None)


@transaction.atomic
def name_assistant(assistant: User, *, until: dt.date | None, by: Any) -> Delegation:
    """``by`` lets a colleague of the same hospital act for them, for good or until a day. Both are held first: named twice at one
    moment is named once, and ended once it is over."""
    hold_where_they_work(by, assistant)
    if not (verdict := policy.may_name_assistant(by, assistant)):
        raise Refused(verdict.reason)
    not_over(until)
    hold_unused(assistant)
    made = Delegation.objects.create(assistant=assistant, clinician=by, valid_to=until)
    audit.record(Event.DELEGATION_CHANGED, on=assistant, by=by, verb="named")
    tell(assistant, "delegation_changed")
    return made


@transaction.atomic
def end_delegation(delegation: Delegation, *, by: Any) -> None:
    """Either of the two ends it, at once; the other one hears of it."""
    if by.pk not in {delegation.clinician_id, delegation.assistant_id}:
        raise Refused("This is between the clinician and the assistant.")
    if close(Delegation.objects.filter(pk=delegation.pk), by=by):
        audit.record(Event.DELEGATION_CHANGED, on=delegation.assistant, by=by, verb="ended")
        other = delegation.clinician if by.pk == delegation.assistant_id else delegation.assistant
        tell(other, "delegation_changed")


@transaction.atomic
def set_absence(user: User, *, away_until: dt.date | None, deputy: User | None, by: Any) -> None:
    """Away until and including a day; the deputy, a clinician of the same hospital, is named beside the person. Empty: back
    again. ``Refused`` beyond ``LONGEST_ABSENCE``."""
    if away_until is not None and away_until > latest_absence():
        raise Refused("An absence lasts 12 months at most.")
    if deputy is not None and not queries.deputies_for(user).filter(pk=deputy.pk).exists():
        raise Refused("A deputy is a clinician of the same hospital.")
    user.away_until, user.deputy = away_until, deputy if away_until else None
    user.save(update_fields=["away_until", "deputy"])
    audit.record(Event.PROFILE_CHANGED, on=user, by=by)
