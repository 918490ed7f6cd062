"""What waits for whom, by when; and the mails on their way out."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import TruncDate

from cpms import clock
from cpms.accounts.models import Network, away
from cpms.accounts.roles import COORDINATING_ROLES
from cpms.notifications.notices import notice_choices
from cpms.notifications.states import (
    OF_COORDINATING,
    REMINDED_ALWAYS,
    UNSENT,
    WHY,
    MailState,
    Pace,
    Settled,
    Verb,
    rule_choices,
    verb_choices,
)
from cpms.vault import cipher

LEASE = dt.timedelta(minutes=2)
OVERDUE, DAILY_OVERDUE = dt.timedelta(minutes=15), dt.timedelta(hours=26)


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    def open(self) -> WorkItemQuerySet:
        return self.filter(settled_at=None)

    def visible_to(self, user: object) -> WorkItemQuerySet:
        return self.filter(who=user)

    def besides(self, *, roles: Collection[str]) -> WorkItemQuerySet:
        """Without what waits for coordinators, unless they are ``roles`` of one: a role may have ended with a day."""
        return self if COORDINATING_ROLES.intersection(roles) else self.exclude(verb__in=OF_COORDINATING)

    def to_remind(self) -> WorkItemQuerySet:
        return self.open().filter(remind_at__lte=clock.now(), who__is_active=True).of_those_here()

    def of_those_here(self) -> WorkItemQuerySet:
        """Without what waits for people who are away: their reminders wait until they are back. Those of ``REMINDED_ALWAYS`` do
        not."""
        return self.exclude(away("who") & ~Q(verb__in=REMINDED_ALWAYS))

    def left_to(self, deputy: Any) -> WorkItemQuerySet:
        """What waits for people who are away and named this person to stand in."""
        return self.open().filter(away("who"), who__deputy=deputy, who__is_active=True)

    def of_network(self, network: Network) -> WorkItemQuerySet:
        """What waits in this network, for people who are still here."""
        return self.open().filter(network=network, who__is_active=True)

    def by_day(self) -> WorkItemQuerySet:
        """By the day it is due where the reader is, what is urgent first on each."""
        return self.order_by(TruncDate("due_at"), "-urgent", "due_at", "pk")

    def about(self, thing: models.Model) -> WorkItemQuerySet:
        return self.filter(subject_type=thing._meta.label_lower, subject_id=thing.pk)


class WorkItem(models.Model):
    """One thing that waits for one person. Opened and settled by actions, in the same transaction."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="work")
    verb = models.CharField(max_length=20, choices=verb_choices)
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    ref = models.CharField(max_length=30)
    path = models.CharField(max_length=200)
    urgent = models.BooleanField(default=False)
    network = models.ForeignKey(Network, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)
    settled_how = models.CharField(max_length=10, choices=Settled, blank=True)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(name="notifications_open_work", fields=["who", "due_at"], condition=Q(settled_at=None)),
            models.Index(name="notifications_to_remind", fields=["remind_at"], condition=Q(settled_at=None)),
            models.Index(name="notifications_work_subject", fields=["subject_id"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="notifications_open_work_once",
                fields=["who", "verb", "subject_id"],
                condition=Q(settled_at=None),
            ),
            models.CheckConstraint(
                name="notifications_settled_says_how",
                condition=Q(settled_at=None, settled_how="") | (Q(settled_at__isnull=False) & ~Q(settled_how="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.ref}"

    def get_verb_display(self) -> str:  # type: ignore[no-redef]  # in the place of what Django would write
        """Django's own asks for the words of every verb to find one."""
        return str(Verb(self.verb).label)

    @property
    def why(self) -> str:
        return WHY[Verb(self.verb)]


class ChasingRule(models.Model):
    """After how many days a network reminds, one number per reminder. Without a row the rules of the product hold."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="chasing_rules")
    about = models.CharField(max_length=20, choices=rule_choices)
    days = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="notifications_rule_once", fields=["network", "about"])]

    def __str__(self) -> str:
        return f"{self.network_id}: {self.get_about_display()}"


class MailWish(models.Model):
    """How a person wants their mails: at once, one a day at an hour, or only what is asked of them; and quiet hours.

    Hours are of the person's own zone. Whoever has no row gets every mail at once.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_wish")
    pace = models.CharField(max_length=10, choices=Pace, default=Pace.AT_ONCE)
    daily_at = models.PositiveSmallIntegerField(default=7)
    quiet_from = models.PositiveSmallIntegerField(null=True, blank=True)
    quiet_to = models.PositiveSmallIntegerField(null=True, blank=True)
    last_daily_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notifications_hours_of_a_day",
                condition=Q(daily_at__lte=23)
                & (Q(quiet_from=None) | Q(quiet_from__lte=23))
                & (Q(quiet_to=None) | Q(quiet_to__lte=23)),
            ),
            models.CheckConstraint(
                name="notifications_quiet_from_and_to",
                condition=Q(quiet_from=None, quiet_to=None) | Q(quiet_from__isnull=False, quiet_to__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.get_pace_display()}"


class OutboxMessageQuerySet(models.QuerySet["OutboxMessage"]):
    def sendable(self) -> OutboxMessageQuerySet:
        """Waiting and due, or in doubt: a dispatcher died between the mail server's answer and our note of it."""
        now = clock.now()
        in_doubt = Q(state=MailState.SENDING, lease_until__lt=now)
        return self.filter(Q(state=MailState.WAITING, not_before__lte=now) | in_doubt)

    def overdue(self) -> OutboxMessageQuerySet:
        """Somebody must look: unsent 15 minutes after it should have gone, however often it was tried, or held for a
        daily mail that did not come."""
        now = clock.now()
        unsent = Q(state__in=[MailState.WAITING, MailState.SENDING], due_at__lt=now - OVERDUE)
        return self.filter(unsent | Q(state=MailState.HELD, due_at__lt=now - DAILY_OVERDUE))


class OutboxMessage(models.Model):
    """One mail to one person, written in the transaction that caused it. Ids and a path, never clinical text.

    The path is sealed, because it can hold the token of a mailed link; "/" stands there once the mail is gone, and of one that
    was given up once it cannot be sent again.

    It should go out at ``due_at``; each failed try moves ``not_before`` on. ``doubts`` counts how often it was handed to the
    mail server without our knowing what became of it. ``address`` is for somebody without an account, or for one that an account
    had; it is empty once the mail is gone. ``part_of`` is the daily mail that tells it: what a part leads to is kept until that mail is
    gone, for it tells only what still concerns its reader then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.CharField(max_length=30, choices=notice_choices)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    address = models.EmailField(max_length=254, blank=True)
    dedupe_key = models.CharField(max_length=150, unique=True)
    about_type = models.CharField(max_length=60)
    about_id = models.UUIDField()
    ref = models.CharField(max_length=30)
    path = models.CharField(max_length=400)
    calendar = models.TextField(blank=True)
    lines = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=MailState, default=MailState.WAITING)
    written_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    not_before = models.DateTimeField(default=clock.now)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    doubts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    part_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts")

    objects = OutboxMessageQuerySet.as_manager()

    class Meta:
        verbose_name = "mail"
        indexes = [
            models.Index(
                name="notifications_unsent",
                fields=["not_before"],
                condition=Q(state__in=[MailState.WAITING, MailState.SENDING]),
            ),
            models.Index(
                name="notifications_due",
                fields=["due_at"],
                condition=Q(state__in=[MailState.WAITING, MailState.SENDING, MailState.HELD]),
            ),
            models.Index(name="notifications_about", fields=["about_id"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="notifications_sent_has_time",
                condition=Q(state=MailState.SENT, sent_at__isnull=False)
                | (~Q(state=MailState.SENT) & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="notifications_one_addressee",
                condition=Q(recipient__isnull=False, address="")
                | (Q(recipient=None, state__in=UNSENT) & ~Q(address=""))
                | (Q(recipient=None, address="") & ~Q(state__in=UNSENT)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_notice_display()} ({self.get_state_display()})"

    @property
    def to(self) -> str:
        return self.recipient.email if self.recipient is not None else self.address

    @property
    def link(self) -> str:
        """Where the mail leads, as its reader sees it."""
        return cipher.unseal_text(self.path, self.seal_context) if cipher.is_sealed_text(self.path) else self.path

    @link.setter
    def link(self, path: str) -> None:
        self.path = cipher.seal_text(path, self.seal_context)

    @property
    def leads_somewhere(self) -> bool:
        """Whether its link is kept still: one that was for that mail alone goes with it."""
        return cipher.is_sealed_text(self.path)

    @property
    def seal_context(self) -> str:
        return f"notifications_outboxmessage.path.{self.pk}"

    @property
    def message_id(self) -> str:
        """The same in every attempt, so that a repeat in doubt is recognised as the same mail."""
        return f"<{self.pk}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"
