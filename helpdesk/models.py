"""The official figures, frozen once a month."""

from __future__ import annotations

from typing import Any

from django.db import models

from cpms import clock
from cpms.accounts.models import Centre, Network, ThematicGroup
from cpms.accounts.roles import Role


class MonthlyKpiQuerySet(models.QuerySet["MonthlyKpi"]):
    def visible_to(self, user: Any) -> MonthlyKpiQuerySet:
        """Network coordinators see their networks, group coordinators their groups, national officers the centres of their
        country, the core helpdesk everything."""
        held = user.memberships.current()
        if Role.CORE_HELPDESK in user.held_roles():
            return self
        networks = held.filter(role=Role.NETWORK_COORDINATOR).values("network_id")
        groups = held.filter(role=Role.GROUP_COORDINATOR).values("group_id")
        countries = held.filter(role=Role.NATIONAL_OFFICER).exclude(country="").values("country")
        coordinated = models.Q(network__in=networks) | models.Q(group__in=groups)
        return self.filter(coordinated | models.Q(centre__country__in=countries))


class MonthlyKpi(models.Model):
    """One line of a month: the whole network, one of its groups, or one of its centres. Never changed once frozen."""

    month = models.DateField()
    network = models.ForeignKey(Network, on_delete=models.PROTECT, related_name="kpis")
    group = models.ForeignKey(ThematicGroup, on_delete=models.PROTECT, null=True, related_name="kpis")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, related_name="kpis")
    registered = models.PositiveIntegerField()
    active = models.PositiveIntegerField()
    panels_opened = models.PositiveIntegerField()
    panels_closed = models.PositiveIntegerField()
    frozen_at = models.DateTimeField(default=clock.now)

    objects = MonthlyKpiQuerySet.as_manager()

    class Meta:
        ordering = [
            "-month",
            "network__code",
            models.F("centre__name").asc(nulls_first=True),
            models.F("group__number").asc(nulls_first=True),
        ]
        constraints = [
            models.UniqueConstraint(
                name="helpdesk_kpi_line_once",
                fields=["month", "network", "group", "centre"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="helpdesk_kpi_first_of_month", condition=models.Q(month__day=1)),
            models.CheckConstraint(
                name="helpdesk_kpi_group_or_centre", condition=models.Q(group=None) | models.Q(centre=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.network_id}"
