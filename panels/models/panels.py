"""A panel: a question about a case, put to people, until it is answered."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from consent.models import care_consent
from cpms import clock
from cpms.accounts.models import Centre, Network, ThematicGroup
from cpms.locking import hold
from cpms.patients.models import covered_by, treated_by
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from panels.cases.models import Case
from panels.cases.models.records import OPENED_FOR_UNIT
from panels.models.assists import Assist
from panels.models.invitations import Invitation
from panels.states import (
    MOST_MINUTES,
    OVER,
    QUORUM,
    RUNNING,
    SHARED,
    InvitationKind,
    InvitationState,
    Move,
    State,
    Urgency,
)

ROW = (
    *("ref", "title", "state", "urgency", "drafted_at", "opened_at", "wanted_by", "archived_at", "network"),
    *("key__kek_name", "key__wrapped", "case__patient__enrolled_by", "case__made_by__display_name"),
    *("group__name", "lead__display_name"),
)


def ways_in(user: Any) -> list[Any]:
    """Keys of the panels that somebody belongs to or is let into, by each way."""
    treated = Panel._base_manager.filter(treated_by(user, "case__patient"))
    expert = Q(kind=InvitationKind.EXPERT, panel__state__in=SHARED)
    guest = Q(kind=InvitationKind.GUEST, panel__state__in=RUNNING)
    seats = Invitation.objects.seats_of(user).filter(expert | guest, care_consent("panel__case__patient"))
    ways: list[Any] = [treated.order_by().values("pk"), seats.order_by().values("panel")]
    if user.is_staff:
        let_in = Assist.objects.held_by(user).filter(care_consent("panel__case__patient"), panel__state__in=SHARED)
        ways.append(let_in.order_by().values("panel"))
    return ways


def ways_of_unit(user: Any) -> list[Any]:
    """Keys of the panels that the person reads as one of a unit whose whole may see: what members see, never a draft."""
    if not user.covers():
        return []
    theirs = Panel._base_manager.filter(covered_by(user, "case__patient"), care_consent("case__patient"))
    return [theirs.filter(state__in=SHARED).order_by().values("pk")]


def cases_of_unit(user: Any) -> list[Any]:
    return [Panel._base_manager.filter(pk__in=keys).order_by().values("case") for keys in ways_of_unit(user)]


OPENED_FOR_UNIT.append(cases_of_unit)


class PanelQuerySet(models.QuerySet["Panel"]):
    def visible_to(self, user: Any) -> PanelQuerySet:
        """The treating side; members from opening on while consent to care is in force; guests until the panel closes
        or their date passes; the helpdesk while it is let in; the unit of the patient's clinician while all of it may see.
        Everything is looked up at the moment of asking."""
        return self.opened_by([*ways_in(user), *ways_of_unit(user)] if user.is_active else [])

    def taken_part_in(self, user: Any) -> PanelQuerySet:
        """Without those that only the unit's cover opens: these are somebody else's work."""
        return self.opened_by(ways_in(user) if user.is_active else [])

    def of_unit(self, user: Any) -> PanelQuerySet:
        """Those that the unit's cover opens."""
        return self.opened_by(ways_of_unit(user) if user.is_active else [])

    def opened_by(self, ways: list[Any]) -> PanelQuerySet:
        """One union of the ways: joined by OR they would make PostgreSQL look at every panel there is."""
        if not ways:
            return self.none()
        return self.filter(pk__in=ways[0].union(*ways[1:], all=True) if ways[1:] else ways[0])

    def once_shared_with(self, user: Any) -> PanelQuerySet:
        """Where the person was let in at some time: they may hear that it is over, and no more."""
        seats = Invitation.objects.filter(invitee=user, state__in=[InvitationState.ACCEPTED, InvitationState.ENDED])
        return self.filter(pk__in=seats.order_by().values("panel"))

    def running(self) -> PanelQuerySet:
        return self.filter(state__in=RUNNING)

    def shelved(self, *, archived: bool = True) -> PanelQuerySet:
        """In the archive, or not."""
        return self.filter(archived_at__isnull=not archived)

    def with_case(self) -> PanelQuerySet:
        near = ("key", "case__key", "case__patient__key", "case__made_by", "group", "network", "lead__centre")
        return self.select_related(*near)

    with_surroundings = with_case

    def with_row(self) -> PanelQuerySet:
        """With what a list shows of a panel and records of its reader, and no column more."""
        return self.select_related("key", "case__patient", "case__made_by", "group", "lead").only(*ROW)

    def held(self, pk: Any) -> Panel:
        """The panel with its case, fresh and held until commit. The lock comes first and alone: with joins beside it PostgreSQL
        loses the row whose lead or group somebody changes at that moment. Whoever changes an outcome holds its panel first and
        reads the outcome then: what a rule allows stays true until it is done, and no two wait for each other."""
        hold(self.model._base_manager.filter(pk=pk))
        return self.with_case().get(pk=pk)


