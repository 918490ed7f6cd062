"""What the pages of meetings show. Constant query counts, whatever the size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from cpms import clock
from cpms.accounts import queries as accounts
from cpms.accounts.models import ThematicGroup, User
from cpms.accounts.roles import Role
from panels.meetings.models import (
    AgendaItem,
    CalendarFeed,
    DateAnswer,
    DatePoll,
    Meeting,
    MeetingSeries,
    ProposedDate,
    VideoService,
)
from panels.meetings.policy import may_change_series
from panels.meetings.states import Can, MeetingState
from panels.models import Panel

MOST = 50
LATELY = dt.timedelta(hours=4)
COUNTED = (("yes", Can.YES), ("maybe", Can.MAYBE), ("cannot", Can.NO))


@dataclass(frozen=True)
class Slot:
    """A line of an agenda; ``panel`` is ``None`` for who does not take part in it, ``waits`` beyond the last slot."""

    ref: str
    panel: Panel | None
    waits: bool
    item: AgendaItem
    minutes: int


def coming(user: Any) -> QuerySet[Meeting]:
    """The person's coming meetings, soonest first, with the number of panels on each."""
    rows = Meeting.objects.taken_part_in(user).filter(state=MeetingState.PLANNED, starts_at__gt=clock.now() - LATELY)
    return rows.select_related("series").annotate(panels=Count("agenda")).order_by("starts_at")


def mine_to_attend(user: Any) -> QuerySet[Meeting]:
    """Coming meetings that the person was asked to: what a subscribed calendar shows."""
    rows = Meeting.objects.taken_part_in(user).filter(state=MeetingState.PLANNED, starts_at__gt=clock.now() - LATELY)
    return rows.filter(attendance__who=user).select_related("series").order_by("starts_at")[:MOST]


def to_bring_to(user: Any, panel: Panel) -> QuerySet[Meeting]:
    """The coming meetings of series that the panel is not on yet, soonest first, with the number of panels on each."""
    rows = Meeting.objects.taken_part_in(user).filter(series__isnull=False, state=MeetingState.PLANNED)
    rows = rows.filter(starts_at__gt=clock.now()).exclude(agenda__panel=panel)
    return rows.select_related("series").annotate(panels=Count("agenda", distinct=True)).order_by("starts_at")


def next_for(user: Any, panel: Panel) -> Meeting | None:
    """The next of them that is a meeting of the panel's own group, with the number of people who come to its whole series; none
    while the panel is on the agenda of a coming one. For whom ``Permission.MEETING_BRING`` lets bring the panel.

    Which of the group's series meet again is looked up first: who sees which meeting is a long question, asked only where a meeting
    belongs to a series that the person does not see. A clinician who leads the panel and may bring it sees all those of its group.
    """
    to_come = {"state": MeetingState.PLANNED, "starts_at__gt": clock.now()}
    coming = Meeting.objects.filter(**to_come).order_by()
    theirs = MeetingSeries._base_manager.filter(Exists(coming.filter(series=OuterRef("pk"))), groups=panel.group_id)
    theirs = theirs.filter(~Exists(coming.filter(agenda__panel=panel)))
    meets = list(theirs.order_by().values_list("pk", flat=True))
    if not meets:
        return None
    seen = MeetingSeries.objects.visible_to(user).filter(pk__in=meets)
    leads = panel.lead_id == user.pk and Role.CLINICIAN in user.held_roles()
    known = leads or seen.count() == len(meets)
    rows = Meeting.objects.all() if known else Meeting.objects.visible_to(user)
    rows = rows.filter(series__in=meets, **to_come)
    people = MeetingSeries.people.through.objects.filter(meetingseries=OuterRef("series"), user__is_active=True)
    numbers = {"panels": number_in("meeting", AgendaItem.objects.filter(meeting=OuterRef("pk")))}
    numbers["comers"] = number_in("meetingseries", people)
    return rows.select_related("series").annotate(**numbers).order_by("starts_at").first()


