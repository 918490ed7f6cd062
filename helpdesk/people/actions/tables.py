"""Tables of centres and people: read, checked row by row, taken in by the actions that everybody else uses."""

from __future__ import annotations

import uuid
from itertools import islice
from typing import Any

from django.db import transaction

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts import policy as accounts_policy
from cpms.accounts.access import Refused
from cpms.accounts.models import Network, User
from cpms.accounts.policy import Post
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.jobs import actions as jobs
from helpdesk.people import policy, queries
from helpdesk.people.actions.getting_in import mail_activation
from helpdesk.people.actions.places import take_up_centre
from helpdesk.people.importers import checking, columns
from helpdesk.people.models import Table, TableRow
from helpdesk.people.states import RowState, TableKind

BATCH = 50


@transaction.atomic
def read_table(network: Network, *, data: bytes, name: str, by: Any) -> Table:
    """Keep every row of a file and check it. Nobody is added yet. Raises ``Unreadable`` for what is no such table."""
    if network not in accounts_policy.networks_served_by(by):
        raise Refused("Tables are read by the coordinator or the helpdesk of the network itself.")
    kind, header, rows = columns.read(data)
    table = Table.objects.create(network=network, kind=kind, name=name[:160], header=header, read_by=by)
    while some := list(islice(rows, 500)):
        TableRow.objects.bulk_create(
            TableRow(table=table, number=number, cells=cells, state=RowState.BAD) for number, cells in some
        )
    audit.record(Event.TABLE_READ, on=table, by=by, kind=str(kind))
    check_rows(table, by=by)
    return table


def locked(table: Table, *, by: Any) -> Table:
    """The table, held until commit, if its rows still wait for being taken in. Raises ``Refused``."""
    current = Table.objects.select_for_update(of=("self",)).get(pk=table.pk)
    if not (verdict := policy.may_take_table(by, current)):
        raise Refused(verdict.reason)
    return current


@transaction.atomic
def check_table(table: Table, *, by: Any) -> None:
    """Check every row once more, with what ``by`` may do and with what is known by now. Never what a worker takes in."""
    check_rows(locked(table, by=by), by=by)


def check_rows(table: Table, *, by: Any) -> None:
    rows = list(table.rows.all())
    for row, checked in zip(rows, checked_rows(table, rows, by=by), strict=True):
        row.state, row.problems = checked.state, checked.sentences
    TableRow.objects.bulk_update(rows, ["state", "problems"], batch_size=500)


def checked_rows(table: Table, rows: list[TableRow], *, by: Any) -> list[checking.Row]:
    places = columns.places_of(table.header, TableKind(table.kind))
    named = [{column: cell_at(row.cells, place) for column, place in places.items()} for row in rows]
    known = queries.known_for(table, by=by, addresses=[cells.get("email", "") for cells in named])
    return [checking.check(table.kind, cells, known, number=row.number) for row, cells in zip(rows, named, strict=True)]


def cell_at(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


@transaction.atomic
def take_table(table: Table, *, by: Any) -> None:
    """Let a worker take the good rows in, one by one and in the name of ``by``; the others stay to be mended."""
    current = locked(table, by=by)
    check_rows(current, by=by)
    current.taken_at, current.taken_by = clock.now(), by
    current.save(update_fields=["taken_at", "taken_by"])
    audit.record(Event.TABLE_TAKEN, on=current, by=by, count=current.rows.filter(state=RowState.READY).count())
    jobs.enqueue("people.take_rows", table_id=str(current.pk))


def take_rows(table_id: uuid.UUID | str, *, by: Any) -> int:
    """Some rows of a table that somebody let in; asks for another go while rows are left. Safe to run twice.

    ``by`` is nobody: each row is taken in the name of who let the table in, and refused when that person may not any more.
    """
    table = Table.objects.select_related("network", "taken_by").get(pk=table_id, taken_at__isnull=False)
    left = table.rows.filter(state=RowState.READY).order_by("number")
    for row in list(left[:BATCH]):
        take_row(table, row.pk, by=by or table.taken_by)
    if left.exists():
        jobs.enqueue("people.take_rows", table_id=str(table.pk))
    return left.count()


@transaction.atomic
def take_row(table: Table, key: int, *, by: Any) -> None:
    """One row in a transaction of its own: taken in whole, or named bad with the reason."""
    row = TableRow.objects.select_for_update(of=("self",)).filter(pk=key, state=RowState.READY).first()
    if row is None:
        return
    by = User.objects.get(pk=by.pk)  # switched off, or without the role, since the row before
    if not by.is_active:
        row.state, row.problems = (
            RowState.BAD,
            [f"The account of {by.display_name}, who let this table in, is switched off."],
        )
        row.save(update_fields=["state", "problems"])
        return
    [checked] = checked_rows(table, [row], by=by)
    row.state, row.problems = checked.state, checked.sentences
    if checked.state == RowState.READY:
        try:
            with transaction.atomic():
                row.state = (take_centre if table.kind == TableKind.CENTRES else take_person)(checked.says, by=by)
        except Refused as refusal:
            row.state, row.problems = RowState.BAD, [str(refusal)]
    row.save(update_fields=["state", "problems"])


def take_centre(says: dict[str, Any], *, by: Any) -> RowState:
    """One that others look after is asked for, and nothing of it is changed meanwhile. Of one that is there already the last
    day and the clearance stay as they are."""
    named = {name: says[name] for name in ("name", "city", "country", "kind", "until")}
    centre, asked = take_up_centre(says["network"], by=by, **named)
    if asked is not None:
        return RowState.ASKED
    for unit in says["units"]:
        accounts.add_unit(centre, name=unit, by=by)
    if says["cleared_on"] is not None:
        accounts.set_clearance(centre, cleared_on=says["cleared_on"], by=by)
    return RowState.DONE


def take_person(says: dict[str, Any], *, by: Any) -> RowState:
    """As an approved request for access: account, field, role, and a mailed link that nobody else sees."""
    centre = says["centre"]
    user, token = accounts.prepare_account(
        says["email"], display_name=says["name"], country=centre.country, centre=centre, by=by
    )
    accounts.take_up_duty(user, job_title=says["job_title"], groups=says["groups"], by=by)
    if says["role"] is not None:
        accounts.give_post(user, Post(says["role"], centre=centre), by=by)
    mail_activation(user, token, by=by)
    return RowState.DONE
