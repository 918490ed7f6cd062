"""My work and the list of panels. Constant query counts, whatever the size."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, UUIDField
from django.db.models.functions import Coalesce

from consent.models import Review
from cpms import clock
from cpms.accounts.access import still_open
from cpms.accounts.models import ThematicGroup
from cpms.drafts.models import Draft
from cpms.notifications.models import WorkItem
from cpms.notifications.states import Verb
from cpms.patients.models import Patient
from cpms.patients.policy import treats
from panels.models import Answer, Contribution, Dispatch, Invitation, Panel, Question
from panels.queries.awaited import TO_ALL
from panels.queries.counting import number_of
from panels.states import ARCHIVED, InvitationKind, InvitationState, State

SOON, HOUR = dt.timedelta(days=7), dt.timedelta(hours=1)
MOST_WORK, ALL_WORK, PAGE, LATEST_DRAFTS = 25, 500, 25, 20
WITHOUT_PANEL = frozenset(
    {
        Verb.DECIDE,
        Verb.DISPATCH,
        Verb.REFERRAL,
        Verb.START_PANEL,
        Verb.HELP,
        Verb.QUESTION,
        Verb.HOLD,
        Verb.SURVEY,
        Verb.HAND_OVER,
        Verb.NAME_REPRESENTATIVE,
        Verb.CONFIRM_PLACE,
        Verb.CONFIRM_ROLE,
        Verb.CONFIRM_FACTOR,
        Verb.TICKET,
        Verb.OUTREACH,
    }
)


@dataclass(frozen=True)
class WorkRow:
    item: WorkItem
    panel: Panel | None
    sheet_only: bool = False
    patient: Patient | None = None
    about: str = ""
    referred: bool = False

    @property
    def why(self) -> str:
        """Why it waits for the reader; of who referred the patient no advice is asked."""
        return "You asked for this panel, and are invited to it." if self.referred else self.item.why


@dataclass
class Worklist:
    """What waits, by due day and then urgency: ``now`` is overdue and today, ``soon`` the next seven days; ``more`` are not shown
    yet."""

    now: list[WorkRow] = field(default_factory=list)
    soon: list[WorkRow] = field(default_factory=list)
    later: list[WorkRow] = field(default_factory=list)
    more: int = 0

    @property
    def rows(self) -> list[WorkRow]:
        return [*self.now, *self.soon, *self.later]

    @property
    def overdue(self) -> int:
        return sum(row.item.due_at < clock.now() for row in self.now)


def worklist(user: Any, *, whole: bool = False) -> Worklist:
    """The person's open items that are due first, or all, with their panels. An item whose panel the person cannot see is left out,
    and so is one of no panel that leads to what the person does not see any more: a role may have ended with a day."""
    many = ALL_WORK if whole else MOST_WORK
    items = list(WorkItem.objects.visible_to(user).open().by_day()[:many])

    def of_items(model: Any) -> Any:
        subjects = [item.subject_id for item in items if item.subject_type == model._meta.label_lower]
        return model.objects.visible_to(user).filter(pk__in=subjects) if subjects else model.objects.none()

    panels = {p.pk: p for p in of_items(Panel).with_row()}
    asked = of_items(Invitation).select_related(
        "panel__key", "panel__case__patient", "panel__group", "invited_by", "key"
    )
    sheets = {i.pk: i for i in asked}
    reviews = {r.pk: r for r in of_items(Review).with_surroundings()}
    opened = still_open((item.path for item in items if item.verb in WITHOUT_PANEL and item.ref), user)
    work = Worklist(more=WorkItem.objects.visible_to(user).open().count() - len(items))
    end_of_today = clock.end_of_today()
    for item in items:
        sheet = sheets.get(item.subject_id)
        panel = panels.get(item.subject_id) or (sheet.panel if sheet else None)
        again = reviews.get(item.subject_id)
        if panel is None and again is None and not (item.path in opened or is_of_nothing_named(item)):
            continue
        patient, name = about(again, user) if again else (None, "")
        row = WorkRow(item, panel, sheet is not None, patient, name, sheet is not None and sheet.referred)
        bucket = (
            work.now if item.due_at <= end_of_today else work.soon if item.due_at <= clock.now() + SOON else work.later
        )
        bucket.append(row)
    return work


def is_of_nothing_named(item: WorkItem) -> bool:
    return item.verb in WITHOUT_PANEL and not item.ref


@dataclass(frozen=True)
class LeftTo:
    """What waits for somebody who is away: ``item`` in a panel that the deputy sees, ``what`` as everybody in it may read."""

    item: WorkItem
    panel: Panel
    what: str


def left_to(user: Any) -> list[LeftTo]:
    """Of what waits for those whom the person stands in for: what is about panels that the person sees anyway, and everybody in
    them may know. A deputy is let in nowhere, and does not learn here that a guest, who is as typed, has an account."""
    seen, here = Panel.objects.visible_to(user), {"pk": OuterRef("subject_id")}
    asked = Invitation.objects.filter(kind=InvitationKind.EXPERT, **here).order_by().values("panel")
    put = Dispatch.objects.filter(**here).order_by().values("panel")
    waiting: Any = WorkItem.objects.left_to(user).filter(verb__in=TO_ALL).select_related("who").by_day()
    waiting = waiting.annotate(
        panel_id=Coalesce(Subquery(asked), Subquery(put), "subject_id", output_field=UUIDField())
    )
    items = list(waiting.filter(panel_id__in=seen.order_by().values("pk"))[:MOST_WORK])
    panels = {p.pk: p for p in seen.filter(pk__in=[item.panel_id for item in items]).with_row()}
    return [LeftTo(item, panels[item.panel_id], TO_ALL[item.verb]) for item in items if item.panel_id in panels]


def about(review: Review, user: Any) -> tuple[Patient, str]:
    """The patient, and how the reader knows the patient."""
    patient = review.patient
    named = patient.nickname if treats(user, patient) else ""
    return patient, named or patient.pseudonym


def loaded(rows: Any) -> list[Panel]:
    """The few panels that ``rows`` chooses, in their order, with what a list shows of them.

    Chosen first and loaded after: asked for both at once, PostgreSQL joins whole tables before it takes the first rows.
    """
    keys = list(rows.values_list("pk", flat=True))
    asked = Invitation.objects.exclude(state=InvitationState.WITHDRAWN)
    numbers = {"asked": asked, "pending": Invitation.objects.pending(), "said": Contribution.objects.all()}
    counted = {name: Coalesce(number_of(counts), 0) for name, counts in numbers.items()}
    found = {panel.pk: panel for panel in Panel.objects.with_row().filter(pk__in=keys).annotate(**counted)}
    return [found[key] for key in keys]


def half_written(user: Any, *, most: int = 5) -> list[Draft]:
    """What the person typed and did not send, without what stood on pages that do not open to the person any more."""
    drafts = list(Draft.objects.filter(user=user)[:LATEST_DRAFTS])
    opened = still_open([draft.path for draft in drafts], user)
    return [draft for draft in drafts if draft.path in opened][:most]


def waiting_for_others(user: Any) -> list[Panel]:
    """The person's running panels with unanswered invitations, and the open ones in which nobody is asked any more, as all said
    no or were let go; the longest wait first."""
    asked = Invitation.objects.filter(panel=OuterRef("pk"))
    left_alone = Q(state=State.OPEN) & ~Exists(asked.advisers().live())
    rows = Panel.objects.visible_to(user).running().filter(Exists(asked.pending()) | left_alone, lead=user)
    return loaded(rows.order_by("opened_at")[:10])


def next_meeting(user: Any) -> Any:
    """The person's next agenda item: panel and meeting, or ``None``."""
    coming = {"agenda_items__meeting__state": "planned", "agenda_items__meeting__starts_at__gt": clock.now() - HOUR}
    panels = Panel.objects.taken_part_in(user).filter(**coming).order_by("agenda_items__meeting__starts_at")
    panel = panels.select_related(None).only("pk").first()
    if panel is None:
        return None
    items = panel.agenda_items.select_related("meeting").filter(meeting__state="planned")
    return items.filter(meeting__starts_at__gt=clock.now() - HOUR).order_by("meeting__starts_at").first()