def number_in(whole: str, rows: QuerySet[Any]) -> Coalesce:
    """How many rows a meeting has, by the column that holds them together: counted for the one that is shown. Joined, three
    hundred people would be counted once for each of its panels."""
    counted = rows.order_by().values(whole).annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number"), output_field=IntegerField()), 0)


def agenda(meeting: Meeting, user: Any) -> list[Slot]:
    """The running order. Who takes no part in a panel sees its number and nothing of it."""
    items = list(meeting.agenda.select_related("panel", "presenter").order_by("position", "pk"))
    seen = Panel.objects.visible_to(user).filter(pk__in=[item.panel_id for item in items]).with_case()
    panels = {panel.pk: panel for panel in seen}
    slots = meeting.series.slots if meeting.series else len(items)
    share = max(meeting.minutes // max(slots, 1), 1)
    return [
        Slot(item.panel.ref, panels.get(item.panel_id), n >= slots, item, item.minutes or share)
        for n, item in enumerate(items)
    ]


def people_of(groups: Iterable[ThematicGroup]) -> list[User]:
    """Every clinician who takes part in one of the groups: whom a series asks to each meeting."""
    rows = User.objects.active().holding(Role.CLINICIAN).filter(groups_of_interest__in=groups).select_related("centre")
    return list(rows.order_by("display_name").distinct())


def keepers_of(series: MeetingSeries) -> list[User]:
    """Who looks after the series today: whoever called it while it is theirs to keep, else who coordinates the first of its groups
    that anybody coordinates."""
    if series.called_by.is_active and may_change_series(series.called_by, series):
        return [series.called_by]
    for group in series.groups.select_related("network", "parent"):
        if people := accounts.coordinators_for(group.network, group):
            return people
    return []


def not_asked_yet(series: MeetingSeries) -> QuerySet[User]:
    """Which clinicians take part in one of the series' groups, and do not come to all of its meetings."""
    rows = User.objects.active().holding(Role.CLINICIAN).filter(groups_of_interest__in=series.groups.all())
    rows = rows.exclude(pk__in=series.people.values("pk"))
    return rows.select_related("centre").order_by("display_name").distinct()


def feed_of(user: Any) -> CalendarFeed | None:
    """The person's own calendar address, if there is one."""
    return CalendarFeed.objects.filter(user=user).first()


def series_of(user: Any) -> QuerySet[MeetingSeries]:
    return MeetingSeries.objects.visible_to(user).running().prefetch_related("groups__network")


def refs_seen(meetings: list[Meeting], user: Any) -> dict[Any, list[str]]:
    """Meeting to the numbers of those of its panels that the person takes part in."""
    found: dict[Any, list[str]] = {meeting.pk: [] for meeting in meetings}
    rows = Panel.objects.taken_part_in(user).filter(agenda_items__meeting__in=found)
    for ref, meeting in rows.order_by("ref").values_list("ref", "agenda_items__meeting"):
        if meeting in found:
            found[meeting].append(ref)
    return found


def service_of(meeting: Meeting) -> VideoService | None:
    """The video server of the meeting's network: its series' first, else that of its first panel."""
    if meeting.series:
        groups = meeting.series.groups.order_by("network__name")
        return server_for(list(groups.values_list("network", flat=True)[:1]))
    return server_for(list(meeting.agenda.order_by("position").values_list("panel__network", flat=True)[:1]))


def server_for(networks: list[Any]) -> VideoService | None:
    return VideoService.objects.filter(network__in=networks).first()


def dates_of(poll: DatePoll) -> list[ProposedDate]:
    """A poll's dates, each with its answers and how many say what."""
    counts = {name: Count("answers", filter=Q(answers__can=can)) for name, can in COUNTED}
    answers = Prefetch("answers", DateAnswer.objects.select_related("who").order_by("who__display_name"))
    rows = list(poll.dates.annotate(**counts).prefetch_related(answers).order_by("starts_at"))
    for row in rows:
        row.poll = poll
    return rows
