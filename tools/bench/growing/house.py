"""Rows of pages about people, hospitals and the helpdesk's tickets."""

from __future__ import annotations

import datetime as dt

from cpms import clock
from cpms.accounts.models import Centre, CentreMembership, Membership, ThematicGroup, Unit, User
from cpms.accounts.roles import Role
from cpms.notifications.models import OutboxMessage
from cpms.vault import actions as vault
from helpdesk.models import MonthlyKpi
from helpdesk.people.models import AccessRequest, GlassBreak, Outreach, Table, TableRow
from helpdesk.tickets.models import Reply, Ticket
from tools.bench.filling import TEXT
from tools.bench.growing.ground import Ground
from tools.bench.growing.growth import grows

USERS, ROLES = "helpdesk:accounts_user_changelist", "helpdesk:accounts_membership_changelist"
MAILS, CENTRES = "helpdesk:notifications_outboxmessage_changelist", "helpdesk:accounts_centre_changelist"


@grows("roles of today and of the past", "people:person")
def roles(at: Ground, rows: range) -> None:
    """Each in a group of its own."""
    over, groups = at.today - dt.timedelta(days=1), ThematicGroup.objects.filter(network=at.network, number__gte=100)
    past = {"role": Role.CLINICIAN, "centre": at.expert.centre, "valid_from": over, "valid_to": over}
    here = {"role": Role.GROUP_COORDINATOR, "valid_from": over}
    held = [Membership(user=at.expert, group=group, **here) for group in groups[rows.start : rows.stop]]
    Membership.objects.bulk_create([*held, *(Membership(user=at.expert, **past) for _ in rows)])


@grows("hospitals of the network", "people:centres", CENTRES)
def hospitals(at: Ground, rows: range) -> None:
    """Of the small network."""
    made = [Centre(name=f"New Hospital {n}", city="Town", country="SE", cleared_on=at.today) for n in rows]
    placed = [CentreMembership(centre=c, network=at.small, kind="full") for c in Centre.objects.bulk_create(made)]
    CentreMembership.objects.bulk_create(placed)


@grows("members of the helpdesk", "panels:let_in", few="A helpdesk has some five")
def helpers(at: Ground, rows: range) -> None:
    held = {"role": Role.HELPDESK_PAEDIATRIC, "network": at.network}
    Membership.objects.bulk_create(Membership(user=at.others[n], **held) for n in rows)


@grows("colleagues", "people:list", USERS, ROLES)
def colleagues(at: Ground, rows: range) -> None:
    place = at.things[Centre]
    people = [
        User(
            email=f"new{n}@bench.example",
            display_name=f"Dr New {n}",
            centre=place,
            activated_at=clock.now(),
            password="!",  # noqa: S106 nobody signs in with it
        )
        for n in rows
    ]
    User.objects.bulk_create(people)
    Membership.objects.bulk_create(Membership(user=u, role=Role.CLINICIAN, centre=place) for u in people)


@grows(
    "colleagues, units and entries of the log",
    "people:centre",
    "people:correct_outreach",
    few="A hospital has some twenty who take part, and hears from a helpdesk some times a year",
)
def centre(at: Ground, rows: range) -> None:
    """The colleagues came before."""
    place, by = at.things[Centre], at.staff["helpdesk"]
    Unit.objects.bulk_create(Unit(centre=place, name=f"Unit {n}") for n in rows)
    made = [Outreach(key=vault.new_key(), centre=place, on=at.today, whom="other", way="phone", by=by) for _ in rows]
    for row in made:
        row.said = TEXT
    Outreach.objects.bulk_create(made)


@grows("looks behind the glass", "people:glass", few="Each waits for a second person for an hour or two")
def glasses(at: Ground, rows: range) -> None:
    made = [GlassBreak(person=at.lead, panel=at.panels[n], asked_by=at.staff["core"]) for n in rows]
    for row in made:
        row.reason = TEXT
    GlassBreak.objects.bulk_create(made)


@grows("tables", "people:tables")
def tables(at: Ground, rows: range) -> None:
    read = {"network": at.network, "kind": "centres", "name": "centres.csv", "read_by": at.staff["helpdesk"]}
    Table.objects.bulk_create(Table(**read) for _ in rows)


@grows("rows of the table", "people:table")
def table(at: Ground, rows: range) -> None:
    cells, problems = ["Invented Hospital", "Nowhere", "Nowhere"], ["No country is called “Nowhere”."]
    said = {"table": at.things[Table], "cells": cells, "problems": problems, "state": "bad"}
    TableRow.objects.bulk_create(TableRow(number=n + 3, **said) for n in rows)


@grows(
    "requests that wait", "people:requests", "helpdesk:index", few="Each is answered in days, and reminds who answers"
)
def requests(at: Ground, rows: range) -> None:
    who = {"job_title": "Endocrinologist", "centre": at.lead.centre, "role": "clinician", "why": TEXT}
    AccessRequest.objects.bulk_create(
        AccessRequest(email=f"asks{n}@bench.example", display_name=f"Dr Asks {n}", digest=f"{n:064d}", **who)
        for n in rows
    )


@grows("mails", "helpdesk:index", MAILS)
def mails(at: Ground, rows: range) -> None:
    mail = {"notice": "access_refused", "about_type": "people.accessrequest", "path": "/", "ref": ""}
    OutboxMessage.objects.bulk_create(
        OutboxMessage(recipient=at.lead, about_id=at.lead.pk, due_at=clock.now(), dedupe_key=f"bench {n}", **mail)
        for n in rows
    )


@grows("tickets", "tickets:list", "helpdesk:index")
def tickets(at: Ground, rows: range) -> None:
    made = [Ticket(key=vault.new_key(), kind="bug", asker=at.lead, network=at.network) for _ in rows]
    for row in made:
        row.text = TEXT
    Ticket.objects.bulk_create(made)


@grows("replies", "tickets:ticket")
def replies(at: Ground, rows: range) -> None:
    ticket = at.things[Ticket]
    made = [Reply(ticket=ticket, key=ticket.key, author=at.lead) for _ in rows]
    for row in made:
        row.text = TEXT
    Reply.objects.bulk_create(made)


@grows("lines", "helpdesk:helpdesk_monthlykpi_changelist")
def lines(at: Ground, rows: range) -> None:
    """Of the small network, one a month."""
    figures = {"registered": 3, "active": 2, "panels_opened": 1, "panels_closed": 1, "network": at.small}
    months = (dt.date(2000 + n // 12, 1 + n % 12, 1) for n in rows)
    MonthlyKpi.objects.bulk_create(MonthlyKpi(month=month, **figures) for month in months)
