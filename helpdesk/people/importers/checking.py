"""What is wrong with a row, in sentences; or what it says, in our own words. Pure: what is known comes in as ``Known``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from cpms import clock, countries
from cpms.accounts.models import Centre, Network, ThematicGroup
from cpms.accounts.roles import Role
from cpms.terminology.folding import fold_name
from helpdesk.people.queries import Account, Known, Place
from helpdesk.people.states import OF_OTHERS, RowState, TableKind

CALCULATES = ("=", "+", "-", "@", "#")
LONGEST = {"hospital": 160, "city": 80, "name": 120, "job_title": 120, "email": 254, "units": 1_000}
KINDS = {
    "full": "full",
    "full member": "full",
    "member": "full",
    "affiliated": "affiliated",
    "affiliated partner": "affiliated",
}
ROLES: dict[str, Role | None] = {
    "clinician": Role.CLINICIAN,
    "representative": Role.REPRESENTATIVE,
    "centre representative": Role.REPRESENTATIVE,
    "substitute": Role.SUBSTITUTE,
    "substitute representative": Role.SUBSTITUTE,
    "assistant": None,
    "none": None,
}
COUNTRIES = {fold_name(name): code for code, name in countries.NAMES.items()} | {
    code.lower(): code for code in countries.NAMES
}


@dataclass
class Row:
    """One row by column names while it is checked. ``says`` collects what it means, ``problems`` what is wrong, ``differs``
    where an account or hospital that is there already is another; what differs is left as it is. A hospital of others is asked
    for."""

    cells: dict[str, str]
    number: int
    says: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)
    known: bool = False

    @property
    def state(self) -> RowState:
        return RowState.BAD if self.problems else RowState.KNOWN if self.known else RowState.READY

    @property
    def sentences(self) -> list[str]:
        return self.problems or self.differs

    def wrong(self, sentence: str) -> None:
        self.problems.append(sentence)

    def text(self, column: str) -> str:
        return self.cells.get(column, "")


def check(kind: str, cells: dict[str, str], known: Known, *, number: int) -> Row:
    """The row with its meaning, or with every problem it has, not only the first."""
    row = Row(cells, number)
    for column, text in cells.items():
        if text.startswith(CALCULATES):
            row.wrong(f"“{text[:40]}” is a formula or an error of the sheet; write what it stands for as plain text.")
        if len(text) > LONGEST.get(column, 400):
            row.wrong(f"The {words(column)} is too long.")
    if not row.problems:
        (check_centre if kind == TableKind.CENTRES else check_person)(row, known)
    return row


def words(column: str) -> str:
    return "e-mail" if column == "email" else column.replace("_", " ")


def need(row: Row, *columns: str) -> None:
    for column in columns:
        if not row.text(column):
            row.wrong(f"The {words(column)} is missing.")


def meant(text: str, known: dict[str, Any], show: Callable[[Any], str] = str) -> str:
    """ " Do you mean …?" for the nearest of the known words; empty when none is near."""
    near = get_close_matches(text, list(known), n=1, cutoff=0.75)
    return f" Do you mean {show(known[near[0]])}?" if near else ""


def once(row: Row, known: Known, key: tuple[Any, ...]) -> None:
    earlier = known.seen.setdefault(key, row.number)
    if earlier != row.number:
        row.wrong(f"This is the same as row {earlier}.")


def check_centre(row: Row, known: Known) -> None:
    need(row, "hospital", "city", "country")
    country, network, kind, cleared_on = country_of(row), network_of(row, known), kind_of(row), day_of(row)
    units = parts(row.text("units"))
    if any(len(unit) > 120 for unit in units):
        row.wrong("The name of a unit is too long.")
    if row.problems or network is None:
        return
    here = (fold_name(row.text("hospital")), fold_name(row.text("city")), country)
    once(row, known, (*here, network.pk))
    place = known.places.get((*here, network.pk))
    row.known = place is not None and place.kind == kind and not units
    if not row.known and here in known.others:
        row.differs.append(OF_OTHERS)
    else:
        compare_centre(row, place, cleared_on, known.cleared.get(here, cleared_on))
    row.says = {
        "name": row.text("hospital"),
        "city": row.text("city"),
        "country": country,
        "network": network,
        "kind": kind,
        "until": place.until if place is not None else None,
        "units": units,
        "cleared_on": None if here in known.cleared else cleared_on,
    }


def compare_centre(row: Row, place: Place | None, says: dt.date | None, has: dt.date | None) -> None:
    """Say where a hospital that is there already is another than what is written. A table ends no leave, and restores no
    clearance that somebody ended: both are said on the hospital's page, by whoever knows of it. An empty cell says nothing."""
    if says is not None and says != has:
        today = f"has had it since {has.isoformat()}" if has else "has none"
        row.differs.append(f"Clearance: the table says {says.isoformat()}, the hospital {today}; this stays.")
    if place is not None and place.until is not None:
        row.differs.append(f"Membership: the hospital leaves the network after {place.until.isoformat()}; this stays.")


