"""What other panels show about people, as counts: who advised on what, who answers and how fast, who is busy."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Aggregate, Count, DurationField, F, Q, QuerySet

from cpms import clock
from cpms.accounts.models import Expertise, User
from cpms.notifications.models import WorkItem
from cpms.notifications.states import Verb
from panels.models import Contribution, Invitation
from panels.states import ContributionKind, DeclineReason, InvitationState

HABITS, LATELY = dt.timedelta(days=730), dt.timedelta(days=30)


class Median(Aggregate):
    """The middle value (PostgreSQL's ``percentile_cont``)."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def advice() -> QuerySet[Contribution]:
    """Statements that helped: "no experience with this" is an answer, but no advice."""
    return Contribution.objects.exclude(kind=ContributionKind.NO_EXPERIENCE).order_by()


def panels_advised(**where: Any) -> dict[Any, int]:
    """Person to the number of panels with advice of theirs."""
    rows = advice().filter(**where).values_list("author").annotate(Count("panel", distinct=True))
    return dict(rows)


def answers() -> QuerySet[Any]:
    """Per person over two years: how often asked, how often answered, the median time to the answer."""
    since = clock.now() - HABITS
    answered = Q(state__in=[InvitationState.ACCEPTED, InvitationState.DECLINED, InvitationState.ENDED])
    rows = Invitation.objects.filter(sent_at__gte=since).exclude(state=InvitationState.WITHDRAWN).order_by()
    return rows.values_list("invitee").annotate(
        asked=Count("pk"),
        answered=Count("pk", filter=answered & Q(answered_at__isnull=False)),
        median=Median(F("answered_at") - F("sent_at"), filter=Q(answered_at__isnull=False)),
        lately=Count("pk", filter=Q(sent_at__gte=clock.now() - LATELY)),
    )


def waiting() -> dict[Any, int]:
    """Person to the number of panels that wait for their answer or advice."""
    items = WorkItem.objects.open().filter(verb__in=[Verb.ANSWER, Verb.REPLY])
    return dict(items.values_list("who").annotate(Count("pk")))


def fill(found: dict[Any, Any], facts: Any) -> None:
    """Put the figures of everybody in ``found`` (key to ``Candidate``) where the ranking looks for them."""
    known = Expertise.objects.filter(code__in=facts.conditions | facts.genes)
    for who, code in known.values_list("user", "code"):
        if who in found:
            (found[who].declared if code in facts.conditions else found[who].knows_gene).add(code)
    members = User.objects.filter(groups_of_interest=facts.group) if facts.group else User.objects.none()
    put(found, "in_group", dict.fromkeys(members.values_list("pk", flat=True), True))
    put(found, "advised_condition", panels_advised(panel__case__diagnoses__code__in=facts.conditions))
    put(found, "advised_group", panels_advised(panel__group=facts.group))
    shared = advice().filter(panel__case__findings__code__in=facts.findings, panel__case__findings__present=True)
    put(
        found,
        "shared_findings",
        dict(shared.values_list("author").annotate(Count("panel__case__findings__code", distinct=True))),
    )
    said_no = Invitation.objects.filter(reason=DeclineReason.FIELD, panel__case__diagnoses__code__in=facts.conditions)
    put(found, "not_my_field", dict(said_no.order_by().values_list("invitee").annotate(Count("pk", distinct=True))))
    put(found, "waiting", waiting())
    for who, asked, answered, median, lately in answers():
        if one := found.get(who):
            one.asked, one.answered, one.asked_lately = asked, answered, lately
            one.days = median.total_seconds() / 86_400 if median is not None else None


def put(found: dict[Any, Any], name: str, figures: dict[Any, Any]) -> None:
    for who, figure in figures.items():
        if who in found:
            setattr(found[who], name, figure)
