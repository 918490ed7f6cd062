"""What a registry may receive: closed panels, consent to stage 2 at that moment, no words, and a trace of each case."""

from __future__ import annotations

import io
import json
import os
import uuid
import zipfile

import pytest
from django.urls import reverse
from google.protobuf import json_format
from phenopackets import Phenopacket

from consent import actions as consent
from consent.models import Consent, Registry, RegistryRelease
from consent.states import Answer, Giver, Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.patients import actions as patients
from cpms.patients.queries import recipients
from panels import actions as panels
from panels.actions.registries import released
from panels.cases.actions import Correction, correct_case
from panels.cases.exports.deidentified import without_words
from panels.cases.importers.read_case import ReadCase, ReadDiagnosis, ReadFinding, ReadVariant
from panels.models import Panel
from panels.queries.registries import offer
from panels.states import State
from tests.clients import signed_in
from tests.factories import NetworkFactory, Story, UserFactory, every_line, give_role
from tests.panels.test_races import race, rights  # noqa: F401 the fixture is taken by its name

pytestmark = pytest.mark.django_db
ROUNDS = int(os.environ.get("CPMS_RACES", "2"))


class Study:
    """A closed panel, a registry, and a researcher of the panel's network."""

    def __init__(self) -> None:
        self.story = Story()
        self.registry = Registry.objects.create(code="invented", name="Invented registry")
        self.researcher = UserFactory(role="none")
        give_role(self.researcher, Role.RESEARCHER, network=self.story.panel.network, registry="invented")
        self.story.open()
        self.close(self.story.panel)

    def close(self, panel, state=State.CLOSED) -> None:
        Panel.objects.filter(pk=panel.pk).update(state=state, closed_at=clock.now() if state == State.CLOSED else None)

    def agree(self, stage=Stage.REGISTRY, **which) -> None:
        given = {"answer": Answer.GIVEN, "given_by": Giver.PARENT, "given_on": clock.today()} | which
        consent.record_consent(self.story.patient, by=self.story.lead, stage=stage, **given)

    def take(self) -> dict[str, dict]:
        data = b"".join(panels.receive(self.registry, purpose="An invented study", by=self.researcher))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: json.loads(archive.read(name)) for name in archive.namelist()}

    @property
    def offered(self) -> tuple[int, int]:
        found = offer(self.registry, self.researcher)
        return found.cases, found.to_ask


def test_a_registry_receives_what_consents_and_a_closed_panel_allow():
    study = Study()
    assert (study.offered, study.take()) == ((0, 0), {})
    study.agree(registry="another")
    assert (study.offered, study.take()) == ((0, 0), {})
    study.agree(ending_single=True)
    assert (study.offered, len(study.take())) == ((1, 0), 1)
    study.agree(stage=Stage.RESEARCH)
    assert study.offered == (1, 1)
    study.close(study.story.panel, State.OPEN)
    assert (study.offered, study.take()) == ((0, 0), {})


def test_a_withdrawn_stage_leaves_lists_and_files_at_once():
    study = Study()
    study.agree()
    study.agree(stage=Stage.RESEARCH)
    assert study.offered == (1, 1)
    consent.withdraw_consent(study.story.patient, by=study.story.lead, stage=Stage.RESEARCH)
    assert study.offered == (1, 0)
    under_way = panels.receive(study.registry, purpose="An invented study", by=study.researcher)
    consent.withdraw_consent(study.story.patient, by=study.story.lead, stage=Stage.REGISTRY)
    with zipfile.ZipFile(io.BytesIO(b"".join(under_way))) as archive:
        assert archive.namelist() == []
    assert study.offered == (0, 0)


def test_an_erased_patient_is_in_no_registry():
    study = Study()
    study.agree()
    patients.erase(study.story.patient, by=study.story.lead)
    assert (study.offered, study.take()) == ((0, 0), {})


def test_the_file_holds_codes_and_numbers_and_no_word_of_anybody():
    study = Study()
    study.agree()
    study.agree(stage=Stage.RESEARCH)
    case = study.story.case
    correction = Correction(
        summary=study.story.canary("summary"),
        diagnoses=[{"label": study.story.canary("typed"), "code": "ORPHA:90794", "status": "confirmed"}],
        findings=[{"label": study.story.canary("typed"), "code": "HP:0000127", "present": True, "note": "canary-note"}],
        labs=[{"label": "Sodium", "code": "2951-2", "value": 129, "unit": "mmol/L", "low": 133, "high": 142}],
        variants=[{"gene": "CYP21A2", "hgvs": "NM_000500.9:c.293-13C>G"}],
        treatments=[{"kind": "medication", "label": study.story.canary("typed")}],
        gone=every_line(case),
    )
    case.refresh_from_db()
    correct_case(case, correction, version=case.version, by=study.story.lead)
    ((name, tree),) = study.take().items()
    json_format.ParseDict(tree, Phenopacket())
    said = json.dumps(tree)
    assert "canary" not in said
    assert study.story.patient.pseudonym not in name + said
    assert study.story.patient.nickname not in said
    assert [one["type"]["id"] for one in tree["phenotypicFeatures"]] == ["HP:0000127"]
    assert [one["term"]["id"] for one in tree["diseases"]] == ["ORPHA:90794"]
    assert [one["value"]["quantity"]["value"] for one in tree["measurements"]] == [129]
    assert "medicalActions" not in tree
    assert "c.293-13C>G" in said
    assert tree["metaData"]["externalReferences"] == [{"id": "cpms:research-contact", "description": "yes"}]