def country_of(row: Row) -> str:
    text = row.text("country")
    code = COUNTRIES.get(fold_name(text), "")
    if text and not code:
        row.wrong(f"No country is called “{text}”.{meant(fold_name(text), COUNTRIES, countries.name)}")
    return code


def network_of(row: Row, known: Known) -> Network | None:
    """The named network, or the table's own where none is named; only one that the person serves."""
    text = row.text("network")
    found = known.networks.get(fold_name(text)) if text else known.network
    if found is None:
        row.wrong(f"No network is called “{text}”.{meant(fold_name(text), known.networks)}")
    elif found.pk not in known.served:
        row.wrong(f"You do not look after {found}; ask its coordinator or helpdesk.")
    return found


def kind_of(row: Row) -> str:
    kind = KINDS.get(fold_name(row.text("kind") or "full member"), "")
    if not kind:
        row.wrong(f"“{row.text('kind')}” is neither full member nor affiliated partner.")
    return kind


def day_of(row: Row) -> dt.date | None:
    text = row.text("cleared_on")
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"):
        with suppress(ValueError):
            day = dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
            if day > clock.today():
                row.wrong("The day of the clearance lies ahead.")
            return day
    if text:
        row.wrong(f"“{text}” is no day; write it as 2026-10-16.")
    return None


def parts(text: str) -> list[str]:
    """What stands between semicolons or bars."""
    return [part.strip() for part in re.split(r"[;|]", text) if part.strip()]


def check_person(row: Row, known: Known) -> None:
    need(row, "name", "email", "hospital")
    network_of(row, known)
    email = email_of(row)
    centre, groups, role = centre_of(row, known), groups_of(row, known), role_of(row, known)
    if row.problems or centre is None:
        return
    once(row, known, (email,))
    account = known.people.get(email)
    row.known = account is not None
    if account is not None and account.centre is None:
        row.wrong(
            "This address has an account that belongs to no hospital, a guest's for one; its owner asks for access, and joins by that."
        )
    elif account is not None and account.centre != centre.pk:
        row.wrong(
            "This address has an account at another hospital; the account can be moved once the person has left there."
        )
    elif account is not None:
        compare(row, account, groups, role)
    row.says = {
        "name": row.text("name"),
        "email": email,
        "job_title": row.text("job_title"),
        "centre": centre,
        "groups": groups,
        "role": role,
    }


def compare(row: Row, account: Account, groups: list[ThematicGroup], role: Role | None) -> None:
    """Say where the account is another than what is written. An empty cell says nothing."""
    if row.text("role") and account.roles != ({role} if role else set()):
        has = " and ".join(sorted(Role(held).label.lower() for held in account.roles)) or "no role"
        row.differs.append(f"Role: the table says {role.label.lower() if role else 'no role'}, the account has {has}.")
    more = [str(group) for group in groups if group.pk not in account.groups]
    if more:
        row.differs.append(f"Groups: the account does not follow {'; '.join(more)}.")
    besides = set(account.groups) - {key for group in groups for key in (group.pk, group.parent_id)}
    if groups and besides:
        row.differs.append(
            f"Groups: the account follows {'; '.join(sorted(account.groups[key] for key in besides))} too."
        )
    for column, label, has in (("name", "Name", account.name), ("job_title", "Job title", account.job_title)):
        if row.text(column) and fold_name(row.text(column)) != fold_name(has):
            row.differs.append(f"{label}: the table says “{row.text(column)}”, the account “{has}”.")


def email_of(row: Row) -> str:
    email = row.text("email").lower()
    try:
        validate_email(email or "nobody@hospital.example")
    except ValidationError:
        row.wrong(f"“{email}” is not an e-mail address.")
    return email


def centre_of(row: Row, known: Known) -> Centre | None:
    """The hospital by name; by city and country too where several have the name."""
    text = row.text("hospital")
    if not text:
        return None
    found = known.centres.get(fold_name(text), [])
    for column, told in (("city", lambda c: fold_name(c.city)), ("country", lambda c: c.country)):
        wanted = fold_name(row.text("city")) if column == "city" else country_of(row)
        if wanted:
            found = [centre for centre in found if told(centre) == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        row.wrong(f"There are {len(found)} hospitals called “{text}”; name the city and the country.")
    else:
        near = meant(fold_name(text), known.centres, lambda centres: str(centres[0]))
        row.wrong(f"No hospital you look after is called “{text}” there.{near}")
    return None


def groups_of(row: Row, known: Known) -> list[ThematicGroup]:
    found = []
    for part in parts(row.text("groups")):
        group = known.groups.get(fold_name(part))
        if group is None:
            row.wrong(f"No thematic group is called “{part}”.{meant(fold_name(part), known.groups)}")
        else:
            found.append(group)
    return found


def role_of(row: Row, known: Known) -> Role | None:
    text = row.text("role") or "clinician"
    if fold_name(text) not in ROLES:
        row.wrong(f"“{text}” is not a role of a table: clinician, representative, substitute or assistant.")
        return None
    role = ROLES[fold_name(text)]
    if role is not None and role not in known.may_give:
        row.wrong(
            f"Your own roles do not let you give the role of {role.label.lower()}; a coordinator can take this row in."
        )
    return role
