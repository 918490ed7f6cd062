"""From a stranger's request to an account: ask, decide, mail the link."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import Centre, ThematicGroup, User
from cpms.accounts.roles import Role
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.jobs import actions as jobs
from cpms.locking import hold
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Settled, Verb
from cpms.vault import actions as vault
from cpms.vault import cipher
from helpdesk.people import policy, queries
from helpdesk.people.models import AccessRequest
from helpdesk.people.states import DECIDE_WITHIN, AskedRole, RequestState

TAKE_REQUEST = "people.take_request"


@transaction.atomic
def hand_in_request(
    email: str,
    *,
    display_name: str,
    job_title: str,
    centre: Centre,
    role: str,
    groups: Iterable[ThematicGroup],
    why: str,
    by: Any,
) -> None:
    """Put what a stranger typed aside for a worker: the same work for every address, so that its time tells nothing of who has
    an account (T7). ``by`` is nobody."""
    words = {
        "email": email,
        "display_name": display_name,
        "job_title": job_title,
        "centre": str(centre.pk),
        "role": role,
        "groups": [str(group.pk) for group in groups],
        "why": why,
    }
    jobs.enqueue(TAKE_REQUEST, envelope_id=vault.put_in(TAKE_REQUEST, words))


def take_request(envelope_id: str, *, by: Any) -> None:
    """What was handed in becomes a request, or a mail to who has an account already; run twice, it is done once."""
    with vault.take_out(TAKE_REQUEST, envelope_id) as words:
        if words is None:
            return
        centre = Centre.objects.get(pk=words.pop("centre"))
        groups = ThematicGroup.objects.filter(pk__in=words.pop("groups"))
        ask_for_access(words.pop("email"), centre=centre, groups=groups, by=by, **words)


@transaction.atomic
def ask_for_access(
    email: str,
    *,
    display_name: str,
    job_title: str,
    centre: Centre,
    role: str,
    groups: Iterable[ThematicGroup],
    why: str,
    by: Any,
) -> None:
    """Write a request down and mail its private link. Nothing comes back: who has an account at a hospital is told so by
    mail, others ask as everybody does, a guest too; who asks twice gets a new link to the first request. ``by`` is nobody."""
    email = email.lower()
    known = User.objects.filter(email=email).first()
    if known is not None and (known.centre_id is not None or not known.is_active):
        notifications.notify([known], notice=Notice.ACCOUNT_EXISTS, by=by, about=known, again=str(clock.today()))
        return
    token = secrets.token_urlsafe(24)
    digest = cipher.digest("request", token)
    request, made = AccessRequest.objects.get_or_create(
        email=email,
        state=RequestState.WAITING,
        defaults={
            "display_name": display_name,
            "job_title": job_title,
            "centre": centre,
            "role": AskedRole(role),
            "why": why,
            "digest": digest,
        },
    )
    if made:
        request.groups.set(groups)
        tell_deciders(request)
        audit.record(Event.ACCESS_ASKED, on=request, by=by)
    else:
        AccessRequest.objects.filter(pk=request.pk).update(digest=digest)
    path = reverse("people:status", args=[token])
    notifications.notify_address(email, notice=Notice.ACCESS_ASKED, about=request, path=path, again=token[:8])


def tell_deciders(request: AccessRequest) -> None:
    """A work item and a mail for each; reminders follow by the clock."""
    path = reverse("people:requests")
    people = list(queries.deciders_of(request))
    notifications.open_for(
        people, Verb.DECIDE, on=request, ref="Request for access", path=path, due_at=clock.now() + DECIDE_WITHIN
    )
    notifications.notify(people, notice=Notice.REQUEST_WAITING, by=None, about=request, path=path)


def locked(request: AccessRequest, by: Any) -> AccessRequest:
    """The request, held until commit, if ``by`` may decide it; before it who has an account of its address, as by who changes that
    address. Raises ``Refused``: of two decisions one wins."""
    hold(User.objects.filter(email=request.email))
    current = AccessRequest.objects.select_for_update(of=("self",)).select_related("centre").get(pk=request.pk)
    if not (verdict := policy.may_decide(by, current)):
        raise Refused(verdict.reason)
    return current


@transaction.atomic
def approve_request(request: AccessRequest, *, by: Any) -> User:
    """Prepare the account with centre, title, groups and role, and mail the activation link; an account without a hospital
    belongs to the centre from now on."""
    current = locked(request, by)
    user, token = accounts.join_centre(current.email, display_name=current.display_name, centre=current.centre, by=by)
    accounts.take_up_duty(user, job_title=current.job_title, groups=current.groups.all(), by=by)
    held = user.memberships.current().filter(role=Role.CLINICIAN, centre=current.centre)
    if current.role == AskedRole.CLINICIAN and not held.exists():
        accounts.grant_role(user, Role.CLINICIAN, by=by, centre=current.centre)
    current.state, current.account = RequestState.APPROVED, user
    settle(current, by=by)
    mail_activation(user, token, by=by)
    return user


@transaction.atomic
def refuse_request(request: AccessRequest, *, reason: str, by: Any) -> None:
    """Say no; the applicant reads the reason on the status page and is told by mail that there is an answer."""
    current = locked(request, by)
    current.state, current.reason = RequestState.REFUSED, reason
    settle(current, by=by)
    notifications.notify_address(current.email, notice=Notice.ACCESS_ANSWERED, about=current)


def settle(request: AccessRequest, *, by: Any) -> None:
    request.decided_at, request.decided_by = clock.now(), by
    request.save(update_fields=["state", "account", "reason", "decided_at", "decided_by"])
    notifications.settle_all(request, Verb.DECIDE, how=Settled.DONE)
    audit.record(Event.ACCESS_DECIDED, on=request, by=by, verb=str(request.state))


@transaction.atomic
def send_link_again(request: AccessRequest, *, by: Any) -> bool:
    """A fresh activation link for an approved applicant whose link has run out. ``by`` is nobody: the private link asks."""
    user = request.account
    if user is None or user.activated_at is not None or not user.is_active:
        return False
    mail_activation(user, accounts.resend_link(user, by=by), by=by)
    return True


def mail_activation(user: User, token: str, *, by: Any, notice: Notice = Notice.ACCOUNT_READY) -> None:
    """The link by mail to its owner; staff never see it."""
    if token:
        path = reverse("activate", args=[token])
        notifications.notify([user], notice=notice, by=by, about=user, path=path, again=token[:8])
