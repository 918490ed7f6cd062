"""The owner's second factor and sessions; every change is told to the owner by mail."""

from __future__ import annotations

import uuid
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

from cpms import clock
from cpms.accounts.actions.activation import confirm_device, fresh_codes, make_link, tell
from cpms.accounts.models import ActivationLink, TotpDevice, User
from cpms.accounts.models.devices import device_kinds
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.jobs import actions as jobs


@transaction.atomic
def answer_reset(address: str, *, owner: User | None, path: str, by: Any) -> None:
    """Have the floor above write the mail that answers whoever asked for a new password; ``by`` is nobody signed in.

    In this very transaction: ``path`` holds a secret, which is sealed in the row of a mail but would not be in a job's.
    """
    user_id = str(owner.pk) if owner is not None else ""
    jobs.at_once("notifications.answer_reset", address=address, user_id=user_id, path=path, occasion=str(uuid.uuid4()))


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
