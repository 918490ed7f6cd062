"""What is said in a panel: advice, the views others take of it, and messages."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from cpms import clock
from cpms.accounts.models import Centre
from cpms.vault.fields import SealedTextField
from cpms.vault.models import SealedManager, SealedModel
from panels.models.panels import Panel
from panels.states import RECALL_WITHIN, Certainty, ContributionKind, StanceKind


class TalkQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> TalkQuerySet:
        """Whoever sees the panel sees what is said in it."""
        return self.filter(panel__in=Panel.objects.visible_to(user))

    def awaiting_data(self) -> TalkQuerySet:
        """Statements that ask for more data, which the treating side has not supplied yet."""
        return self.filter(kind=ContributionKind.NEED_DATA, supplied_at=None)

    def advice(self) -> TalkQuerySet:
        """Statements that advise something."""
        return self.exclude(kind__in=[ContributionKind.NEED_DATA, ContributionKind.NO_EXPERIENCE])

    def with_surroundings(self) -> TalkQuerySet:
        return self.select_related("key", "author__centre", "panel__key", "panel__case__patient", "panel__lead")


class Said(SealedModel):
    """Somebody's words in a panel: may be corrected by their author, with the earlier wording kept; or recalled while fresh.

    ``quote`` is a result or a file of the case, as it read when it was quoted.
    """

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="%(class)ss")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="%(class)ss")
    text = SealedTextField()
    at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True)
    quote = SealedTextField()
    answers_message = models.ForeignKey("panels.Message", on_delete=models.PROTECT, null=True, related_name="+")
    answers_statement = models.ForeignKey("panels.Contribution", on_delete=models.PROTECT, null=True, related_name="+")
    mentions: models.ManyToManyField[Any, Any] = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")

    objects = SealedManager.from_queryset(TalkQuerySet)()

    class Meta:
        abstract = True
        ordering = ["at"]

    @property
    def audit_patient_id(self) -> Any:
        return self.panel.case.patient_id

    @property
    def treated_by_id(self) -> Any:
        return self.panel.case.patient.enrolled_by_id

    @property
    def answers(self) -> Any:
        """The words that these answer, or ``None``."""
        return self.answers_message or self.answers_statement

    @property
    def recallable(self) -> bool:
        """For five minutes nobody needs to have seen it."""
        return clock.now() < self.at + RECALL_WITHIN


def answers_one(name: str) -> models.CheckConstraint:
    """Words answer a message or a statement, not both."""
    return models.CheckConstraint(name=name, condition=Q(answers_message=None) | Q(answers_statement=None))


class Contribution(Said):
    """An expert's statement: kind, text, how sure if its author said so; marked by the lead for the outcome. ``centre`` is where its author worked
    when it was written."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=ContributionKind)
    certainty = models.CharField(max_length=10, choices=Certainty, default="", blank=True)
    marked_at = models.DateTimeField(null=True)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    supplied_at = models.DateTimeField(null=True)
    supplied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(Said.Meta):
        indexes = [models.Index(name="panels_who_advised", fields=["panel"], include=["author", "kind"])]
        constraints = [
            answers_one("panels_statement_answers_one"),
            models.CheckConstraint(
                name="panels_marked_says_who",
                condition=Q(marked_at=None, marked_by=None) | Q(marked_at__isnull=False, marked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="panels_supplied_says_who",
                condition=Q(supplied_at=None, supplied_by=None)
                | Q(supplied_at__isnull=False, supplied_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"contribution {self.pk}"


class Stance(SealedModel):
    """Somebody's view of a statement: agree, amend with words, dissent with words. One each, changeable."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="stances")
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=StanceKind)
    text = SealedTextField()
    at = models.DateTimeField(default=clock.now)

    objects = SealedManager()

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(name="panels_stance_once", fields=["contribution", "who"])]

    def __str__(self) -> str:
        return f"{self.who_id} {self.get_kind_display()}"


class Thanks(SealedModel):
    """What the asking side says when it is over: how useful the advice was, 0 to 10, and a word to those who helped."""

    panel = models.OneToOneField(Panel, on_delete=models.PROTECT, related_name="thanks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    useful = models.PositiveSmallIntegerField()
    text = SealedTextField()
    at = models.DateTimeField(default=clock.now)

    objects = SealedManager()

    class Meta:
        constraints = [models.CheckConstraint(name="panels_useful_0_to_10", condition=Q(useful__lte=10))]

    def __str__(self) -> str:
        return f"thanks in {self.panel_id}"


class Message(Said):
    """The conversation around the advice."""

    class Meta(Said.Meta):
        constraints = [answers_one("panels_message_answers_one")]

    def __str__(self) -> str:
        return f"message {self.pk}"


class Wording(SealedModel):
    """What a statement, a message or a view said before whose it is changed it; of a view its kind too."""

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, null=True, related_name="wordings")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="wordings")
    stance = models.ForeignKey(Stance, on_delete=models.PROTECT, null=True, related_name="wordings")
    kind = models.CharField(max_length=10, choices=StanceKind, blank=True)
    text = SealedTextField()
    until = models.DateTimeField(default=clock.now)

    objects = SealedManager()

    class Meta:
        ordering = ["until"]
        constraints = [
            models.CheckConstraint(
                name="panels_wording_of_one",
                condition=Q(contribution__isnull=False, message=None, stance=None, kind="")
                | Q(contribution=None, message__isnull=False, stance=None, kind="")
                | (Q(contribution=None, message=None, stance__isnull=False) & ~Q(kind="")),
            )
        ]

    def __str__(self) -> str:
        return f"wording {self.pk}"
