"""The mailed link of a guest who has not come in yet: it lives as long as an invitation does that it can lead to."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from cpms.accounts import actions as accounts
from cpms.accounts import queries as accounts_of
from cpms.accounts.models import User
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from panels.models import Invitation


def mind_link(person: User, *, by: Any) -> None:
    """An invitation ended. Without another that can be answered the unused link ends; where it led to the one that ended, a
    fresh one is mailed that leads to another. Of accounts in use, of a hospital or of a role, nothing changes."""
    if person.activated_at is not None or not accounts_of.is_guest(person):
        return
    link = accounts_of.unused_link(person)
    if link is None:
        return
    live = list(Invitation.objects.visible_to(person).select_related("panel").order_by("-sent_at"))
    if not live:
        accounts.end_link(person, by=by)
    elif link.next_path not in {invitation.get_absolute_url() for invitation in live}:
        mail_fresh(live[0], by=by)


def mail_fresh(invitation: Invitation, *, by: Any) -> None:
    person, panel = invitation.invitee, invitation.panel
    token = accounts.resend_link(person, next_path=invitation.get_absolute_url(), by=by)
    path = reverse("activate", args=[token])
    notifications.notify(
        [person],
        notice=Notice.GUEST_INVITED,
        by=None,
        about=invitation,
        ref=panel.ref,
        path=path,
        again=token[:8],
        urgent=panel.urgent,
    )
