"""Rows of a person's own pages, and of those about experts."""

from __future__ import annotations

import datetime as dt

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from cpms import clock
from cpms.accounts.models import Delegation, ExpertGroup, Expertise
from tools.bench.growing.ground import Ground
from tools.bench.growing.growth import grows


@grows("conditions that one declared", "expertise", "expert", few="A person declares a dozen")
def conditions(at: Ground, rows: range) -> None:
    made = [(who, n) for who in (at.lead, at.expert) for n in rows]
    words = {"system": "ORPHA"}
    Expertise.objects.bulk_create(
        Expertise(user=who, code=f"ORPHA:{600_000 + n}", name=f"Invented condition {n}", **words) for who, n in made
    )


@grows("sessions", "security", few="A session ends within hours")
def sessions(at: Ground, rows: range) -> None:
    end, keys = clock.now() + dt.timedelta(days=1), [f"bench{n:027d}" for n in rows]
    Session.objects.bulk_create(Session(session_key=key, session_data="", expire_date=end) for key in keys)
    seen = {"user_id": at.lead.pk, "ip": "192.0.2.1", "user_agent": "Firefox/128"}
    UserSession.objects.bulk_create(UserSession(session_key=key, **seen) for key in keys)


@grows("assistants", "assistants", "absence", few="A clinician has one or two")
def assistants(at: Ground, rows: range) -> None:
    Delegation.objects.bulk_create(Delegation(assistant=at.others[n], clinician=at.lead) for n in rows)


@grows("groups that one keeps", "expert_groups", few="Experts are kept in a few groups")
def groups(at: Ground, rows: range) -> None:
    made = [ExpertGroup(name=f"Group {n}", owner=at.lead) for n in rows]
    for group in ExpertGroup.objects.bulk_create(made):
        group.members.add(at.expert)


@grows("members of the group", "expert_group", few="A group is asked as one; ten are many")
def members(at: Ground, rows: range) -> None:
    at.things[ExpertGroup].members.add(*(at.others[n] for n in rows))
