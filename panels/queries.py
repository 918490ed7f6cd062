"""Read models of panels: the worklist, the list, the page of one panel. Constant query counts, whatever the size."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cpms import clock
from cpms.notifications.models import WorkItem
from panels.cases.models import Case
from panels.models import Contribution, Invitation, Message, Panel, Stance, Visit
from panels.states import InvitationState, StanceKind

SOON, HOUR = dt.timedelta(days=7), dt.timedelta(hours=1)
MOST_WORK, LATEST = 25, 20
PAGE = 25


@dataclass(frozen=True)
class WorkRow:
    item: WorkItem
    panel: Panel
    sheet_only: bool = False


@dataclass
class Worklist:
    """What waits, by urgency: ``now`` is overdue and today, ``soon`` the next seven days; ``more`` are not shown yet."""

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


def worklist(user: Any) -> Worklist:
    """The most urgent open items of the person, with their panels. An item whose panel the person cannot see is left out."""
    items = list(WorkItem.objects.visible_to(user).open().order_by("due_at")[:MOST_WORK])
    subjects = [item.subject_id for item in items]
    panels = {p.pk: p for p in Panel.objects.visible_to(user).filter(pk__in=subjects).with_case()}
    asked = Invitation.objects.visible_to(user).filter(pk__in=subjects).select_related("panel__key", "panel__group")
    sheets = {i.pk: i.panel for i in asked.select_related("panel__key", "panel__group", "invited_by", "key")}
    work = Worklist(more=WorkItem.objects.visible_to(user).open().count() - len(items))
    end_of_today = clock.now().astimezone().replace(hour=23, minute=59, second=59)
    for item in items:
        panel = panels.get(item.subject_id) or sheets.get(item.subject_id)
        if panel is None:
            continue
        row = WorkRow(item, panel, sheet_only=item.subject_id in sheets)
        bucket = (
            work.now if item.due_at <= end_of_today else work.soon if item.due_at <= clock.now() + SOON else work.later
        )
        bucket.append(row)
    return work


def waiting_for_others(user: Any) -> list[Panel]:
    """The person's running panels with unanswered invitations, the longest wait first."""
    pending = Count("invitations", filter=Q(invitations__state=InvitationState.PENDING))
    asked = Count("invitations", filter=~Q(invitations__state=InvitationState.WITHDRAWN))
    panels = Panel.objects.visible_to(user).running().filter(lead=user).with_case()
    return list(panels.annotate(pending=pending, asked=asked).filter(pending__gt=0).order_by("opened_at")[:10])


def next_meeting(user: Any) -> Any:
    """The person's next agenda item: panel and meeting, or ``None``."""
    coming = {"agenda_items__meeting__state": "planned", "agenda_items__meeting__starts_at__gt": clock.now() - HOUR}
    panel = Panel.objects.visible_to(user).filter(**coming).order_by("agenda_items__meeting__starts_at").first()
    if panel is None:
        return None
    items = panel.agenda_items.select_related("meeting").filter(meeting__state="planned")
    return items.filter(meeting__starts_at__gt=clock.now() - HOUR).order_by("meeting__starts_at").first()


def number_of(rows: QuerySet[Any]) -> Subquery:
    """How many of ``rows`` belong to the panel: counted per shown row, not joined over all of them."""
    counted = rows.filter(panel=OuterRef("pk")).order_by().values("panel").annotate(number=Count("pk"))
    return Subquery(counted.values("number"), output_field=IntegerField())


def listed(user: Any, *, state: str = "") -> QuerySet[Panel]:
    """The list page's rows: newest first, with what the row shows."""
    panels = Panel.objects.visible_to(user).with_case().order_by("-drafted_at", "pk")
    panels = panels.annotate(
        asked=Coalesce(number_of(Invitation.objects.all()), 0), said=Coalesce(number_of(Contribution.objects.all()), 0)
    )
    return panels.filter(state=state) if state else panels


def case_parts(case: Case) -> Case:
    """The case with all its parts fetched, one query per kind."""
    names = ("diagnoses", "findings", "labs", "variants", "treatments", "imports")
    return Case.objects.select_related("key", "patient__key").prefetch_related(*names).get(pk=case.pk)


@dataclass(frozen=True)
class Entry:
    """One line of the thread: a statement with its stances, or a message."""

    at: dt.datetime
    author: Any
    contribution: Contribution | None = None
    message: Message | None = None
    agrees: int = 0
    objections: tuple[Stance, ...] = ()
    mine: str = ""
    guest_until: dt.datetime | None = None


def thread(panel: Panel, user: Any, *, after: dt.datetime | None = None, latest: int | None = None) -> list[Entry]:
    """Statements and messages in the order they came, the ``latest`` so many or all; few queries whatever their number."""
    stances = Prefetch("stances", Stance.objects.select_related("who__centre", "key"))
    statements = (
        Contribution.objects.filter(panel=panel).select_related("author__centre", "key").prefetch_related(stances)
    )
    messages = Message.objects.filter(panel=panel).select_related("author__centre", "key")
    if after is not None:
        statements, messages = statements.filter(at__gt=after), messages.filter(at__gt=after)
    statements, messages = statements.order_by("-at")[:latest], messages.order_by("-at")[:latest]
    guests = dict(Invitation.objects.filter(panel=panel).guests().values_list("invitee_id", "guest_until"))
    entries = [statement_entry(c, user, guests) for c in statements]
    entries += [Entry(m.at, m.author, message=m, guest_until=guests.get(m.author_id)) for m in messages]
    return sorted(entries, key=lambda entry: entry.at)[-latest if latest else 0 :]


def said_in(panel: Panel) -> int:
    """How many statements and messages the panel holds."""
    return Contribution.objects.filter(panel=panel).count() + Message.objects.filter(panel=panel).count()


def statement_entry(contribution: Contribution, user: Any, guests: dict[Any, dt.datetime | None]) -> Entry:
    views = list(contribution.stances.all())
    return Entry(
        contribution.at,
        contribution.author,
        contribution=contribution,
        agrees=sum(view.kind == StanceKind.AGREE for view in views),
        objections=tuple(view for view in views if view.kind != StanceKind.AGREE),
        mine=next((view.kind for view in views if view.who_id == user.pk), ""),
        guest_until=guests.get(contribution.author_id),
    )


@dataclass(frozen=True)
class Seat:
    """One row of "who is in this panel": the invitation, when the person last looked, whether advice was given."""

    invitation: Invitation
    seen_at: dt.datetime | None
    replied: bool


def seats(panel: Panel) -> list[Seat]:
    visits = dict(Visit.objects.filter(panel=panel).values_list("who_id", "at"))
    said = Contribution.objects.filter(panel=panel, author=OuterRef("invitee"))
    rows = (
        Invitation.objects.filter(panel=panel).select_related("invitee__centre", "key").annotate(replied=Exists(said))
    )
    return [Seat(row, visits.get(row.invitee_id), row.replied) for row in rows]


def last_visit(panel: Panel, user: Any) -> dt.datetime | None:
    return Visit.objects.filter(panel=panel, who=user).values_list("at", flat=True).first()