def questions(user: Any) -> QuerySet[Question]:
    """Quick questions the person sees, open ones first, with how often each was answered."""
    rows = Question.objects.visible_to(user).with_surroundings().annotate(answered=Count("answers"))
    return rows.order_by(F("closed_at").asc(nulls_first=True), "-asked_at")


def answers_to(question: Question, *, latest: int | None) -> tuple[list[Answer], int]:
    """The latest so many answers, oldest first (all with ``None``), and how many there are."""
    rows = question.answers.select_related("author__centre", "key").order_by("-at")
    return list(rows[:latest])[::-1], question.answers.count()


@dataclass(frozen=True)
class Wanted:
    """What a list of panels shows; everything may be left open."""

    state: str = ""
    urgency: str = ""
    group: Any = None
    mine: bool = False
    unit: bool = False
    since: dt.date | None = None
    until: dt.date | None = None


def listed(user: Any, wanted: Wanted | None = None) -> QuerySet[Panel]:
    """The panels of the list page, the archive's apart: newest first. ``loaded`` gives a page of them what its rows show."""
    wanted = wanted or Wanted()
    panels = Panel.objects.visible_to(user).order_by("-drafted_at", "pk")
    panels = panels.shelved(archived=wanted.state == ARCHIVED)
    named = {
        "state": "" if wanted.state == ARCHIVED else wanted.state,
        "urgency": wanted.urgency,
        "group": wanted.group,
    }
    panels = panels.filter(**{name: value for name, value in named.items() if value})
    panels = panels.filter(lead=user) if wanted.mine else panels
    panels = panels.of_unit(user) if wanted.unit else panels
    return started(panels, wanted.since, wanted.until)


def started(panels: QuerySet[Panel], since: dt.date | None, until: dt.date | None) -> QuerySet[Panel]:
    """Those begun between two days, both included; either may be left open."""
    panels = panels.filter(drafted_at__date__gte=since) if since else panels
    return panels.filter(drafted_at__date__lte=until) if until else panels


def groups_of_panels(user: Any) -> QuerySet[ThematicGroup]:
    """The groups of the panels a person sees."""
    seen = Panel.objects.visible_to(user).order_by().values("group")
    return ThematicGroup.objects.filter(pk__in=seen).select_related("network")
