"""Clinicians as colleagues see them in the directory."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from cpms.accounts.models.people import User, UserManager
from cpms.accounts.roles import Role


class ExpertManager(UserManager):
    def visible_to(self, user: Any) -> Any:
        """Active clinicians, for people of a centre or with a role. A guest of one panel browses nobody."""
        inside = user.is_active and (user.centre_id is not None or bool(user.held_roles()))
        return self.active().holding(Role.CLINICIAN) if inside else self.none()


class Expert(User):
    """A clinician as the directory shows one: the same row as the user, seen by colleagues."""

    objects = ExpertManager()  # type: ignore[misc]

    class Meta:
        proxy = True

    def get_absolute_url(self) -> str:
        return reverse("expert", args=[self.pk])
