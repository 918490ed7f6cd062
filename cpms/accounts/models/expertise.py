"""What people declare to know."""

from __future__ import annotations

from django.db import models

from cpms import clock
from cpms.accounts.models.people import User


class Expertise(models.Model):
    """A condition, gene or procedure a person declares to know, by code."""

    GENE, PROCEDURE = "GENE", "PROCEDURE"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="expertise")
    system = models.CharField(max_length=10)
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=400)
    declared_on = models.DateField(default=clock.today)

    class Meta:
        constraints = [models.UniqueConstraint(name="accounts_expertise_once", fields=["user", "system", "code"])]
        indexes = [models.Index(name="accounts_expertise_code", fields=["system", "code"])]

    def __str__(self) -> str:
        return self.name
