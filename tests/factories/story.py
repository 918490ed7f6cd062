"""A whole panel with everybody in it, each clinical field carrying its own canary."""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from functools import cached_property

from PIL import Image

from consent import actions as consent
from consent.states import Answer, Giver, Stage
from cpms import clock
from cpms.patients import actions as patients
from panels import actions as panels
from panels.cases import actions as cases
from panels.cases.cleaning import pictures
from panels.cases.models import CaseForm
from panels.cases.states import PartOf
from panels.models import Panel
from tests.factories.people import GroupFactory, NetworkFactory, UserFactory

CANARIES: list[str] = []
PLANTED = Counter[str]()


def canary(name: str) -> str:
    """A token for one field; every token ever made is known to the sweeps."""
    token = f"CNRY-{name}"
    PLANTED[token] += 1
    if token not in CANARIES:
        CANARIES.append(token)
    return token


def case_form(slug: str) -> CaseForm:
    """A shipped form."""
    return CaseForm.objects.get(slug=slug, version=1)


def every_line(case) -> set[object]:
    """Keys of all lines of a case, for a correction that puts others in their place."""
    parts = (case.diagnoses, case.findings, case.labs, case.variants, case.treatments)
    return {line.pk for part in parts for line in part.all()}


class Story:
    """One patient, one panel. Parts are made when first asked for; ``Story(tag="b")`` has canaries of its own. The deeds get the panel
    as a page read it while it was a draft: what they may do follows from the row they hold."""

    def __init__(self, tag: str = "a") -> None:
        self.tag = tag

    @classmethod
    def of_two(cls) -> Story:
        """An open panel with two members."""
        story = cls()
        story.open()
        for person in (story.expert, story.second):
            story.seat(person)
        return story

    def canary(self, name: str) -> str:
        return canary(f"{self.tag}-{name}")

    @cached_property
    def network(self):
        return NetworkFactory()

    @cached_property
    def group(self):
        return GroupFactory(network=self.network)

    @cached_property
    def lead(self):
        return UserFactory(display_name="Dr Lead Person")

    @cached_property
    def expert(self):
        return UserFactory(display_name="Dr Expert Person")

    @cached_property
    def second(self):
        return UserFactory(display_name="Dr Second Person")

    @cached_property
    def patient(self):
        patient = patients.enrol(
            by=self.lead,
            sex="female",
            country="FI",
            birth_year=2015,
            nickname=self.canary("nickname"),
            local_id=self.canary("number"),
        )
        self.give_consent(patient)
        return patient

    def give_consent(self, patient) -> None:
        consent.record_consent(
            patient,
            by=self.lead,
            stage=Stage.CARE,
            answer=Answer.GIVEN,
            given_by=Giver.PARENT,
            given_on=clock.today(),
        )

    @cached_property
    def case(self):
        case = cases.start_case(self.patient, by=self.lead)
        correction = cases.Correction(
            summary=self.canary("summary"),
            diagnoses=[{"label": self.canary("diagnosis"), "code": "ORPHA:90794", "status": "confirmed"}],
            findings=[{"label": self.canary("finding"), "code": "HP:0000127", "present": True}],
            labs=[{"label": self.canary("lab"), "value": 129, "unit": "mmol/L", "low": 133, "high": 142}],
            variants=[{"gene": "CYP21A2", "hgvs": self.canary("variant")}],
        )
        return cases.correct_case(case, correction, version=case.version, by=self.lead)

    @cached_property
    def file(self):
        """A picture that was cleaned, looked through and shown; its words carry canaries."""
        written = io.BytesIO()
        Image.new("RGB", (40, 30), "white").save(written, "JPEG")
        filename = f"{self.canary('filename')}.jpg"
        file = cases.add_file(self.case, filename=filename, data=written.getvalue(), by=self.lead)
        cases.files.settle(file, pictures.clean(written.getvalue(), "jpeg"), "", by=None)
        captions = {str(file.pk): self.canary("caption")}
        cases.show_files(self.case, captions, looked_at=[str(file.pk)], by=self.lead)
        file.refresh_from_db()
        return file

    @cached_property
    def correction(self):
        """What the patient says is wrong."""
        return cases.rectify(
            self.case,
            part=PartOf.SUMMARY,
            written=self.case.summary,
            says=self.canary("correction"),
            asked_by=Giver.PARENT,
            asked_on=clock.today(),
            by=self.lead,
        )

    @cached_property
    def panel(self):
        """A prepared draft."""
        panel = panels.draft_panel(self.case, network=self.network, by=self.lead)
        return panels.prepare(
            panel,
            by=self.lead,
            version=panel.version,
            question=self.canary("question"),
            title=self.canary("title"),
            group=self.group,
        )

    def fresh(self) -> Panel:
        return Panel.objects.with_case().get(pk=self.panel.pk)

    def open(self, *experts) -> Panel:
        panels.open_panel(self.panel, by=self.lead, experts=experts)
        return self.fresh()

    def invitation(self, person):
        return self.panel.invitations.get(invitee=person)

    def seat(self, person) -> None:
        """Invite and accept."""
        panels.invite_experts(self.panel, people=[person], by=self.lead)
        panels.accept(self.invitation(person), by=person)

    def invite_guest(self, email="guest@elsewhere.example", **until):
        return panels.invite_guest(
            self.panel, email=email, name="Dr Guest", hospital="Far Hospital", country="IE", by=self.lead, **until
        )

    def contribute(self, person, name="advice", kind="test"):
        return panels.contribute(self.panel, kind=kind, text=self.canary(name), by=person)

    @property
    def yesterday(self) -> dt.datetime:
        return clock.now() - dt.timedelta(days=1)
