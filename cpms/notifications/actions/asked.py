"""What lower floors ask for by the name of a task: mails to the owner of an account, or to an address itself."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse

from cpms.locking import hold
from cpms.notifications.actions.outbox import notify, notify_address
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import WARNINGS, Notice
from cpms.notifications.states import UNSENT, MailState


@transaction.atomic
def tell(user_id: str, *, notice: str, occasion: str, by: Any) -> None:
    """What a lower floor asked for by name: one mail to the owner of an account, once per ``occasion``."""
    person = get_user_model().objects.filter(pk=user_id).first()
    if person is not None:
        notify([person], notice=Notice(notice), by=by, about=person, path=reverse("security"), again=occasion)


@transaction.atomic
def answer_reset(address: str, *, user_id: str, path: str, occasion: str, by: Any) -> None:
    """Somebody asked for a new password: the link goes to the account's owner; an address without an account gets word
    of that. Each asking is an ``occasion`` of its own (a UUID), and a row either way, so both take as long."""
    if user_id:
        person = get_user_model().objects.get(pk=user_id)
        notify([person], notice=Notice.PASSWORD_ASKED, by=by, about=person, path=path, again=occasion)
    else:
        nobody = get_user_model()(pk=uuid.UUID(occasion))
        notify_address(address, notice=Notice.ADDRESS_UNKNOWN, about=nobody, path=path, again=occasion)


@transaction.atomic
def write_to(address: str, *, notice: str, user_id: str, path: str, occasion: str, by: Any) -> None:
    """What a lower floor asked for by name: one mail to an address itself, about an account that has another one."""
    about = get_user_model().objects.get(pk=user_id)
    notify_address(address, notice=Notice(notice), about=about, path=path, again=occasion)


@transaction.atomic
def stay_at(address: str, *, user_id: str, by: Any) -> int:
    """The owner of an account has another address from now on: what warns of the account and is not sent yet goes to this one all
    the same, and what was given up is not sent to the new one. Gives how many mails. ``by`` is nobody: a lower floor asked by name."""
    warnings = OutboxMessage.objects.filter(recipient__pk=user_id, notice__in=WARNINGS)
    held = OutboxMessage.objects.filter(pk__in=hold(warnings.filter(state__in=[*UNSENT, MailState.GIVEN_UP])))
    held.filter(state=MailState.GIVEN_UP).update(path="/")
    return held.filter(state__in=UNSENT).update(recipient=None, address=address)
