"""Who could be the second person, what helps to decide, and when somebody was spoken with."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q

from cpms.accounts import queries as accounts
from cpms.accounts.models import Membership, User
from cpms.accounts.policy import Post
from cpms.accounts.roles import GRANTED_BY, SECONDED_BY, STAFF_ROLES, Role
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from helpdesk.people.models import Outreach
from panels.models import Panel
from panels.states import SHARED

SPOKEN_SHOWN = 3
"""So many of the latest entries of outreach logs stand on a person's page."""


def others_who_grant(post: Post, *, besides: Any) -> list[User]:
    """Who could be the second person for a powerful role: of its network, or the core helpdesk."""
    everywhere = Role.CORE_HELPDESK in GRANTED_BY[post.role] | SECONDED_BY.get(post.role, frozenset())
    core = Q(role=Role.CORE_HELPDESK) if everywhere else Q(pk=None)
    own = Q(role__in=GRANTED_BY[post.role], network=post.network, network__isnull=False)
    held = Membership.objects.current().filter(core | own)
    return list(User.objects.active().filter(pk__in=held.values("user")).exclude(pk=besides.pk))


def others_for_phone(person: User, *, besides: Any) -> list[User]:
    """Who could be the second person for a lost phone: helpdesk staff who look after the account. One question for each of them:
    it is asked when a phone is lost, never for a page."""
    held = Membership.objects.current().filter(role__in=STAFF_ROLES)
    staff = User.objects.active().filter(pk__in=held.values("user")).exclude(pk__in=[besides.pk, person.pk])
    return [one for one in staff if User.objects.visible_to(one).filter(pk=person.pk).exists()]


def panel_for_glass(user: Any, ref: str) -> Panel | None:
    """An open or closed panel of this number, of a network whose helpdesk the person is."""
    mine = user.memberships.current().filter(role__in=STAFF_ROLES).values("network")
    return Panel.objects.with_case().filter(ref__iexact=ref.strip(), network__in=mine, state__in=SHARED).first()


def others_on_duty(panel: Panel, *, besides: Any) -> list[User]:
    """Who could be the second person: the panel's helpdesk and the core helpdesk."""
    found = Q(pk__in=accounts.helpdesk_of(panel.network)) | Q(pk__in=User.objects.holding(Role.CORE_HELPDESK))
    return list(User.objects.active().filter(found).exclude(pk=besides.pk))


def address_changed_at(person: User) -> dt.datetime | None:
    """When the person's e-mail address was changed last, from the audit trail, which keeps no address; ``None`` for never."""
    rows = AuditEvent.objects.filter(subject_type=person._meta.label_lower, subject_id=str(person.pk))
    return rows.filter(event=Event.ADDRESS_CHANGED).order_by("-at").values_list("at", flat=True).first()


def spoken_with(person: User, *, user: Any) -> list[Outreach]:
    """The latest that somebody of the networks spoke with this person for a hospital, as far as the reader sees it. One query, and
    nothing of the words."""
    rows = Outreach.objects.visible_to(user).standing().filter(person=person, reminder=False)
    rows = rows.select_related("by").defer("said", "next_step").order_by("-on", "-at")
    return list(rows[:SPOKEN_SHOWN])
