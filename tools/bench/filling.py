"""Rows for the measurement: 20,000 panels with sealed texts, three leads with 3, 30 and 300 of them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from consent.models import Consent
from cpms import clock
from cpms.accounts.models import Centre, CentreMembership, Membership, Network, ThematicGroup, User
from cpms.accounts.roles import Role
from cpms.notifications.models import WorkItem
from cpms.notifications.states import Verb
from cpms.patients.models import Patient
from cpms.vault import cipher
from cpms.vault.models import DataKey
from panels.cases.models import Case, Diagnosis, Finding
from panels.models import Contribution, Invitation, Panel
from panels.states import State

PANELS, CLINICIANS, CHUNK = 20_000, 400, 2_000
SIZES = (3, 30, 300)
TEXT = (
    "Sodium stays low and renin high on fludrocortisone. Raise the dose, give more salt, or look for a second cause? "
)


def people() -> tuple[list[User], ThematicGroup]:
    """Clinicians of 80 centres of one network."""
    network = Network.objects.create(code="ENDO", name="Endo-ERN")
    group = ThematicGroup.objects.create(network=network, number=1, name="Adrenal")
    centres = [Centre(name=f"Hospital {n}", city="Town", country="FI", cleared_on=clock.today()) for n in range(80)]
    Centre.objects.bulk_create(centres)
    CentreMembership.objects.bulk_create(CentreMembership(centre=c, network=network, kind="full") for c in centres)
    found = [
        User(
            email=f"clinician{n}@bench.example",
            display_name=f"Dr Bench {n}",
            centre=centres[n % 80],
            activated_at=clock.now(),
            password="!",  # noqa: S106 nobody signs in with it
        )
        for n in range(CLINICIANS)
    ]
    User.objects.bulk_create(found)
    Membership.objects.bulk_create(Membership(user=u, role=Role.CLINICIAN, centre=u.centre) for u in found)
    return found, group


def leads(found: list[User]) -> Iterator[User]:
    """Whose panel each one is: the first three people lead 3, 30 and 300, the others share the rest."""
    for person, count in zip(found, SIZES, strict=False):
        yield from itertools.repeat(person, count)
    yield from itertools.cycle(found[len(SIZES) :])


def new_key() -> DataKey:
    key = DataKey()
    key.kek_name, key.wrapped = cipher.wrap(cipher.new_secret(), key.context)
    return key


def record_of(number: int, lead: User, opened: dt.datetime) -> tuple[Case, list[Any]]:
    """Patient, consent and case under a fresh key, in the order their tables must be filled."""
    key = new_key()
    common = {"country": "FI", "centre": lead.centre, "enrolled_by": lead, "enrolled_at": opened}
    patient = Patient(key=key, pseudonym=f"B-{number:06d}", sex="female", birth_year=2015, **common)
    patient.nickname = f"Bird {number}"
    given = {"stage": 1, "answer": "given", "given_by": "parent", "given_on": opened.date()}
    consent = Consent(patient=patient, recorded_by=lead, recorded_at=opened, **given)
    case = Case(patient=patient, key=key, made_by=lead)
    case.summary = TEXT * 3
    diagnosis = Diagnosis(case=case, key=key, code="ORPHA:90794", label="Congenital adrenal hyperplasia")
    findings = [Finding(case=case, key=key, code=f"HP:{n:07d}", label=f"Finding {n}", position=n) for n in range(3)]
    return case, [key, patient, consent, case, diagnosis, *findings]


def rows_of(number: int, lead: User, expert: User, group: ThematicGroup) -> list[Any]:
    """Everything of one panel: the record, the panel, one member who spoke, and what waits for the lead."""
    now = clock.now()
    opened = now - dt.timedelta(minutes=number)
    case, record = record_of(number, lead, opened)
    ref, times = f"ENDO-26-{number:05d}", {"opened_at": opened, "drafted_at": opened, "wanted_by": clock.today()}
    place = {"network": group.network, "group": group, "lead": lead, "state": State.OPEN}
    panel = Panel(ref=ref, key=case.key, case=case, **place, **times)
    panel.title, panel.question = f"Persistent salt loss {number}", TEXT
    seat = Invitation(panel=panel, key=case.key, invitee=expert, invited_by=lead, state="accepted", sent_at=opened)
    seat.answered_at, seat.expires_at = now, now + dt.timedelta(days=14)
    item = WorkItem(who=lead, verb=Verb.CLOSE, subject_type="panels.panel", subject_id=panel.pk, ref=ref)
    item.path, item.due_at = f"/panels/{ref}/", opened + dt.timedelta(days=7)
    return [*record, panel, statement(panel, expert), seat, item]


def statement(panel: Panel, author: User) -> Contribution:
    said = Contribution(panel=panel, key=panel.key, author=author, kind="treatment")
    said.text = TEXT
    return said


def fill(say: Callable[[str], None]) -> list[User]:
    """All rows, in chunks, table by table. Gives the three measured leads."""
    found, group = people()
    owners = leads(found)
    for start in range(0, PANELS, CHUNK):
        tables: dict[type, list[Any]] = {}
        for number in range(start, start + CHUNK):
            expert = found[3 + (number * 7) % (CLINICIANS - 3)]
            for row in rows_of(number, next(owners), expert, group):
                tables.setdefault(type(row), []).append(row)
        for model, rows in tables.items():
            model._default_manager.bulk_create(rows)  # type: ignore[attr-defined]
        say(f"{start + CHUNK:6,} panels")
    talk(found[2])
    return found[:3]


def talk(lead: User) -> None:
    """The third lead's first three panels get 3, 30 and 300 statements."""
    panels = Panel.objects.filter(lead=lead).select_related("key").order_by("ref")[:3]
    for panel, count in zip(panels, SIZES, strict=True):
        author = panel.invitations.get().invitee
        Contribution.objects.bulk_create(statement(panel, author) for _ in range(count - 1))