class Panel(SealedModel):
    """``key`` is the patient's own. Title and question are clinical and sealed; the number is what mails carry. ``centre`` and
    ``started_by`` are the hospital and the lead at the first opening, as the official figures count it for good."""

    URL_FIELD = "ref"

    ref = models.CharField(max_length=30, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="panels", db_index=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="panels")
    group = models.ForeignKey(ThematicGroup, on_delete=models.PROTECT, null=True, related_name="panels")
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="panels_led")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, related_name="panels")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    title = SealedTextField()
    question = SealedTextField(verbose_name="question")
    urgency = models.CharField(max_length=10, choices=Urgency, default=Urgency.ROUTINE)
    wanted_by = models.DateField(null=True)
    quorum = models.PositiveSmallIntegerField(default=QUORUM)
    escalated = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    drafted_at = models.DateTimeField(default=clock.now)
    opened_at = models.DateTimeField(null=True)
    first_reply_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    archived_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = SealedManager.from_queryset(PanelQuerySet)()

    class Meta:
        ordering = ["-drafted_at"]
        indexes = [
            models.Index(name="panels_by_state", fields=["state", "-opened_at"]),
            models.Index(name="panels_by_lead", fields=["lead", "state"]),
            models.Index(name="panels_by_centre", fields=["centre", "-opened_at"]),
            models.Index(name="panels_by_case", fields=["case"], include=["id"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="panels_open_has_group_and_time",
                condition=Q(state__in=[State.DRAFT, State.WITHDRAWN])
                | Q(group__isnull=False, opened_at__isnull=False, wanted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="panels_opened_says_where",
                condition=Q(opened_at=None) | Q(centre__isnull=False, started_by__isnull=False),
            ),
            models.CheckConstraint(name="panels_quorum_plausible", condition=Q(quorum__gte=1, quorum__lte=20)),
            models.CheckConstraint(
                name="panels_archived_says_who",
                condition=Q(archived_at=None, archived_by=None)
                | Q(archived_at__isnull=False, archived_by__isnull=False, state__in=OVER),
            ),
            models.CheckConstraint(
                name="panels_closed_has_time",
                condition=Q(state=State.CLOSED, closed_at__isnull=False)
                | (~Q(state=State.CLOSED) & Q(closed_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def get_absolute_url(self) -> str:
        name = "panels:prepare" if self.state == State.DRAFT else "panels:detail"
        return reverse(name, args=[self.ref])

    @property
    def minutes_to_open(self) -> int | None:
        """From the first page of the new panel until it was open; of the case's first panel only, the others begin from a copy."""
        if self.opened_at is None or self.case.begun_at is None:
            return None
        return max(round((self.opened_at - self.case.begun_at).total_seconds() / 60), 0)

    @property
    def audit_patient_id(self) -> Any:
        return self.case.patient_id

    @property
    def treated_by_id(self) -> Any:
        return self.case.patient.enrolled_by_id

    @property
    def urgent(self) -> bool:
        return self.urgency == Urgency.URGENT


class MeetingWish(models.Model):
    """Somebody in the panel would rather talk. The lead is asked to call a meeting."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="meeting_wishes")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="panels_wish_once", fields=["panel", "who"])]

    def __str__(self) -> str:
        return f"{self.who_id} wishes a meeting on {self.panel_id}"


class PanelStep(models.Model):
    """A change of state, as the panel's own log shows it; or of its lead, to ``lead``. ``unanswered`` says how many had not
    signed yet when it was closed before the day."""

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=20, choices=Move)
    source = models.CharField(max_length=10, choices=State)
    target = models.CharField(max_length=10, choices=State)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    unanswered = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.panel_id}: {self.get_verb_display()}"


class PanelCounter(models.Model):
    """The last number given in a network and year."""

    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="panels_counter_once", fields=["network", "year"])]

    def __str__(self) -> str:
        return f"{self.network_id} {self.year}: {self.last}"


class TimeSpent(models.Model):
    """What somebody's time with a panel came to in a year: measured while its page is open, or as they say themselves."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="time_spent")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="time_spent")
    year = models.PositiveSmallIntegerField()
    seconds = models.PositiveIntegerField(default=0)
    said_minutes = models.PositiveIntegerField(null=True)
    present_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="panels_time_once", fields=["panel", "who", "year"]),
            models.CheckConstraint(
                name="panels_said_minutes_plausible", condition=Q(said_minutes=None) | Q(said_minutes__lte=MOST_MINUTES)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who_id} {self.panel_id}: {self.minutes} min"

    @property
    def minutes(self) -> int:
        """As the person says, or as measured, begun minutes counted."""
        return self.said_minutes if self.said_minutes is not None else -(-self.seconds // 60)


class Visit(models.Model):
    """When a person last looked at a panel: "seen by 4 of 6" and "new since your last visit"."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="visits")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="panels_visit_once", fields=["panel", "who"])]

    def __str__(self) -> str:
        return f"{self.who_id} in {self.panel_id}"
