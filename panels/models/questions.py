"""Quick questions to a thematic group, about no patient: as easy as an e-mail, and they may become a panel later."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from consent.models import care_consent
from cpms import clock
from cpms.accounts.models import Membership, ThematicGroup
from cpms.accounts.policy import clinicians_served_by
from cpms.accounts.roles import Role
from cpms.notifications.models import WorkItem
from cpms.notifications.states import Verb
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from panels.models.panels import Panel


def asked_to_see_to_it(user: Any) -> models.Exists:
    """Of questions: which were put to this person as a coordinator above the group, as long as they are one."""
    item = WorkItem.objects.filter(who=user, verb=Verb.QUESTION, subject_id=models.OuterRef("pk"))
    held = Membership.objects.current().filter(user=user)
    network = held.filter(role=Role.NETWORK_COORDINATOR, network=models.OuterRef(models.OuterRef("group__network")))
    main = held.filter(role=Role.GROUP_COORDINATOR, group=models.OuterRef(models.OuterRef("group__parent")))
    return models.Exists(item.filter(models.Exists(network) | models.Exists(main)))


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, user: Any) -> QuestionQuerySet:
        """Who asked, and the clinicians and coordinators of the group; of its main group's and its network's coordinators those
        who were asked to see to it, because nobody answered and the group has no coordinators of its own. Guests belong to one panel and see none. Once a patient's
        panel has grown from it, it is about a patient after all: the group sees it while consent to care is in force, and
        after an erasure nobody does."""
        if not user.is_active:
            return self.none()
        coordinated = Membership.objects.current().filter(user=user, role=Role.GROUP_COORDINATOR)
        of_group = Q(group__in=coordinated.values("group"))
        if Role.CLINICIAN in user.held_roles():
            of_group |= Q(group__in=user.groups_of_interest.all())
        of_group |= Q(asked_to_see_to_it(user))
        allowed = Q(panel=None) | Q(care_consent("panel__case__patient"))
        seen = (of_group & allowed) | Q(asker__in=clinicians_served_by(user))
        return self.filter(seen, key__destroyed_at=None)

    def open(self) -> QuestionQuerySet:
        return self.filter(closed_at=None)

    def unanswered(self) -> QuestionQuerySet:
        """Open, and nobody but who asked has said anything."""
        return self.open().filter(first_answer_at=None, key__destroyed_at=None)

    def to_grow(self, user: Any) -> QuestionQuerySet:
        """Asked by this clinician, or by one the person assists, open or closed; no panel grew from it yet."""
        return self.visible_to(user).filter(asker__in=clinicians_served_by(user), panel=None)

    def with_surroundings(self) -> QuestionQuerySet:
        return self.select_related("key", "group__network", "group__parent", "asker__centre", "typed_by", "panel")


class Question(SealedModel):
    """The text is sealed under a key of its own: nobody can promise that it points to no patient. ``typed_by`` is the assistant
    who asked on the asker's behalf."""

    group = models.ForeignKey(ThematicGroup, on_delete=models.PROTECT, related_name="questions")
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="questions")
    typed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    text = SealedTextField()
    asked_at = models.DateTimeField(default=clock.now)
    first_answer_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    panel = models.OneToOneField(Panel, on_delete=models.PROTECT, null=True, related_name="grown_from")

    objects = SealedManager.from_queryset(QuestionQuerySet)()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                name="panels_question_closed_says_who",
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="panels_question_grown_is_closed", condition=Q(panel=None) | Q(closed_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def get_absolute_url(self) -> str:
        return reverse("panels:question", args=[self.pk])

    @property
    def ref(self) -> str:
        """What mails carry: "Q-7F3A2C"."""
        return f"Q-{self.pk.hex[:6].upper()}"

    @property
    def network_id(self) -> Any:
        """Whose rules of chasing it follows."""
        return self.group.network_id

    @property
    def treated_by_id(self) -> Any:
        """Whose question it is, for whom an assistant reads and answers."""
        return self.asker_id


class Answer(SealedModel):
    """An answer to a quick question, sealed under the question's key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = SealedTextField()
    at = models.DateTimeField(default=clock.now)

    objects = SealedManager()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"answer {self.pk}"
