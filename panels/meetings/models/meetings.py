"""Meetings on panels. A meeting's own row holds nothing clinical, so calendars can carry it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from cpms import clock
from cpms.accounts.models import Centre
from cpms.locking import hold
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from panels.meetings import recurrence
from panels.meetings.models.series import MeetingSeries
from panels.meetings.states import MeetingState
from panels.models import Panel


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: Any) -> MeetingQuerySet:
        """Whoever sees one of the panels on its agenda, or the series it belongs to."""
        return self.about(Panel.objects.visible_to(user), user)

    def taken_part_in(self, user: Any) -> MeetingQuerySet:
        """Without those of panels that only the unit's cover opens: nobody is expected there for a colleague."""
        return self.about(Panel.objects.taken_part_in(user), user)

    def about(self, panels: Any, user: Any) -> MeetingQuerySet:
        """With one of these panels on the agenda, or of a series that the person sees."""
        items = AgendaItem.objects.filter(panel__in=panels.order_by().values("pk"))
        returning = MeetingSeries.objects.visible_to(user).order_by().values("pk")
        return self.filter(Q(pk__in=items.order_by().values("meeting")) | Q(series__in=returning))

    def coming(self) -> MeetingQuerySet:
        return self.filter(state=MeetingState.PLANNED, starts_at__gt=clock.now() - dt.timedelta(hours=1))

    def held(self, pk: Any) -> Meeting:
        """The meeting, fresh and held until commit. The lock comes first and alone: with the series beside it PostgreSQL gives the
        series as it was, or none, where somebody changes when it meets at that moment."""
        hold(self.model._base_manager.filter(pk=pk))
        return self.select_related("series").get(pk=pk)

    def held_to_come(self, found: MeetingQuerySet) -> list[Meeting]:
        """Those of the found ones that are still to come, held in one order and read afresh."""
        held = hold(self.model._base_manager.filter(pk__in=list(found.values_list("pk", flat=True))))
        return list(self.coming().filter(pk__in=held).select_related("series").order_by("pk"))

    def held_with_next(self, pk: Any) -> tuple[Meeting, Meeting | None]:
        """The meeting, and the one that its panels go on to, both held. Their series is held first, as by whoever changes when it
        meets, and then the meetings in one order, and then all their panels: no two wait for each other, and no panel goes to a
        date that is called off."""
        series = self.model._base_manager.filter(pk=pk).values_list(Coalesce("series__goes_on_as", "series"), flat=True)
        hold(MeetingSeries.objects.filter(pk__in=list(series)))
        after = self.select_related("series").get(pk=pk).next_of_series()
        both = hold(self.model._base_manager.filter(pk__in=[pk, *([after.pk] if after else [])]))
        hold(Panel.objects.filter(pk__in=AgendaItem.objects.filter(meeting__in=both).values("panel")))
        current = self.select_related("series").get(pk=pk)
        return current, current.next_of_series()


