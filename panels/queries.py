"""Read models of panels: the worklist, the list, the page of one panel. Constant query counts, whatever the size."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from cpms import clock
from cpms.notifications.models import WorkItem
from cpms.notifications.states import Verb
from panels.models import Contribution, Invitation, Message, Panel, Stance, Visit
from panels.states import InvitationState, StanceKind

SOON, HOUR = dt.timedelta(days=7), dt.timedelta(hours=1)
WITHOUT_PANEL = frozenset({Verb.DECIDE})
MOST_WORK, LATEST = 25, 20
PAGE = 25


@dataclass(frozen=True)
class WorkRow:
    item: WorkItem
    panel: Panel | None
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
        if panel is None and item.verb not in WITHOUT_PANEL:
            continue
        row = WorkRow(item, panel, sheet_only=item.subject_id in sheets)
        bucket = (
            work.now if item.due_at <= end_of_today else work.soon if item.due_at <= clock.now() + SOON else work.later
        )
        bucket.append(row)
    return work


def loaded(rows: Any) -> list[Panel]:
    """The few panels that ``rows`` chooses, in their order, with what a list shows of them.

    Chosen first and loaded after: asked for both at once, PostgreSQL joins whole tables before it takes the first rows.
    """
    keys = list(rows.values_list("pk", flat=True))
    asked = Invitation.objects.exclude(state=InvitationState.WITHDRAWN)
    numbers = {"asked": asked, "pending": Invitation.objects.pending(), "said": Contribution.objects.all()}
    counted = {name: Coalesce(number_of(counts), 0) for name, counts in numbers.items()}
    found = {panel.pk: panel for panel in Panel.objects.with_case().filter(pk__in=keys).annotate(**counted)}
    return [found[key] for key in keys]


def waiting_for_others(user: Any) -> list[Panel]:
    """The person's running panels with unanswered invitations, the longest wait first."""
    unanswered = Exists(Invitation.objects.pending().filter(panel=OuterRef("pk")))
    return loaded(Panel.objects.visible_to(user).running().filter(unanswered, lead=user).order_by("opened_at")[:10])


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
    """The panels of the list page: newest first. ``loaded`` gives a page of them what its rows show."""
    panels = Panel.objects.visible_to(user).order_by("-drafted_at", "pk")
    return panels.filter(state=state) if state else panels


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


def thread(panel: Panel, user: Any, *, guests: dict[Any, dt.datetime], latest: int | None = None) -> list[Entry]:
    """Statements and messages in the order they came, the ``latest`` so many or all; few queries whatever their number.

    ``guests`` gives the guests' keys and the dates until which they stay.
    """
    stances = Prefetch("stances", Stance.objects.select_related("who__centre", "key"))
    statements = (
        Contribution.objects.filter(panel=panel).select_related("author__centre", "key").prefetch_related(stances)
    )
    messages = Message.objects.filter(panel=panel).select_related("author__centre", "key")
    statements, messages = statements.order_by("-at")[:latest], messages.order_by("-at")[:latest]
    entries = [statement_entry(c, user, guests) for c in statements]
    entries += [Entry(m.at, m.author, message=m, guest_until=guests.get(m.author_id)) for m in messages]
    return sorted(entries, key=lambda entry: entry.at)[-latest if latest else 0 :]


def said_in(panel: Panel) -> int:
    """How many statements and messages the panel holds, in one query."""
    both = [Coalesce(number_of(rows), 0) for rows in (Contribution.objects.all(), Message.objects.all())]
    return sum(Panel.objects.filter(pk=panel.pk).values_list(*both).get())


def news(panel: Panel, user: Any, *, after: dt.datetime) -> int:
    """How many statements and messages of others came after a moment."""
    return sum(
        rows.filter(panel=panel, at__gt=after).exclude(author=user).count()
        for rows in (Contribution.objects.all(), Message.objects.all())
    )


def statement_entry(contribution: Contribution, user: Any, guests: dict[Any, dt.datetime]) -> Entry:
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


def objection_of(user: Any, contribution: Contribution) -> str:
    """The person's own words on a statement, to be changed; empty when there are none."""
    mine = Stance.objects.filter(contribution=contribution, who=user).first()
    return mine.text if mine else ""


@dataclass(frozen=True)
class Seat:
    """One row of "who is in this panel": the invitation, when the person last looked, whether advice was given."""

    invitation: Invitation
    seen_at: dt.datetime | None
    replied: bool


def visits(panel: Panel) -> dict[Any, dt.datetime]:
    """Who looked at the panel, and when last."""
    return dict(Visit.objects.filter(panel=panel).values_list("who_id", "at"))


def seats(panel: Panel, *, seen: dict[Any, dt.datetime]) -> list[Seat]:
    """Everybody ever asked into the panel; ``seen`` is what ``visits`` gives."""
    said = Contribution.objects.filter(panel=panel, author=OuterRef("invitee"))
    rows = (
        Invitation.objects.filter(panel=panel).select_related("invitee__centre", "key").annotate(replied=Exists(said))
    )
    return [Seat(row, seen.get(row.invitee_id), row.replied) for row in rows]


def guests_of(seats: list[Seat]) -> dict[Any, dt.datetime]:
    """The guests among them, and until when they stay."""
    rows = ((seat.invitation.invitee_id, seat.invitation.guest_until) for seat in seats)
    return {who: until for who, until in rows if until is not None}
