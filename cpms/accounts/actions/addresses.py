"""A person's e-mail address is the login and where mails go: a new one counts once a link mailed to it was opened, signed in."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.urls import reverse

from cpms import clock
from cpms.accounts import queries
from cpms.accounts.access import Refused
from cpms.accounts.actions.activation import end_link
from cpms.accounts.actions.roles import close, switch_account
from cpms.accounts.actions.security import end_sessions
from cpms.accounts.models import Membership, User
from cpms.accounts.states import ANSWER_ADDRESS, FREED, NEW_ADDRESS, NEW_ADDRESS_GOOD_FOR
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.jobs import actions as jobs
from cpms.vault import actions as vault
from cpms.vault import cipher


@transaction.atomic
def ask_for_address(user: User, *, address: str, by: Any) -> None:
    """Put the new address aside for a worker: the same work for every one, so that nothing tells whether it has an account (T7).
    The owner hears of it at the old one, whatever becomes of it before that mail goes out."""
    words = {"user": str(user.pk), "old": user.email, "new": address}
    jobs.enqueue(ANSWER_ADDRESS, envelope_id=vault.put_in(ANSWER_ADDRESS, words))
    audit.record(Event.ADDRESS_ASKED, on=user, by=by)
    write_to(user.email, "address_asked", about=str(user.pk), path=reverse("security"))


def answer_address(envelope_id: str, *, by: Any) -> None:
    """Have the link mailed to the new address, or, where an account has it, word of that; run twice, it is done once."""
    with vault.take_out(ANSWER_ADDRESS, envelope_id) as words:
        if words is None:
            return
        taken = User.objects.filter(email=words["new"]).exists()
        write_to(
            words["new"], "address_taken" if taken else "address_new", about=words["user"], path=way_in(words, taken)
        )


def way_in(words: dict[str, str], taken: Any) -> str:
    """Where the mail leads. The secret part of a link is kept as a digest alone, in an envelope that its other part names."""
    if taken:
        return reverse("account_login")
    secret = secrets.token_urlsafe(24)
    made = {"digest": cipher.digest("link", secret), "linked_at": clock.now().timestamp()}
    name = vault.put_in(NEW_ADDRESS, words | made)
    return reverse("confirm_address", args=[f"{name}.{secret}"])


def write_to(address: str, notice: str, *, about: str, path: str) -> None:
    """Ask the floor above for a mail to an address itself, in this transaction."""
    given = {"user_id": about, "address": address, "notice": notice, "path": path}
    jobs.at_once("notifications.write_to", **given, occasion=str(uuid.uuid4()))


@transaction.atomic
def change_address(user: User, *, token: str, by: Any) -> None:
    """The owner opened the link: from now on one signs in with the new address, and every mail goes there, those that wait, too,
    but for warnings about the account: they, and word of the change, go to the old one.

    The link is used up; links mailed to the old address end, and every session: the caller's goes on under a new key. A lost
    phone that waits and a waiting request for access follow in the same transaction. Raises ``Refused`` for a link that is over,
    or not this person's, and where an account took the address meanwhile."""
    held = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    new = queries.new_address(token, held)
    if new is None:
        raise Refused("This link is over. Ask for a new one on your security page.")
    jobs.at_once("notifications.stay_at", user_id=str(held.pk), address=held.email)
    try:
        with transaction.atomic():
            User.objects.filter(pk=held.pk).update(email=new.address)
    except IntegrityError as error:
        raise Refused("This link is over. Ask for a new one on your security page.") from error
    # allauth notes an address of its own with a link for a password, and would let it sign in
    EmailAddress.objects.filter(user=held).delete()
    vault.throw_away(NEW_ADDRESS, token.partition(".")[0])
    audit.record(Event.ADDRESS_CHANGED, on=held, by=by)
    end_link(held, by=by)
    end_sessions(held, by=by)
    jobs.at_once("people.follow_address", user_id=str(held.pk), old=held.email, new=new.address)
    write_to(held.email, "address_changed", about=str(held.pk), path=reverse("account_login"))


@transaction.atomic
def give_up_address(user: User, *, by: Any) -> None:
    """For a caller that holds the row of an account that nobody ever used, and has asked whether ``by`` may: another account may
    have its address from now on. This one stays on record, switched off, without roles and without a link."""
    end_link(user, by=by)
    switch_account(user, on=False, by=by)
    close(Membership.objects.filter(user=user), by=by)
    EmailAddress.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(email=f"{user.pk}{FREED}")
    audit.record(Event.ADDRESS_FREED, on=user, by=by)


def forget_addresses(*, by: Any) -> int:
    """New addresses whose link nobody opened while it was good; gives how many. ``by`` is nobody: the night's housekeeping."""
    return vault.forget_envelopes(NEW_ADDRESS, older_than=NEW_ADDRESS_GOOD_FOR)