def test_who_took_it_and_what_for_is_kept_and_the_clinician_sees_it():
    study = Study()
    study.agree()
    client = signed_in(study.researcher)
    url = reverse("panels:receive", args=["invented"])
    empty = client.post(url, {"purpose": " "})
    assert (empty.status_code, RegistryRelease.objects.count()) == (422, 0)
    sent = {"purpose": "An invented study", "idempotency_key": str(uuid.uuid4())}
    stood = reverse("panels:registry", args=["invented"])
    answer = client.post(url, sent, headers={"referer": f"https://testserver{stood}"})
    assert answer["Content-Type"] == "application/zip"
    assert b"".join(answer.streaming_content).startswith(b"PK")
    again = client.post(url, sent)
    assert (again.status_code, again.url) == (302, stood)
    release = RegistryRelease.objects.get()
    assert (release.purpose, release.taken_by) == ("An invented study", study.researcher)
    taken = AuditEvent.objects.filter(event=Event.REGISTRY_RECEIVED)
    assert [event.patient_id for event in taken] == [study.story.patient.pk]
    received = {one.person: [receipt.what for receipt in one.receipts] for one in recipients(study.story.patient)}
    assert received[study.researcher] == ["took the case out, de-identified, for a registry"]
    page = client.get(reverse("panels:registry", args=["invented"])).content.decode()
    assert "An invented study" in page


def test_a_patient_has_another_name_in_every_registry():
    study = Study()
    study.agree()
    first, again = list(study.take()), list(study.take())
    study.registry = Registry.objects.create(code="second", name="Second registry")
    give_role(study.researcher, Role.RESEARCHER, network=study.story.panel.network, registry="second")
    assert first == again
    assert set(first).isdisjoint(study.take())


def test_a_researcher_of_another_network_finds_nothing():
    study = Study()
    study.agree()
    study.researcher = UserFactory(role="none")
    give_role(study.researcher, Role.RESEARCHER, network=NetworkFactory(code="ELSEWHERE"), registry="invented")
    assert (study.offered, study.take()) == ((0, 0), {})
    past = {"valid_from": study.story.yesterday.date(), "valid_to": study.story.yesterday.date()}
    give_role(study.researcher, Role.RESEARCHER, network=study.story.panel.network, registry="invented", **past)
    assert study.offered == (0, 0)


def test_a_researcher_of_another_registry_finds_neither_this_one_nor_its_cases():
    study = Study()
    study.agree()
    second = Registry.objects.create(code="second", name="Second registry")
    study.researcher = UserFactory(role="none")
    for code in ("second", ""):
        give_role(study.researcher, Role.RESEARCHER, network=study.story.panel.network, registry=code)
    client = signed_in(study.researcher)
    pages = [client.get(reverse("panels:registry", args=[one.code]), secure=True) for one in (study.registry, second)]
    assert [page.status_code for page in pages] == [404, 200]
    assert study.offered == (0, 0)
    with pytest.raises(Refused, match="its own researchers"):
        study.take()


def late(study: Study) -> int:
    """How many cases the trail puts after the withdrawal, when both happen at one moment."""
    study.agree()
    case, patient = study.story.case, study.story.patient
    race(
        lambda: consent.withdraw_consent(patient, by=study.story.lead, stage=Stage.REGISTRY),
        lambda: released(study.registry, case.pk, by=study.researcher),
    )
    withdrawn = Consent.objects.filter(patient=patient, stage=Stage.REGISTRY).order_by("-recorded_at").first()
    return AuditEvent.objects.filter(event=Event.REGISTRY_RECEIVED, at__gt=withdrawn.withdrawn_at).count()


@pytest.mark.django_db(transaction=True)
def test_no_case_goes_to_a_registry_after_the_withdrawal():
    study = Study()
    assert [late(study) for _round in range(ROUNDS)] == [0] * ROUNDS


def test_a_registry_that_was_closed_since_the_page_was_opened_receives_nothing_more():
    study = Study()
    study.agree()
    under_way = panels.receive(study.registry, purpose="An invented study", by=study.researcher)
    Registry.objects.update(closed_on=clock.today())
    with zipfile.ZipFile(io.BytesIO(b"".join(under_way))) as archive:
        assert archive.namelist() == []
    with pytest.raises(Refused, match="open"):
        study.take()
    assert RegistryRelease.objects.count() == 1


def test_whose_role_ended_since_the_page_was_opened_asks_for_nothing_more():
    study = Study()
    study.agree()
    yesterday = study.story.yesterday.date()
    study.researcher.memberships.update(valid_from=yesterday, valid_to=yesterday)
    with pytest.raises(Refused, match="open"):
        study.take()
    assert RegistryRelease.objects.count() == 0


@pytest.mark.parametrize(
    ("gene", "stays"),
    [
        ("CYP21A2", True),
        ("MT-TL1", True),
        ("C9orf72", True),
        ("Rossi", False),
        ("Meyer-Lind", False),
        ("Adrenal2024", False),
    ],
)
def test_what_is_spelled_unlike_a_gene_is_no_gene(gene, stays):
    variant = ReadVariant(gene=gene, hgvs_c="c.518T>A")
    assert [one.gene for one in without_words(ReadCase(sex="female", variants=(variant,))).variants] == [gene] * stays


@pytest.mark.parametrize(
    ("code", "stays"),
    [("ORPHA:418", True), ("OMIM:201910", True), ("MONDO:0018479", True), ("MRN:4711002", False), ("PID:80512", False)],
)
def test_a_code_of_no_known_terminology_may_be_somebodys_number(code, stays):
    case = ReadCase(
        sex="female",
        diagnoses=(ReadDiagnosis(code.partition(":")[0], code, "a", "confirmed"),),
        findings=(ReadFinding(code, "a", present=True),),
    )
    left = without_words(case)
    assert [one.code for one in (*left.diagnoses, *left.findings)] == [code] * 2 * stays
