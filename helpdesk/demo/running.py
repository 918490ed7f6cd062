"""A few panels that are under way, made by the same actions as everybody's, so that each person finds work waiting."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from consent import actions as consent
from consent.states import Answer, Giver, Stage
from cpms import clock
from cpms.accounts.models import Network, User
from cpms.patients import actions as patients
from cpms.patients.models import Patient
from helpdesk.demo.cases import CASES, DemoCase
from helpdesk.demo.people import PEOPLE
from panels import actions as panels
from panels.cases import actions as cases
from panels.cases.importers import phenopacket
from panels.cases.importers.read_case import ReadCase
from panels.models import Invitation, Panel
from panels.states import Certainty, ContributionKind


@dataclass(frozen=True, slots=True)
class Reply:
    """Somebody's statement in a running panel."""

    author: str
    kind: ContributionKind
    text: str
    certainty: Certainty = Certainty.FAIRLY


@dataclass(frozen=True, slots=True)
class Running:
    """``invited`` are asked, ``accepted`` of them said yes. People go by the key of their address."""

    file: str
    lead: str
    invited: tuple[str, ...]
    accepted: tuple[str, ...] = ()
    replies: tuple[Reply, ...] = ()


RUNNING = (
    Running(
        "calcium-x-linked-hypophosphataemia",
        "anneli.virtanen",
        ("katharina.hohenberger", "ewa.szczepanska", "mikael.lindqvist"),
        ("katharina.hohenberger", "ewa.szczepanska"),
        (
            Reply(
                "katharina.hohenberger",
                ContributionKind.TREATMENT,
                "Bowing that increases after more than a year of phosphate and alfacalcidol, with rising parathyroid hormone, "
                "is reason enough to change. Stop both a week before the first dose, and check fasting phosphate after four weeks.",
                Certainty.VERY,
            ),
            Reply(
                "ewa.szczepanska",
                ContributionKind.TEST,
                "Please test the mother for the same variant: at 150 cm she may be affected herself and need care of her teeth.",
            ),
        ),
    ),
    Running(
        "tumours-paraganglioma-sdhb",
        "charlotte.vanbrederode",
        ("giancarlo.benedetti", "rasa.kazlauskaite", "ewa.szczepanska", "katharina.hohenberger"),
        ("rasa.kazlauskaite", "katharina.hohenberger"),
    ),
    Running(
        "growth-obesity-pomc",
        "mikael.lindqvist",
        ("ewa.szczepanska", "charlotte.vanbrederode", "katharina.hohenberger", "anneli.virtanen"),
        ("katharina.hohenberger",),
    ),
)


def load_running(made: Network) -> int:
    """Carry each case from enrolment to where it stands. Gives the number of panels."""
    people = listed()
    for running in RUNNING:
        carry(running, made, people)
    return len(RUNNING)


def listed() -> dict[str, User]:
    """The people whom the demonstration page lists, by their key."""
    people = {user.email: user for user in User.objects.filter(email__in=[person.email for person in PEOPLE])}
    return {person.key: people[person.email] for person in PEOPLE}


def carry(running: Running, made: Network, people: dict[str, User]) -> Panel:
    """Enrol, open, accept and reply, as the plan says."""
    case = next(case for case in CASES if case.file == running.file)
    panel = _open(case, made, people[running.lead], [people[key] for key in running.invited])
    for key in running.accepted:
        invitation = Invitation.objects.get(panel=panel, invitee=people[key])
        panels.accept(invitation, by=people[key])
    for reply in running.replies:
        panels.contribute(
            current(panel), kind=reply.kind, text=reply.text, certainty=reply.certainty, by=people[reply.author]
        )
    return panel


def current(panel: Panel) -> Panel:
    """The panel as it now stands: each deed moves it on."""
    return Panel.objects.with_case().get(pk=panel.pk)


def _open(case: DemoCase, made: Network, lead: User, experts: list[User]) -> Panel:
    data = case.path.read_bytes()
    patient = _enrol(phenopacket.read(data), lead)
    record = cases.start_case(patient, by=lead)
    cases.import_phenopacket(record, data, filename=case.path.name, by=lead)
    draft = panels.draft_panel(record, network=made, by=lead)
    ready = panels.prepare(
        draft,
        by=lead,
        version=draft.version,
        question=case.question,
        title=case.title,
        group=made.groups.get(number=case.group),
        urgency=case.urgency,
    )
    return panels.open_panel(ready, by=lead, experts=experts)


def _enrol(read: ReadCase, lead: User) -> Patient:
    """The patient as the lead would type it from the file, with consent to care given by a parent or the patient."""
    today = clock.today()
    years, months = (read.age.years or 0, read.age.months or 0) if read.age else (0, 0)
    born = today - dt.timedelta(days=round((years + months / 12) * 365.25))
    patient = patients.enrol(
        by=lead,
        sex=read.sex,
        country=lead.country,
        birth_year=born.year,
        birth_month=born.month if years < 2 else None,
        karyotypic_sex=read.karyotype,
    )
    giver = Giver.PARENT if years < 16 else Giver.PATIENT
    for stage, answer in ((Stage.CARE, Answer.GIVEN), (Stage.REGISTRY, Answer.GIVEN), (Stage.RESEARCH, Answer.REFUSED)):
        consent.record_consent(patient, by=lead, stage=stage, answer=answer, given_by=giver, given_on=today)
    return patient
