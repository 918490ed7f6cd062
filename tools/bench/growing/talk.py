"""Rows of pages about panels, questions and what comes from outside."""

from __future__ import annotations

import datetime as dt

from consent.models import Registry, RegistryRelease
from cpms import clock
from cpms.accounts.models import Membership
from cpms.accounts.roles import Role
from cpms.vault import actions as vault
from panels import actions
from panels.models import Assist, Dispatch, Invitation, Question
from panels.states import InvitationState
from tools.bench.filling import TEXT
from tools.bench.growing.ground import Ground
from tools.bench.growing.growth import grows

REGISTRIES = "helpdesk:consent_registry_changelist"


@grows("members", "panels:sight", "meetings:time", "meetings:decide", few="A panel has some ten members")
def members(at: Ground, rows: range) -> None:
    """They came in a month ago."""
    panel, before = at.open.panel, clock.now() - dt.timedelta(days=30)
    seat = {"panel": panel, "key": panel.key, "invited_by": at.lead, "state": InvitationState.ACCEPTED}
    when = {"sent_at": before, "answered_at": before, "expires_at": clock.now()}
    Invitation.objects.bulk_create(Invitation(invitee=at.others[n], **seat, **when) for n in rows)


@grows("hours that were given", "panels:sight", few="An hour of help is asked for now and then")
def assists(at: Ground, rows: range) -> None:
    """Of yesterday: one that runs stands at the head of every page about the patient."""
    now = clock.now() - dt.timedelta(days=1)
    given = {"panel": at.open.panel, "kind": "lead", "given_by": at.lead, "given_at": now}
    until = now + dt.timedelta(hours=1)
    Assist.objects.bulk_create(Assist(who=at.others[n], until=until, **given) for n in rows)


@grows("panels that wait", "panels:dispatches")
def dispatches(at: Ground, rows: range) -> None:
    where = {"network": at.network, "group": at.group}
    for number in rows:
        actions.address(at.panels[number], by=at.lead, **where)


@grows("people whom the panel's lead proposes", "panels:dispatch", few="A panel asks some ten people")
def proposed(at: Ground, rows: range) -> None:
    at.things[Dispatch].proposed.add(*(at.others[n] for n in rows))


@grows("referrals", "panels:referrals")
def referrals(at: Ground, rows: range) -> None:
    for number in rows:
        at.refer(str(number))


@grows("questions", "panels:questions")
def questions(at: Ground, rows: range) -> None:
    """The action would mail each one to half of the 6,500."""
    made = [Question(key=vault.new_key(), group=at.group, asker=at.lead) for _ in rows]
    for row in made:
        row.text = TEXT
    Question.objects.bulk_create(made)


@grows(
    "registries",
    "panels:registries",
    "patients:consent",
    "patients:sheet",
    "patients:sheet_preview",
    REGISTRIES,
    few="A network has a handful",
)
def registries(at: Ground, rows: range) -> None:
    """The researcher is one of each."""
    made = [Registry(code=f"registry-{n}", name=f"Invented registry {n}") for n in rows]
    held = {"user": at.staff["researcher"], "role": Role.RESEARCHER, "network": at.network}
    Membership.objects.bulk_create(Membership(registry=one.code, **held) for one in Registry.objects.bulk_create(made))


@grows("times it was received", "panels:registry")
def releases(at: Ground, rows: range) -> None:
    row = {"registry": at.things[Registry], "purpose": "A study", "taken_by": at.staff["researcher"]}
    RegistryRelease.objects.bulk_create(RegistryRelease(**row) for _ in rows)
