"""Of which closed panels it is time to ask what became of them, and what of that stands in a network's preview of today."""

from __future__ import annotations

import datetime as dt

from dateutil.relativedelta import relativedelta
from django.db.models import Exists, OuterRef, QuerySet

from consent.models import care_consent
from cpms.accounts.models import Network
from cpms.notifications.queries import Coming, Rules, also_sent
from outcomes.models import FollowUp
from outcomes.states import ASK_WITHIN, FOLLOW_UP_MONTHS
from panels.models import Panel
from panels.states import State


def to_follow_up(months: int, moment: dt.datetime) -> QuerySet[Panel]:
    """Panels closed so many months before a moment that were not asked about yet; those of long ago are left alone."""
    due = moment - relativedelta(months=months)
    closed = Panel.objects.filter(care_consent("case__patient"), state=State.CLOSED, closed_at__lte=due)
    asked = FollowUp.objects.filter(panel=OuterRef("pk"), months=months, asked_at__gt=OuterRef("closed_at"))
    rows: QuerySet[Panel] = closed.filter(~Exists(asked.order_by()), closed_at__gt=due - ASK_WITHIN)
    return rows


@also_sent
def followed_up_until(network: Network, _rules: Rules, moment: dt.datetime) -> list[Coming]:
    """Leads who are asked by then, three and twelve months after closing."""
    return [
        Coming(ref, "The lead", f"What became of the advice, after {months} months")
        for months in FOLLOW_UP_MONTHS
        for ref in to_follow_up(months, moment).filter(network=network).order_by("ref").values_list("ref", flat=True)
    ]
