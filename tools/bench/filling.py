"""Rows for the measurement: 20,000 panels with sealed texts, three leads with 3, 30 and 300 of them.

The leads' panels are all about one condition, which is also the commonest of the others: one panel in five; the n-th is n times
rarer. They show the three commonest findings, each in one panel of eleven to fourteen. The eight groups have equal shares.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Callable, Iterable, Iterator
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
from panels.models import Contribution, Invitation, Message, Panel
from panels.states import State
from tools.bench.scale import WHOLE, Scale

CHUNK, SIZES = 2_000, WHOLE.sizes
AFTER = WHOLE.panels
"""Numbers from here on are free for panels that a page needs by itself."""
CONDITIONS = ["ORPHA:90794", *(f"ORPHA:{n}" for n in range(500_001, 500_080))]
FINDINGS = [f"HP:{n:07d}" for n in range(400)]
CHANCE = random.Random(20)  # noqa: S311 the same rows in every run
TEXT = (
    "Sodium stays low and renin high on fludrocortisone. Raise the dose, give more salt, or look for a second cause? "
)


def by_rank(things: list[Any], many: int, *, flat: int = 0) -> list[Any]:
    """``many`` different things, the n-th of the list n times rarer than its first; less steeply from ``flat`` on."""
    chosen: dict[Any, None] = {}
    weights = [1 / (rank + flat) for rank in range(1, len(things) + 1)]
    while len(chosen) < many:
        chosen |= dict.fromkeys(CHANCE.choices(things, weights))
    return list(chosen)


def people(many: int) -> tuple[list[User], list[ThematicGroup]]:
    """Clinicians of 80 centres of one network with eight groups."""
    network = Network.objects.create(code="ENDO", name="Endo-ERN")
    names = ["Adrenal", *(f"Group {n}" for n in range(2, 9))]
    rows = (ThematicGroup(network=network, number=n, name=name) for n, name in enumerate(names, start=1))
    groups = ThematicGroup.objects.bulk_create(rows)
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
        for n in range(many)
    ]
    User.objects.bulk_create(found)
    Membership.objects.bulk_create(Membership(user=u, role=Role.CLINICIAN, centre=u.centre) for u in found)
    return found, groups


def leads(found: list[User]) -> Iterator[User]:
    """Whose panel each one is: the first three people lead 3, 30 and 300, the others share the rest."""
    for person, count in zip(found, SIZES, strict=False):
        yield from itertools.repeat(person, count)
    yield from itertools.cycle(found[len(SIZES) :])


def new_key() -> DataKey:
    key = DataKey()
    key.kek_name, key.wrapped = cipher.wrap(cipher.new_secret(), key.context)
    return key


def record_of(number: int, lead: User, opened: dt.datetime, condition: str) -> tuple[Case, list[Any]]:
    """Patient, consent and case under a fresh key, in the order their tables must be filled."""
    key = new_key()
    common = {"country": "FI", "centre": lead.centre, "enrolled_by": lead, "enrolled_at": opened}
    patient = Patient(key=key, pseudonym=f"B-{number:06d}", sex="female", birth_year=2015, **common)
    patient.nickname = f"Bird {number}"
    given = {"stage": 1, "answer": "given", "given_by": "parent", "given_on": opened.date()}
    consent = Consent(patient=patient, recorded_by=lead, recorded_at=opened, **given)
    case = Case(patient=patient, key=key, made_by=lead)
    case.summary = TEXT * 3
    diagnosis = Diagnosis(case=case, key=key, code=condition, label="Congenital adrenal hyperplasia")
    codes = FINDINGS[:3] if number < sum(SIZES) else by_rank(FINDINGS, 3, flat=10)
    findings = [
        Finding(case=case, key=key, code=code, label=f"Finding {n}", position=n) for n, code in enumerate(codes)
    ]
    return case, [key, patient, consent, case, diagnosis, *findings]


def rows_of(number: int, lead: User, expert: User, groups: list[ThematicGroup]) -> list[Any]:
    """Everything of one panel: the record, the panel, one member who spoke, and what waits for the lead."""
    measured = number < sum(SIZES)
    group = groups[0] if measured else CHANCE.choice(groups)
    now = clock.now()
    opened = now - dt.timedelta(minutes=number if measured else number * 30)
    case, record = record_of(number, lead, opened, CONDITIONS[0] if measured else by_rank(CONDITIONS, 1)[0])
    ref, times = f"ENDO-26-{number:05d}", {"opened_at": opened, "drafted_at": opened, "wanted_by": clock.today()}
    place = {"network": group.network, "group": group, "lead": lead, "started_by": lead, "centre": lead.centre}
    panel = Panel(ref=ref, key=case.key, case=case, state=State.OPEN, **place, **times)
    panel.title, panel.question = f"Persistent salt loss {number}", TEXT
    seat = Invitation(panel=panel, key=case.key, invitee=expert, invited_by=lead, state="accepted", sent_at=opened)
    seat.answered_at, seat.expires_at = min(now, opened + dt.timedelta(hours=number % 90)), now + dt.timedelta(days=14)
    seat.centre = expert.centre
    item = WorkItem(who=lead, verb=Verb.CLOSE, subject_type="panels.panel", subject_id=panel.pk, ref=ref)
    item.path, item.due_at = f"/panels/{ref}/", opened + dt.timedelta(days=7)
    return [*record, panel, statement(panel, expert), seat, item]


def statement(panel: Panel, author: User) -> Contribution:
    said = Contribution(panel=panel, key=panel.key, author=author, kind="treatment")
    said.text, said.centre = TEXT, author.centre
    return said


def store(panels: Iterable[list[Any]]) -> None:
    """The rows of these panels, table by table."""
    tables: dict[type, list[Any]] = {}
    for rows in panels:
        for row in rows:
            tables.setdefault(type(row), []).append(row)
    for model, made in tables.items():
        model._default_manager.bulk_create(made)  # type: ignore[attr-defined]


def fill(say: Callable[[str], None], scale: Scale) -> list[User]:
    """All rows, in chunks. Gives the three measured leads."""
    found, groups = people(scale.clinicians)
    owners, experts = leads(found), found[len(SIZES) :]
    for start in range(0, scale.panels, CHUNK):
        numbers = range(start, min(start + CHUNK, scale.panels))
        store(rows_of(number, next(owners), experts[number * 7 % len(experts)], groups) for number in numbers)
        say(f"{numbers.stop:6,} panels")
    talk(found[2])
    return found[:3]


def talk(lead: User) -> None:
    """The third lead's first three panels get 3, 30 and 300 entries, statements and messages by turns."""
    panels = Panel.objects.filter(lead=lead).select_related("key").order_by("ref")[:3]
    for panel, count in zip(panels, SIZES, strict=True):
        author = panel.invitations.get().invitee
        store([message(panel, lead) if number % 2 else statement(panel, author)] for number in range(1, count))


def message(panel: Panel, author: User) -> Message:
    said = Message(panel=panel, key=panel.key, author=author)
    said.text = TEXT
    return said
