"""The official figures, frozen once a month."""

from __future__ import annotations

from typing import Any

from django.db import models

from cpms import clock
from cpms.accounts.models import Centre, Network, ThematicGroup
from cpms.accounts.roles import OVERSEEING_ROLES, REPRESENTING_ROLES, Role


class MonthlyKpiQuerySet(models.QuerySet["MonthlyKpi"]):
    def visible_to(self, user: Any) -> MonthlyKpiQuerySet:
        """Network coordinators see their networks, group coordinators their groups, national officers the centres of their
        country, the core helpdesk everything."""
        held = user.memberships.current()
        if Role.CORE_HELPDESK in user.held_roles():
            return self
        networks = held.filter(role__in=OVERSEEING_ROLES).values("network_id")
        groups = held.filter(role=Role.GROUP_COORDINATOR).values("group_id")
        countries = held.filter(role=Role.NATIONAL_OFFICER).exclude(country="").values("country")
        centres = held.filter(role__in=REPRESENTING_ROLES).values("centre_id")
        places = models.Q(network__in=networks) | models.Q(group__in=groups) | models.Q(centre__in=centres)
        return self.filter(places | models.Q(country__in=countries) | models.Q(centre__country__in=countries))


class MonthlyKpi(models.Model):
    """One line of a month: the whole network, one of its groups, countries or centres. Never changed once frozen; the
    database refuses it. ``figures`` holds what is not nought, by the names of ``kpis.catalogue``."""

    month = models.DateField()
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="kpis")
    group = models.ForeignKey(ThematicGroup, on_delete=models.PROTECT, null=True, related_name="kpis")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, related_name="kpis")
    country = models.CharField(max_length=2, blank=True)
    registered = models.PositiveIntegerField()
    active = models.PositiveIntegerField()
    panels_opened = models.PositiveIntegerField()
    panels_closed = models.PositiveIntegerField()
    figures = models.JSONField(default=dict)
    frozen_at = models.DateTimeField(default=clock.now)

    objects = MonthlyKpiQuerySet.as_manager()

    class Meta:
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
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.network_id}"

    def frozen(self) -> dict[str, Any]:
        """Every figure as it was frozen."""
        names = ("registered", "active", "panels_opened", "panels_closed")
        return {name: getattr(self, name) for name in names} | self.figures


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
