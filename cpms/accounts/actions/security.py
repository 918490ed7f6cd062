"""The owner's second factor and sessions; every change is told to the owner by mail."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from cpms import clock
from cpms.accounts.actions.activation import confirm_device, fresh_codes, make_link, tell
from cpms.accounts.models import ActivationLink, TotpDevice, User
from cpms.accounts.models.devices import device_kinds
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.jobs import actions as jobs
from cpms.vault import actions as vault

ANSWER_RESET = "accounts.answer_reset"


@transaction.atomic
def ask_for_reset(address: str, *, by: Any) -> None:
    """Put the address aside for a worker: the same work for every one, so that its time tells nothing of who has an account
    (T7). ``by`` is nobody signed in."""
    jobs.enqueue(ANSWER_RESET, envelope_id=vault.put_in(ANSWER_RESET, {"address": address}))


def answer_reset(envelope_id: str, *, by: Any) -> None:
    """Find the account, make the link, and have the floor above write the mail; run twice, it is done once.

    In one transaction: the link holds a secret, which is sealed in the row of a mail but would not be in a job's.
    """
    with vault.take_out(ANSWER_RESET, envelope_id) as words:
        if words is None:
            return
        owner = User.objects.filter(email=words["address"], is_active=True).first()
        jobs.at_once(
            "notifications.answer_reset",
            address=words["address"],
            user_id="" if owner is None else str(owner.pk),
            path=reverse("account_login") if owner is None else reset_path(owner),
            occasion=str(uuid.uuid4()),
        )


def reset_path(owner: User) -> str:
    """Where the owner chooses a new password, once; ends by itself (``PASSWORD_RESET_TIMEOUT``)."""
    parts = {"uidb36": user_pk_to_url_str(owner), "key": default_token_generator.make_token(owner)}
    return reverse("account_reset_password_from_key", kwargs=parts)


@transaction.atomic
def replace_device(device: TotpDevice, *, token: str, session_key: str, by: Any) -> bool:
    """Whether the new phone's first code fits. Then, and only then, the old phone is gone, and every other session with it."""
    if not confirm_device(device, token=token, by=by):
        return False
    TotpDevice.objects.filter(user=by).exclude(pk=device.pk).delete()
    audit.record(Event.DEVICE_REPLACED, on=by, by=by, kind=device.kind)
    end_sessions(by, keep=session_key, by=by)
    tell(by, "device_changed")
    return True


@transaction.atomic
def renew_codes(user: User, *, by: Any) -> list[str]:
    """Ten new recovery codes, shown once; the old ones end."""
    codes = fresh_codes(user)
    audit.record(Event.CODES_RENEWED, on=user, by=by)
    tell(user, "codes_renewed")
    return codes


@transaction.atomic
def end_sessions(user: User, *, by: Any, keep: str = "") -> int:
    """End every session of the person but ``keep``: on the next request of each there is nobody signed in."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=keep)
    keys = list(rows.values_list("session_key", flat=True))
    ended, _per_model = Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    if ended:
        audit.record(Event.SESSIONS_ENDED, on=user, by=by, count=ended)
    return ended


@transaction.atomic
def end_other_sessions(user: User, *, keep: str, by: Any) -> int:
    """Every browser but this one is signed out, and the owner hears of it."""
    ended = end_sessions(user, keep=keep, by=by)
    if ended:
        tell(user, "session_ended")
    return ended


def note_seen(request: HttpRequest) -> None:
    """At most once a minute: somebody is there, in this session. However it began, from now on it can be ended."""
    if not UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=clock.now()):
        UserSession.objects.create_from_request(request)


@transaction.atomic
def end_session(session: UserSession, *, by: Any) -> None:
    """End one session of the person's own."""
    Session.objects.filter(session_key=session.session_key).delete()
    session.delete()
    audit.record(Event.SESSIONS_ENDED, on=by, by=by, count=1)
    tell(by, "session_ended")


@transaction.atomic
def reset_factor(user: User, *, by: Any) -> str:
    """Take every device, codes, password and sessions away after two people of the helpdesk said so; gives the token of the
    activation link, behind which the owner chooses new ones. Nobody else ever sees a password or a code."""
    for kind in device_kinds():
        kind.objects.filter(user=user).delete()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_sessions(user, by=by)
    audit.record(Event.FACTOR_RESET, on=user, by=by)
    return make_link(user, good_for=ActivationLink.GOOD_FOR, next_path="")
