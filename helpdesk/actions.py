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
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from helpdesk import kpis
from helpdesk.models import MonthlyKpi


@transaction.atomic
def freeze_month(month: dt.date, *, by: Any) -> int:
    """Write the month's lines down for every network; gives how many were new. A frozen line never changes."""
    month = month.replace(day=1)
    made = 0
    for network in Network.objects.all():
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
