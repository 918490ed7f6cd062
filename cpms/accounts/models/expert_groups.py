"""Experts that somebody asks again and again, under a name; kept for oneself or shared within a thematic group."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse

from cpms import clock
from cpms.accounts.models.people import User
from cpms.accounts.models.places import ThematicGroup
from cpms.accounts.roles import Role


class ExpertGroupQuerySet(models.QuerySet["ExpertGroup"]):
    def visible_to(self, user: Any) -> ExpertGroupQuerySet:
        """One's own, and those shared with a thematic group that the person follows or coordinates."""
        if not user.is_active:
            return self.none()
        coordinated = [post.group for post in user.posts() if post.role == Role.GROUP_COORDINATOR]
        shared = Q(shared_with__in=user.groups_of_interest.all()) | Q(shared_with__in=coordinated)
        return self.filter(Q(owner=user) | shared).distinct()


class ExpertGroup(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="expert_groups")
    shared_with = models.ForeignKey(
        ThematicGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="expert_groups"
    )
    members = models.ManyToManyField(User, related_name="in_expert_groups")
    made_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    objects = ExpertGroupQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(name="accounts_expert_group_once", fields=["owner", "name"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("expert_group", args=[self.pk])
