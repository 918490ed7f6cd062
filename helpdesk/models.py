"""The official figures, frozen once a month; and whom the helpdesk reminded of what."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cpms import clock, countries
from cpms.accounts.models import Centre, Network, ThematicGroup, User
from cpms.accounts.policy import networks_served_by
from cpms.accounts.roles import KPI_ROLES, OVERSEEING_ROLES, REPRESENTING_ROLES, Role
from helpdesk.people.models import AccessRequest
from helpdesk.states import ABOUT, KEPT_FOR, FileState, file_kind_choices, nudge_choices
from panels.models import Panel


class MonthlyKpiQuerySet(models.QuerySet["MonthlyKpi"]):
    def visible_to(self, user: Any) -> MonthlyKpiQuerySet:
        """Network coordinators and helpdesks see their networks, group coordinators their groups, representatives and their
        substitutes their centre, national officers their country and its centres, the core helpdesk everything."""
        if Role.CORE_HELPDESK in user.held_roles():
            return self
        posts = user.posts()
        networks = {post.network for post in posts if post.role in OVERSEEING_ROLES}
        groups = {post.group for post in posts if post.role == Role.GROUP_COORDINATOR}
        countries = {post.country for post in posts if post.role == Role.NATIONAL_OFFICER} - {""}
        centres = {post.centre for post in posts if post.role in REPRESENTING_ROLES}
        places = models.Q(network__in=networks) | models.Q(group__in=groups) | models.Q(centre__in=centres)
        return self.filter(places | models.Q(country__in=countries) | models.Q(stands_in__in=countries))


class MonthlyKpi(models.Model):
    """One line of a month: the whole network, one of its groups, countries or centres. Never changed once frozen; the
    database refuses it. ``stands_in`` is the country whose line held the centre's figures then: what is hidden follows from that,
    wherever the centre stands today. ``figures`` holds what is not nought, by the names of ``kpis.catalogue``, and in a network's own line the
    noughts of counts too."""

    month = models.DateField()
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="kpis")
    group = models.ForeignKey(ThematicGroup, on_delete=models.PROTECT, null=True, related_name="kpis")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, related_name="kpis")
    country = models.CharField(max_length=2, blank=True)
    stands_in = models.CharField(max_length=2, blank=True)
    registered = models.PositiveIntegerField()
    active = models.PositiveIntegerField()
    panels_opened = models.PositiveIntegerField()
    panels_closed = models.PositiveIntegerField()
    figures = models.JSONField(default=dict)
    frozen_at = models.DateTimeField(default=clock.now)

    objects = MonthlyKpiQuerySet.as_manager()

    COLUMNS = ("registered", "active", "panels_opened", "panels_closed")

    class Meta:
        verbose_name = "line of a month"
        verbose_name_plural = "monthly figures"
        ordering = [
            "-month",
            "network__code",
            models.F("centre__name").asc(nulls_first=True),
            models.F("group__number").asc(nulls_first=True),
            "country",
        ]
        constraints = [
            models.UniqueConstraint(
                name="helpdesk_kpi_line_once",
                fields=["month", "network", "group", "centre", "country"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="helpdesk_kpi_first_of_month", condition=models.Q(month__day=1)),
            models.CheckConstraint(
                name="helpdesk_kpi_group_or_centre",
                condition=models.Q(group=None, centre=None)
                | models.Q(group=None, country="")
                | models.Q(centre=None, country=""),
            ),
            models.CheckConstraint(
                name="helpdesk_kpi_centre_stands_somewhere",
                condition=models.Q(centre=None, stands_in="")
                | (models.Q(centre__isnull=False) & ~models.Q(stands_in="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.network_id}"

    def frozen(self) -> dict[str, Any]:
        """Every figure as it was frozen."""
        return {name: getattr(self, name) for name in self.COLUMNS} | self.figures

    @property
    def is_whole(self) -> bool:
        """Whether the line is of the whole network."""
        return self.group_id is None and self.centre_id is None and not self.country

    @property
    def place(self) -> str:
        """What the line is of, as a page names it."""
        return str(self.network) if self.is_whole else str(self.group or self.centre or countries.name(self.country))


class KpiCorrection(models.Model):
    """What a frozen figure would be by rows that came late, on the night this was found. Beside the line, never in it."""

    line = models.ForeignKey(MonthlyKpi, on_delete=models.PROTECT, related_name="corrections")
    figure = models.CharField(max_length=30)
    was = models.FloatField()
    now = models.FloatField()
    found_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["found_at", "pk"]
        constraints = [
            models.CheckConstraint(name="helpdesk_correction_differs", condition=~models.Q(was=models.F("now")))
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.figure}"


class FigureFileQuerySet(models.QuerySet["FigureFile"]):
    def visible_to(self, user: Any) -> FigureFileQuerySet:
        """Whoever asked for it, while they read figures at all."""
        return self.filter(asked_by=user) if user.held_roles() & KPI_ROLES else self.none()


class FigureFile(models.Model):
    """A file of figures that a worker makes: a long workbook or pages of a period, or the evidence of a centre. Kept for days.

    ``count`` is how many lines it gives, ``progress`` how far it is in per cent, ``rights`` a hash of what its reader saw when
    it was made.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=file_kind_choices)
    period = models.CharField(max_length=7, blank=True)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=FileState, default=FileState.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)
    count = models.PositiveIntegerField()
    tries = models.PositiveSmallIntegerField(default=0)
    rights = models.CharField(max_length=64, blank=True)
    data = models.BinaryField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    made_at = models.DateTimeField(null=True)

    objects = FigureFileQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                name="helpdesk_file_of_period_or_centre",
                condition=Q(centre=None) & ~Q(period="") | Q(centre__isnull=False, period=""),
            ),
            models.CheckConstraint(
                name="helpdesk_ready_file_has_data",
                condition=Q(state=FileState.READY, data__isnull=False, made_at__isnull=False)
                | (~Q(state=FileState.READY) & Q(data=None, made_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("figures_file", args=[self.pk])

    @property
    def kept_until(self) -> dt.datetime:
        return self.asked_at + KEPT_FOR

    @property
    def filename(self) -> str:
        return f"cpms-evidence-{self.centre_id}.zip" if self.centre_id else f"cpms-{self.period}.{self.kind}"


class NudgeQuerySet(models.QuerySet["Nudge"]):
    def visible_to(self, user: Any) -> NudgeQuerySet:
        """About the people, hospitals and panels that this person of the helpdesk looks after."""
        if not user.is_staff:
            return self.none()
        centres = Centre.objects.visible_to(user)
        places = Q(centre__in=centres) | Q(request__centre__in=centres) | Q(panel__network__in=networks_served_by(user))
        return self.filter(places | Q(person__in=User.objects.visible_to(user)))


class Nudge(models.Model):
    """Somebody of the helpdesk reminded somebody: once a day about one thing. Never a word, only what it was about."""

    kind = models.CharField(max_length=12, choices=nudge_choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, related_name="+")
    request = models.ForeignKey(AccessRequest, on_delete=models.CASCADE, null=True, related_name="+")
    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    day = models.DateField(default=clock.rights_day)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = NudgeQuerySet.as_manager()

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(name="helpdesk_nudges_of_late", fields=["at"])]
        constraints = [
            models.UniqueConstraint(
                name="helpdesk_nudged_once_a_day",
                fields=["day", "kind", "person", "centre", "request", "panel"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="helpdesk_nudge_about_one_thing",
                condition=Q(kind="request", request__isnull=False, person=None, centre=None, panel=None)
                | Q(kind="panel", panel__isnull=False, person=None, centre=None, request=None)
                | Q(kind="centre", centre__isnull=False, person=None, request=None, panel=None)
                | Q(kind__in=["return", "activation"], person__isnull=False, centre=None, request=None, panel=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.day}"

    @property
    def about_key(self) -> Any:
        """The key of the person, hospital, request or panel it was about."""
        return getattr(self, f"{ABOUT[self.kind]}_id")

    @property
    def is_of_today(self) -> bool:
        return self.day == clock.rights_day()
