"""Who owes an answer, and whether enough was said."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from consent.models import care_consent
from cpms import clock
from cpms.accounts.models import User, away
from cpms.accounts.roles import Role
from panels.models import Contribution, Invitation, Panel, PanelStep, Stance
from panels.models.panels import PanelQuerySet
from panels.states import ContributionKind, InvitationKind, InvitationState, Move, Rung, State

BEGINNING = dt.datetime.min.replace(year=1900, tzinfo=dt.UTC)


def round_began(panel: str) -> Coalesce:
    """Since when a panel's answers count: since it was reopened, if it was. ``panel`` leads to it from the outer query."""
    again = PanelStep.objects.filter(panel=OuterRef(panel), verb=Move.REOPEN).order_by("-at")
    return Coalesce(Subquery(again.values("at")[:1]), Value(BEGINNING))


def replies(panel: Panel) -> int:
    """How many people asked into the panel have advised in this round: in words, or by a view of advice. "No experience" is an
    answer, not advice, and so is a view of it."""
    return replies_of([panel.pk]).get(panel.pk, 0)


def replies_of(panels: Iterable[Any]) -> dict[Any, int]:
    """The same for many panels of these keys at once; a panel without a reply is left out."""
    keys, advice = list(panels), Contribution.objects.advice().order_by()
    said = of_the_asked(advice.filter(panel__in=keys), panel="panel", who="author")
    views = Stance.objects.filter(contribution__in=advice.filter(panel__in=keys)).order_by()
    viewed = of_the_asked(views, panel="contribution__panel", who="who")
    return dict(Counter(panel for panel, _person in said.union(viewed)))


def of_the_asked(rows: QuerySet[Any], *, panel: str, who: str) -> QuerySet[Any]:
    """Panel and person of the rows of this round that are advice asked for; both named as they lead there."""
    counted = rows.filter(said_as_adviser(panel=panel, who=who), at__gte=round_began(panel))
    return counted.values_list(panel, who)


def said_as_adviser(*, panel: str, who: str) -> Exists:
    """Of what somebody said or viewed, at ``at``: whether they sat in the panel for their advice at that moment. What they said as
    who referred the patient, or as its lead, is none, whatever they were before or became since."""
    asked = Invitation.objects.advisers().filter(
        panel=OuterRef(panel), invitee=OuterRef(who), sent_at__lte=OuterRef("at")
    )
    return Exists(asked.filter(Q(ended_at=None) | Q(ended_at__gte=OuterRef("at"))))


def first_reply_at(panel: Panel) -> dt.datetime | None:
    """When somebody who sat in the panel for their advice first said something or took a view."""
    said = Contribution.objects.filter(said_as_adviser(panel="panel", who="author"), panel=panel)
    viewed = Stance.objects.filter(said_as_adviser(panel="contribution__panel", who="who"), contribution__panel=panel)
    firsts = [rows.aggregate(first=Min("at"))["first"] for rows in (said, viewed)]
    return min((first for first in firsts if first), default=None)


def owing(panel: Panel) -> list[Invitation]:
    """Asked for advice and not answered, or in and silent. Agreeing with what somebody said is an answer too."""
    pending = [invitation for invitation in undecided(panel) if not invitation.referred]
    silent = Invitation.objects.advisers().filter(panel=panel).seated().exclude(has_answered())
    return [*pending, *silent.select_related("invitee__deputy")]


def undecided(panel: Panel) -> list[Invitation]:
    """Asked in, and no yes or no so far; who referred the patient too, of whom no advice is asked."""
    return list(Invitation.objects.pending().filter(panel=panel).select_related("invitee__deputy"))


def has_answered() -> Q:
    """Of an invitation: whether the person said something in this round of the panel, or named somebody who knows more."""
    return has_spoken() | has_named()


def has_named() -> Q:
    """Of an invitation: whether the person stayed and named a colleague in this round."""
    return Q(state=InvitationState.ACCEPTED, proposed_at__gte=round_began("panel"))


def has_spoken() -> Q:
    """Of an invitation: whether the person made a statement in this round of the panel, or took a view of one. Who asked for data
    that is there now has not answered yet."""
    said = Contribution.objects.filter(
        panel=OuterRef("panel"), author=OuterRef("invitee"), at__gte=round_began("panel")
    )
    said = said.exclude(kind=ContributionKind.NEED_DATA, supplied_at__isnull=False)
    viewed = Stance.objects.filter(contribution__panel=OuterRef("panel"), who=OuterRef("invitee"))
    return Q(Exists(said)) | Q(Exists(viewed.filter(at__gte=round_began("contribution__panel"))))


def substitutes(panel: Panel) -> list[User]:
    """The deputies of those who owe an answer and are away, as far as they are clinicians still and were not asked yet."""
    asked = Invitation.objects.filter(panel=panel).values("invitee")
    named = {row.shown.deputy_id for row in owing(panel) if row.shown.is_away and row.shown.deputy_id}
    people = (
        User.objects.active()
        .holding(Role.CLINICIAN)
        .filter(pk__in=named)
        .exclude(pk__in=asked)
        .exclude(pk=panel.lead_id)
    )
    return list(people.select_related("centre").order_by("display_name"))


def late_panels() -> PanelQuerySet:
    """Open, past their answer-by day, not at the top of the ladder, of patients who may be discussed. ``deserted`` are those in
    which somebody owes an answer, and all who do are away; a guest who has not come in yet is away for nobody."""
    late: Any = Panel.objects.filter(
        care_consent("case__patient"), state=State.OPEN, wanted_by__lt=clock.today(), escalated__lt=max(Rung)
    )
    asked = Invitation.objects.advisers()
    owed = (asked.pending() | asked.seated().exclude(has_answered())).filter(panel=OuterRef("pk"))
    known = ~Q(kind=InvitationKind.GUEST) | Q(state=InvitationState.ACCEPTED)
    nobody = Q(Exists(owed)) & ~Q(Exists(owed.exclude(away("invitee") & known)))
    return late.annotate(deserted=ExpressionWrapper(nobody, BooleanField()))


def people_in(panel: Panel) -> list[Any]:
    """The lead and everybody seated now."""
    seats = Invitation.objects.seated().filter(panel=panel).select_related("invitee")
    return [panel.lead, *(seat.invitee for seat in seats)]


def declined_by(person: Any, key: Any) -> Invitation | None:
    """The person's own invitation of this key, to which they said no."""
    rows = Invitation.objects.with_surroundings().filter(invitee=person, state=InvitationState.DECLINED)
    return rows.filter(pk=key).first()