class Meeting(models.Model):
    """One sitting, called for a panel or one of a series; ``day`` is the series' own day, wherever the meeting was moved to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    series = models.ForeignKey(MeetingSeries, on_delete=models.PROTECT, null=True, related_name="meetings")
    day = models.DateField(null=True)
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=30)
    zone = models.CharField(max_length=50)
    link = models.URLField(max_length=300, blank=True)
    room = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    sequence = models.PositiveSmallIntegerField(default=0)
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField(default=clock.now)
    held_at = models.DateTimeField(null=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                name="meetings_held_has_time",
                condition=Q(state=MeetingState.HELD, held_at__isnull=False)
                | (~Q(state=MeetingState.HELD) & Q(held_at=None)),
            ),
            models.UniqueConstraint(name="meetings_series_day_once", fields=["series", "day"]),
            models.CheckConstraint(
                name="meetings_day_of_series",
                condition=Q(series=None, day=None) | Q(series__isnull=False, day__isnull=False),
            ),
            models.CheckConstraint(name="meetings_minutes_plausible", condition=Q(minutes__gte=5, minutes__lte=480)),
        ]

    def __str__(self) -> str:
        return f"meeting of {self.starts_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:detail", args=[self.pk])

    @property
    def treated_by_ids(self) -> set[Any]:
        """The clinicians whose patients are on its agenda; a question to the database, asked for assistants alone."""
        return set(self.agenda.values_list("panel__case__patient__enrolled_by", flat=True))

    @property
    def ends_at(self) -> dt.datetime:
        return self.starts_at + dt.timedelta(minutes=self.minutes)

    @property
    def has_video(self) -> bool:
        """Whether there is a way in: a link, or a room on the network's own server."""
        return bool(self.link or self.room)

    @property
    def there(self) -> str:
        """Day and time where it was called, for those in another zone: Thu 8 Oct, 16:00 in Helsinki."""
        return recurrence.spoken(self.starts_at, self.zone)

    @property
    def name(self) -> str:
        return self.series.name if self.series else "Meeting"

    def minutes_for(self, item: AgendaItem) -> int:
        """As set for this panel, else an equal share of the meeting."""
        if item.minutes is not None:
            return item.minutes
        shares = self.series.slots if self.series else max(self.agenda.count(), 1)
        return max(self.minutes // shares, 1)

    def with_slot(self) -> list[AgendaItem]:
        """The agenda as far as the slots reach; a meeting called for its panels alone has room for all of them."""
        items = self.agenda.select_related("panel").order_by("position", "pk")
        return list(items[: self.series.slots] if self.series else items)

    def next_of_series(self) -> Meeting | None:
        """The next planned meeting of the same series, by its plan of now or by an earlier one."""
        if self.series is None:
            return None
        now = self.series.goes_on_as_id or self.series_id
        same = Q(series=now) | Q(series__goes_on_as=now)
        later = Meeting.objects.filter(same, state=MeetingState.PLANNED, starts_at__gt=clock.now(), day__gt=self.day)
        return later.select_related("series").order_by("starts_at").first()

    def next_sequence(self) -> int:
        """For its next mail; a series has one count for all of its meetings."""
        return self.series.next_sequence() if self.series else self.sequence + 1

    def moved(self) -> bool:
        """Whether a meeting of a series is not where its rule put it."""
        series = self.series
        if series is None or self.day is None:
            return False
        ruled = recurrence.moment(self.day, series.at, series.zone)
        return self.starts_at != ruled.astimezone(dt.UTC)  # across zones an hour that clocks skip equals nothing

    def differs(self) -> bool:
        """Whether a meeting of a series has an entry of its own beside the rule: it was moved, or has its own length."""
        return self.moved() or (self.series is not None and self.minutes != self.series.minutes)


class AgendaItemQuerySet(models.QuerySet["AgendaItem"]):
    def visible_to(self, user: Any) -> AgendaItemQuerySet:
        """Whoever sees its panel."""
        return self.filter(panel__in=Panel.objects.visible_to(user).order_by().values("pk"))

    def with_surroundings(self) -> AgendaItemQuerySet:
        return self.select_related("meeting__series", "panel__key", "panel__lead", "panel__case__patient")


class AgendaItem(models.Model):
    """A panel's slot in a meeting, in the order of ``position``; those beyond a series' slots wait for one to be free.

    Its clock runs since ``begun_at``; ``seconds`` are what ran before that, until ``done_at`` says that its turn is over.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="agenda")
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="agenda_items")
    position = models.PositiveSmallIntegerField(default=1)
    minutes = models.PositiveSmallIntegerField(null=True)
    presenter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField(null=True)
    seconds = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="meetings_panel_once", fields=["meeting", "panel"]),
            models.CheckConstraint(name="meetings_turn_runs_or_is_over", condition=Q(begun_at=None) | Q(done_at=None)),
            models.CheckConstraint(
                name="meetings_item_minutes_plausible", condition=Q(minutes=None) | Q(minutes__gte=1, minutes__lte=480)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panel} in {self.meeting}"

    @property
    def audit_patient_id(self) -> Any:
        return self.panel.case.patient_id

    @property
    def treated_by_id(self) -> Any:
        return self.panel.case.patient.enrolled_by_id

    @property
    def used(self) -> int:
        """Seconds that its turn took so far."""
        return self.seconds + (int((clock.now() - self.begun_at).total_seconds()) if self.begun_at else 0)

    @property
    def running(self) -> bool:
        return self.begun_at is not None

    @property
    def begun(self) -> bool:
        return self.begun_at is not None or self.seconds > 0


class MeetingDecisionQuerySet(models.QuerySet["MeetingDecision"]):
    def visible_to(self, user: Any) -> MeetingDecisionQuerySet:
        """Whoever sees the panel that it decides on."""
        return self.filter(item__panel__in=Panel.objects.visible_to(user).order_by().values("pk"))

    def on_their_way(self, panel: Any) -> MeetingDecisionQuerySet:
        """What the panel's outcome has not taken in yet, as it was written down or as it was corrected."""
        return self.filter(item__panel=panel, taken_version__lt=F("version"))


class MeetingDecision(SealedModel):
    """What a meeting decided on a panel, as it was captured there: what, who does it, until when, who dissents and why.

    ``taken`` are the words as the outcome took them in, at ``taken_version``; 0 before that.
    """

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="decisions")
    text = SealedTextField(verbose_name="decision")
    dissent = SealedTextField(verbose_name="dissent")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(null=True)
    noted_at = models.DateTimeField(default=clock.now)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    taken = SealedTextField()
    taken_version = models.PositiveIntegerField(default=0)

    objects = SealedManager.from_queryset(MeetingDecisionQuerySet)()

    class Meta:
        ordering = ["noted_at"]

    def __str__(self) -> str:
        return f"decision {self.pk}"


class Attendance(models.Model):
    """Who was asked to come, and who was there: ticked by hand, or by joining. ``centre`` is where they worked then."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    present = models.BooleanField(null=True)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, related_name="+")
    joined_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="meetings_person_once", fields=["meeting", "who"])]

    def __str__(self) -> str:
        return f"{self.who} in {self.meeting}"
