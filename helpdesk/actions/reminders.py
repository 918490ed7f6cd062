"""Help people into their accounts; remind those who are silent."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts import queries as people
from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.accounts.policy import may_use_staff_site
from cpms.accounts.roles import STAFF_ROLES, Role
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from helpdesk import queries
from helpdesk.models import Nudge
from helpdesk.people import actions as outreach
from helpdesk.people import queries as getting_in
from helpdesk.states import ABOUT, NudgeKind

LOGGED = {
    NudgeKind.CENTRE: "Reminded by mail: no panel for a year.",
    NudgeKind.REQUEST: "Reminded by mail: a request for access waits.",
}
"""The words that a reminder leaves in the hospital's outreach log."""


@transaction.atomic
def send_activation(user: User, *, by: Any) -> None:
    """A fresh activation link by mail. Staff never see it, and never set a password."""
    if not (verdict := may_use_staff_site(by)):
        raise Refused(verdict.reason)
    is_on = User.objects.visible_to(by).filter(pk=user.pk).values_list("is_active", flat=True).first()
    if is_on is None:
        raise Refused("This account is looked after by another helpdesk.")
    if not is_on:
        raise Refused("This account is switched off: no link opens it, and no mail goes out.")
    token = accounts.resend_link(user, by=by)
    notifications.notify(
        [user], notice=Notice.ACCOUNT_READY, by=by, about=user, path=reverse("activate", args=[token]), again=token[:8]
    )
    Nudge.objects.get_or_create(kind=NudgeKind.ACTIVATION, person=user, day=clock.rights_day(), defaults={"by": by})


@transaction.atomic
def send_again(mail: OutboxMessage, *, by: Any) -> None:
    """A mail that was given up goes out once more. Raises ``Refused`` with the reason why it may not."""
    if not (verdict := may_use_staff_site(by)):
        raise Refused(verdict.reason)
    if not queries.mails_of(by).filter(pk=mail.pk).exists():
        raise Refused("This mail is looked after by another helpdesk.")
    notifications.send_again(mail, by=by)


@transaction.atomic
def nudge(thing: Any, *, kind: NudgeKind, by: Any) -> None:
    """Remind whoever can do something about it, once a day: who decides a request, a panel's lead, those who represent a
    hospital, somebody who stopped coming or never activated the account. What goes to a hospital stands in its outreach log.

    Raises ``Refused`` where it was done today already, and where nobody is there to be reminded.
    """
    if not (verdict := may_use_staff_site(by)):
        raise Refused(verdict.reason)
    today, about = clock.rights_day(), {ABOUT[kind]: thing}
    if Nudge.objects.filter(kind=kind, day=today, **about).exists():
        raise Refused("Somebody of the helpdesk did this today already.")
    if kind == NudgeKind.ACTIVATION:
        send_activation(thing, by=by)
    else:
        remind(thing, kind=kind, by=by)
        _nudge, fresh = Nudge.objects.get_or_create(kind=kind, day=today, **about, defaults={"by": by})
        if not fresh:
            raise Refused("Somebody of the helpdesk did this today already.")
        if kind in LOGGED:
            centre = thing.centre if kind == NudgeKind.REQUEST else thing
            outreach.note_reminder(centre, said=LOGGED[kind], by=by)
    audit.record(Event.NUDGED, on=thing, by=by, kind=str(kind))


@transaction.atomic
def remind_quiet_centres(*, by: Any) -> int:
    """In September and November: a mail to those who represent a hospital that opened no panel this year, once in each
    month, however often the clock comes by. Gives how many hospitals there are."""
    season, centres = f"{clock.rights_day():%Y-%m}", list(queries.silent_this_year())
    for centre in centres:
        people_there = list(people.representatives_of(centre))
        notifications.notify(people_there, notice=Notice.CENTRE_QUIET, by=by, about=centre, again=season)
    return len(centres)


def remind(thing: Any, *, kind: NudgeKind, by: Any) -> None:
    """A mail to each: the words that the page of today shows before, and an address that its reader may open."""
    notice, usual = queries.MAILS[kind]
    path = thing.get_absolute_url() if kind == NudgeKind.PANEL else usual()
    who = {
        NudgeKind.REQUEST: lambda: getting_in.deciders_of(thing),
        NudgeKind.PANEL: lambda: [thing.lead],
        NudgeKind.CENTRE: lambda: people.representatives_of(thing),
        NudgeKind.RETURN: lambda: [thing],
    }[kind]()
    others = [person for person in who if person.is_active and person.pk != by.pk]
    if not others:
        raise Refused("Nobody else is there who could be reminded.")
    ref, again = thing.ref if kind == NudgeKind.PANEL else "", f"nudge-{thing.pk}-{clock.rights_day()}"
    for person in others:
        notifications.notify([person], notice=notice, by=by, about=person, ref=ref, path=path, again=again)


@transaction.atomic
def invite_staff(email: str, *, display_name: str, role: Role, by: Any) -> User:
    """Prepare a staff member's account and mail the activation link; how an installation gets its first person.

    Raises ``Refused`` for somebody without a staff role to give, and for a role that is not a staff role.
    """
    if role not in STAFF_ROLES:
        raise Refused("This role is not a helpdesk role.")
    if by is not None and not (verdict := may_use_staff_site(by)):
        raise Refused(verdict.reason)
    user, token = accounts.prepare_account(email, display_name=display_name, by=by)
    accounts.grant_role(user, role, by=by)
    if token:
        path = reverse("activate", args=[token])
        notifications.notify([user], notice=Notice.ACCOUNT_READY, by=by, about=user, path=path, again=token[:8])
    return user
