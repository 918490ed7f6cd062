"""From an invitation to a person with a password and a second factor."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
import uuid
from typing import Any

from django.db import IntegrityError, transaction

from cpms import clock
from cpms.accounts import queries
from cpms.accounts.models import ActivationLink, RecoveryCode, RecoveryDevice, TotpDevice, User
from cpms.accounts.models.devices import device_kinds, recovery_digest
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.jobs import actions as jobs
from cpms.vault import actions as vault
from cpms.vault import cipher

SEED_BYTES, CODE_BYTES, CODES = 20, 15, 10


def tell(user: User, notice: str) -> None:
    """Ask the floor above for a mail to the owner, in this transaction. ``notice`` is one of its codes."""
    jobs.enqueue("notifications.tell", user_id=str(user.pk), notice=notice, occasion=str(uuid.uuid4()))


def make_link(user: User, *, good_for: dt.timedelta, next_path: str) -> str:
    """A new link; older ones of the same person end, and with them a phone that was begun behind one: its seed may have been seen
    by whoever had the old link. Gives the token, which is stored nowhere but in the mail.

    Longer than a day it is good for guests alone: whoever asks somebody into a panel says nothing about the account of a
    hospital, or of a role."""
    if not queries.is_guest(user):
        good_for = min(good_for, ActivationLink.GOOD_FOR)
    for kind in device_kinds():
        kind.objects.filter(user=user, confirmed=False).delete()
    ActivationLink.objects.filter(user=user, used_at=None).delete()
    token = secrets.token_urlsafe(24)
    ActivationLink.objects.create(
        user=user, digest=cipher.digest("link", token), expires_at=clock.now() + good_for, next_path=next_path
    )
    return token


def new_account(address: str, **known: Any) -> User:
    """An account without a password; of two who make it at one moment the later gets the earlier's."""
    user = User(email=address, **known)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        return User.objects.get(email=address)
    return user


@transaction.atomic
def prepare_account(
    email: str,
    *,
    display_name: str,
    by: Any,
    guest_hospital: str = "",
    country: str = "",
    centre: Any = None,
    good_for: dt.timedelta = ActivationLink.GOOD_FOR,
    next_path: str = "",
) -> tuple[User, str]:
    """An account that waits for its owner, and the token of its link. An existing account is given as it is,
    with an empty token when it is active already."""
    known = {"display_name": display_name, "guest_hospital": guest_hospital, "country": country, "centre": centre}
    user = User.objects.filter(email__iexact=email).first() or new_account(email.lower(), **known)
    if user.activated_at is not None:
        return user, ""
    audit.record(Event.ACCOUNT_INVITED, on=user, by=by)
    return user, make_link(user, good_for=good_for, next_path=next_path)


@transaction.atomic
def resend_link(user: User, *, by: Any, next_path: str = "") -> str:
    """A fresh link for somebody who has no second factor, good for as long as the last one was, and leading to the same
    place. With a ``next_path``, that of an invitation, it leads there and is a guest's. Raises ``ValueError`` for an account in
    use."""
    if user.activated_at is not None and queries.has_device(user):
        raise ValueError("This account is active already.")
    audit.record(Event.ACCOUNT_INVITED, on=user, by=by)
    last = queries.unused_link(user)
    longer = last is not None and last.expires_at - last.made_at > ActivationLink.GOOD_FOR
    good_for = ActivationLink.GUESTS_GOOD_FOR if next_path or longer else ActivationLink.GOOD_FOR
    return make_link(user, good_for=good_for, next_path=next_path or (last.next_path if last is not None else ""))


@transaction.atomic
def end_link(user: User, *, by: Any) -> None:
    """Nothing that the person was mailed opens the account any more; a fresh link may be mailed at any time."""
    if ActivationLink.objects.filter(user=user, used_at=None).delete()[0]:
        audit.record(Event.ACCOUNT_INVITED, on=user, by=by, verb="ended")


@transaction.atomic
def choose_password(link: ActivationLink, *, password: str, display_name: str, guest_hospital: str, by: Any) -> None:
    """First step of the activation. The link stays usable until the device is confirmed. An owner who was here before hears of
    it: the link may have come into other hands."""
    user = link.user
    user.set_password(password)
    user.display_name = display_name
    user.guest_hospital = guest_hospital
    user.save(update_fields=["password", "display_name", "guest_hospital"])
    audit.record(Event.PROFILE_CHANGED, on=user, by=by or user)
    if user.activated_at is not None:
        tell(user, "password_changed")


@transaction.atomic
def pending_device(user: User, *, by: Any) -> TotpDevice:
    """The device being enrolled; made once, so that a reloaded page shows the same code. ``by`` is its owner."""
    device = TotpDevice.objects.filter(user=user, confirmed=False).select_related("key").first()
    if device is None:
        device = TotpDevice(user=by, name="Authenticator app", confirmed=False, key=vault.new_key())
        device.seed = secrets.token_bytes(SEED_BYTES)
        device.save()
    return device


@transaction.atomic
def confirm_device(device: TotpDevice, *, token: str, by: Any) -> bool:
    """Whether the first code fits; then the device counts from now on. The row is locked: one code, one winner. A device that a fresh
    link has ended meanwhile takes none."""
    held = TotpDevice.objects.select_for_update(of=("self",)).filter(pk=device.pk).first()
    if held is None or held.confirmed or held.waiting_until() is not None:
        return False
    if not held.accepts(token.replace(" ", "")):
        held.throttle_increment(commit=True)
        return False
    held.confirmed = True
    held.save()
    audit.record(Event.DEVICE_ENROLLED, on=held, by=by, kind=held.kind)
    return True


@transaction.atomic
def activate(link: ActivationLink, *, by: Any) -> list[str]:
    """Use the link up, open the account, and give ten recovery codes: shown once, kept as digests. A link that was mailed meanwhile
    ends. An owner who was here before hears of the new phone."""
    user = link.user
    ActivationLink.objects.filter(pk=link.pk).update(used_at=clock.now())
    ActivationLink.objects.filter(user=user, used_at=None).delete()
    User.objects.filter(pk=user.pk, activated_at=None).update(activated_at=clock.now())
    codes = fresh_codes(user)
    audit.record(Event.ACCOUNT_ACTIVATED, on=user, by=by)
    if user.activated_at is not None:
        tell(user, "device_changed")
    return codes


def fresh_codes(user: User) -> list[str]:
    """Ten new recovery codes in groups of four signs; those from before end."""
    RecoveryDevice.objects.filter(user=user).delete()
    device = RecoveryDevice.objects.create(user=user, name="Recovery codes")
    codes = [base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode() for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(device=device, digest=recovery_digest(code)) for code in codes)
    return ["-".join(code[i : i + 4] for i in range(0, len(code), 4)) for code in codes]
