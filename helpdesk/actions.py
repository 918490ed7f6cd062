"""Freeze a month; help people into their accounts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import Network, User
from cpms.accounts.policy import may_use_staff_site
from cpms.accounts.roles import STAFF_ROLES, Role
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from helpdesk import kpis
from helpdesk.models import MonthlyKpi


@transaction.atomic
def freeze_month(month: dt.date, *, by: Any) -> int:
    """Write the month's lines down for every network; gives how many were new. A frozen line never changes.

    Raises ``Refused`` while the month is not over: its lines would stay those of a part of it.
    """
    month, made = month.replace(day=1), 0
    if month > last_month():
        raise Refused("A month is frozen when it is over.")
    for network in Network.objects.filter(centres__isnull=False).distinct():
        if MonthlyKpi.objects.filter(month=month, network=network).exists():
            continue
        rows = [MonthlyKpi(month=month, **vars(line)) for line in kpis.lines(network, month)]
        made += len(MonthlyKpi.objects.bulk_create(rows))
    if made:
        audit.record(Event.KPI_FROZEN, on=None, by=by, count=made)
    return made


def last_month() -> dt.date:
    return (clock.today(dt.UTC).replace(day=1) - dt.timedelta(days=1)).replace(day=1)


@transaction.atomic
def send_activation(user: User, *, by: Any) -> None:
    """A fresh activation link by mail. Staff never see it, and never set a password."""
    if not (verdict := may_use_staff_site(by)):
        raise Refused(verdict.reason)
    token = accounts.resend_link(user, by=by)
    notifications.notify(
        [user], notice=Notice.ACCOUNT_READY, by=by, about=user, path=reverse("activate", args=[token]), again=token[:8]
    )


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
