"""What other panels show about people, as counts: who advised on what, who answers and how fast, who is busy."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from django.db import connection
from django.db.models import Aggregate, Count, DurationField, F, Q, QuerySet

from cpms import clock
from cpms.accounts.models import Expertise, User
from cpms.keys import with_keys
from cpms.notifications.models import WorkItem
from cpms.notifications.states import Verb
from panels.cases.models import Diagnosis, Finding
from panels.models import Contribution, Invitation, Panel
from panels.states import ContributionKind, DeclineReason, InvitationState

HABITS, LATELY = dt.timedelta(days=730), dt.timedelta(days=30)


class Median(Aggregate):
    """The middle value (PostgreSQL's ``percentile_cont``)."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Past:
    """Of a case's conditions, what is near them, genes, findings and group: who declared them, and in how many panels people
    advised on them."""

    declared: dict[Any, set[str]]
    declares_kin: dict[Any, set[str]]
    knows_gene: dict[Any, set[str]]
    advised_condition: dict[Any, int]
    shared_findings: dict[Any, int]
    advised_group: dict[Any, int]
    not_my_field: dict[Any, int]

    def knowing(self) -> set[Any]:
        """People with a trace of knowing this very case."""
        return {*self.declared, *self.declares_kin, *self.knows_gene, *self.advised_condition, *self.shared_findings}


def of(facts: Any) -> Past:
    """The past that matters for a case, for everybody who has one."""
    diagnosed = Diagnosis.objects.filter(code__in=facts.conditions).order_by().values("case")
    said_no = Invitation.objects.filter(reason=DeclineReason.FIELD, panel__case__in=diagnosed).order_by()
    advised = panels_advised(facts)
    declared = declaring([*facts.conditions, *facts.kin, *facts.genes])
    return Past(
        declared=among(declared, facts.conditions),
        declares_kin=among(declared, facts.kin),
        knows_gene=among(declared, facts.genes),
        advised_condition={who: number for who, number, _group in advised if number},
        shared_findings=findings_advised(facts.findings),
        advised_group={who: number for who, _condition, number in advised if number},
        not_my_field=dict(said_no.values_list("invitee").annotate(Count("pk"))),
    )


def around(facts: Any, past: Past) -> set[Any]:
    """People of the thematic group."""
    members = User.objects.filter(groups_of_interest=facts.group) if facts.group else User.objects.none()
    return {*past.advised_group, *members.order_by().values_list("pk", flat=True)}


def declaring(codes: Iterable[str]) -> dict[Any, set[str]]:
    """Person to those of the codes that they declare."""
    found: dict[Any, set[str]] = defaultdict(set)
    for who, code in Expertise.objects.filter(code__in=codes).order_by().values_list("user", "code"):
        found[who].add(code)
    return dict(found)


def among(declared: dict[Any, set[str]], codes: Iterable[str]) -> dict[Any, set[str]]:
    """Person to those of their declared codes that are among the codes, without people who declare none of them."""
    wanted = set(codes)
    return {who: found for who, theirs in declared.items() if (found := theirs & wanted)}


PANELS_ADVISED = """
    SELECT author_id, count(*) FILTER (WHERE of_condition), count(*) FILTER (WHERE of_group) FROM (
        SELECT DISTINCT said.author_id, panel.id, panel.of_condition, panel.of_group FROM {said} said JOIN (
            SELECT id, coalesce(group_id = %s, false) AS of_group,
                case_id IN (SELECT case_id FROM {diagnosed} WHERE code = ANY(%s)) AS of_condition FROM {panel}
        ) panel ON panel.id = said.panel_id
        WHERE said.kind <> %s AND (panel.of_condition OR panel.of_group)
    ) each GROUP BY author_id
"""


def panels_advised(facts: Any) -> list[tuple[Any, int, int]]:
    """Each person with the number of panels with advice of theirs: about a condition of the case, and of its group.

    In SQL: the ORM reads everybody's advice once for each of the two, and sorts it.
    """
    tables = {"said": Contribution._meta.db_table, "panel": Panel._meta.db_table, "diagnosed": Diagnosis._meta.db_table}
    said = [facts.group, list(facts.conditions), str(ContributionKind.NO_EXPERIENCE)]
    with connection.cursor() as cursor:
        cursor.execute(PANELS_ADVISED.format(**tables), said)
        return list(cursor.fetchall())


FINDINGS_ADVISED = """
    SELECT author_id, count(*) FROM (
        SELECT DISTINCT said.author_id, found.code FROM {said} said JOIN {panel} panel ON panel.id = said.panel_id
        JOIN {found} found ON found.case_id = panel.case_id AND found.present AND found.code = ANY(%s)
        WHERE said.kind <> %s
    ) each GROUP BY author_id
"""


def findings_advised(codes: Iterable[str]) -> dict[Any, int]:
    """Person to the number of these findings, present in cases they advised on.

    In SQL: the ORM goes through the table of cases and sorts to count what differs, which takes twice as long.
    """
    tables = {"said": Contribution._meta.db_table, "panel": Panel._meta.db_table, "found": Finding._meta.db_table}
    with connection.cursor() as cursor:
        cursor.execute(FINDINGS_ADVISED.format(**tables), [list(codes), str(ContributionKind.NO_EXPERIENCE)])
        return dict(cursor.fetchall())


def answers(people: Iterable[Any]) -> QuerySet[Any]:
    """Per person over two years: how often asked, how often answered, the median time to the answer."""
    since = clock.now() - HABITS
    answered = Q(state__in=[InvitationState.ACCEPTED, InvitationState.DECLINED, InvitationState.ENDED])
    rows = Invitation.objects.filter(with_keys(people, "invitee"), sent_at__gte=since)
    return (
        rows.exclude(state=InvitationState.WITHDRAWN)
        .order_by()
        .values_list("invitee")
        .annotate(
            asked=Count("pk"),
            answered=Count("pk", filter=answered & Q(answered_at__isnull=False)),
            median=Median(F("answered_at") - F("sent_at"), filter=Q(answered_at__isnull=False)),
            lately=Count("pk", filter=Q(sent_at__gte=clock.now() - LATELY)),
        )
    )


def waiting(people: Iterable[Any]) -> dict[Any, int]:
    """Person to the number of panels that wait for their answer or advice."""
    items = WorkItem.objects.open().filter(with_keys(people, "who"), verb__in=[Verb.ANSWER, Verb.REPLY])
    return dict(items.order_by().values_list("who").annotate(Count("pk")))


def fill_past(found: dict[Any, Any], past: Past) -> None:
    """Put what everybody in ``found`` (key to ``Candidate``) knows and did where the ranking looks for it."""
    for name in (each.name for each in fields(past)):
        put(found, name, getattr(past, name))


def fill_habits(found: dict[Any, Any]) -> None:
    """Put how everybody in ``found`` answers, and what waits for them, where the ranking looks for it."""
    put(found, "waiting", waiting(found))
    for who, asked, answered, median, lately in answers(found):
        one = found[who]
        one.asked, one.answered, one.asked_lately = asked, answered, lately
        one.days = median.total_seconds() / 86_400 if median is not None else None


def put(found: dict[Any, Any], name: str, figures: dict[Any, Any]) -> None:
    for who, figure in figures.items():
        if who in found:
            setattr(found[who], name, figure)
