"""What a patient says is wrong stands beside what was written: for the panel, in the copy for the patient, in the next case."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.urls import reverse

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit.models import AuditEvent
from cpms.jobs.models import Job
from cpms.notifications.models import OutboxMessage
from cpms.patients import actions as patients
from panels import actions as panels
from panels.actions.registries import name_in
from panels.cases import actions as cases
from panels.cases.exports.case import undisputed_case_of
from panels.cases.importers import phenopacket
from panels.cases.models import Case, Rectification
from panels.cases.queries import case_parts, lines
from panels.states import State
from tests.clients import signed_in
from tests.factories import Story
from tests.panels.test_registries import Study
from tests.patients.everything import opened
from tests.vault.test_sealing import whole_database

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def said(story, about, words="It was the left side."):
    fields = {"about": about, "says": words, "asked_by": "patient", "asked_on": clock.today().isoformat()}
    return signed_in(story.lead).post(reverse("cases:rectify", args=[story.case.pk]), fields)


def test_every_line_of_a_case_can_be_named():
    story = Story()
    parts = {str(part) for part, _words in lines(case_parts(story.case)).values()}
    assert parts == {"patient", "summary", "diagnoses", "findings", "labs", "variants"}


def test_the_correction_stands_beside_the_original_which_stays():
    story = Story()
    story.open()
    story.seat(story.expert)
    finding = story.case.findings.get()
    words = story.canary("left side")
    assert said(story, str(finding.pk), words).status_code == 302
    for reader in (story.lead, story.expert):
        page = signed_in(reader).get(story.fresh().get_absolute_url()).content.decode()
        beside = page.partition("Corrected by the patient")[2].partition("</section>")[0]
        assert story.canary("finding") in beside
        assert words in beside
        assert page.count(story.canary("finding")) >= 2
    story.case.findings.all().delete()
    correction = Rectification.objects.get()
    assert (correction.written, correction.says) == (f"{story.canary('finding')}, present", words)
    assert words.encode() not in whole_database()
    assert AuditEvent.objects.filter(event="case_rectified", patient_id=story.patient.pk).count() == 1
    held = opened(patients.export_everything(story.patient, by=story.lead))[0]["held"]
    assert [row["says"] for row in held["rectification"]] == [words]


def test_the_panel_hears_of_it_once_and_nobody_after_a_withdrawal():
    story = Story()
    story.open()
    story.seat(story.expert)
    correction = story.correction
    assert Job.objects.filter(task="panels.tell_corrected").count() == 1
    for _twice in range(2):
        panels.tell_corrected(str(correction.pk), by=None)
    assert (
        OutboxMessage.objects.filter(notice="case_corrected").values_list("recipient", flat=True).get()
        == story.expert.pk
    )
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    late = said(story, "patient")
    assert late.status_code == 302
    assert panels.tell_corrected(str(Rectification.objects.latest("recorded_at").pk), by=None) == 0


def test_it_goes_along_into_the_next_case_and_goes_when_the_patient_is_erased():
    story = Story()
    assert story.correction.says == story.canary("correction")
    following = cases.copy_case(story.case, by=story.lead)
    assert following.rectifications.get().says == story.canary("correction")
    patients.erase(story.patient, by=story.lead)
    cases.forget_rows(str(story.patient.pk), by=None)
    assert Rectification.objects.count() == 0
    with pytest.raises(Refused, match="erased"):
        cases.rectify(
            Case.objects.get(pk=story.case.pk),
            part="summary",
            written="x",
            says="y",
            asked_by="patient",
            asked_on=clock.today(),
            by=story.lead,
        )


def test_what_cannot_be_is_asked_again():
    story = Story()
    assert said(story, "nothing").status_code == 422
    assert said(story, "summary", " ").status_code == 422


def disputing(story, key, words="It was the left side."):
    assert said(story, str(key), words).status_code == 302
    return case_parts(Case.objects.get(pk=story.case.pk))


def test_a_file_of_the_case_carries_the_correction_beside_the_line_and_it_is_read_back():
    story = Story()
    case = disputing(story, story.case.findings.get().pk)
    case = disputing(story, "summary", "I never said so.")
    tree = json.loads(cases.export_phenopacket(case, by=story.lead))
    (finding,) = tree["phenotypicFeatures"]
    day = clock.today().isoformat()
    assert finding["description"].startswith(f"Disputed: the patient says: It was the left side. ({day})")
    (source,) = tree["metaData"]["externalReferences"]
    assert source["description"].startswith("Correction, Summary. As written: ")
    assert "the patient says: I never said so." in source["description"]
    back = phenopacket.read(json.dumps(tree).encode())
    assert (back.findings[0].note, back.sources) == (finding["description"], (source["description"],))


def test_a_registry_gets_no_line_that_the_patient_disputes():
    story = Story()
    before = undisputed_case_of(case_parts(story.case))
    case = disputing(story, story.case.labs.get().pk)
    case = disputing(story, "patient")
    after = undisputed_case_of(case)
    assert (len(before.labs), after.labs) == (1, ())
    assert after.findings == before.findings
    assert (before.sex, after.sex, after.age) == ("female", "unknown", None)
    Case.objects.filter(pk=story.case.pk).update(made_at=clock.now() - dt.timedelta(days=900))
    following = cases.copy_case(Case.objects.get(pk=story.case.pk), by=story.lead)
    assert undisputed_case_of(case_parts(following)).labs == ()


def test_members_of_a_closed_panel_and_takers_for_a_registry_are_told_once():
    study = Study()
    story = study.story
    study.close(story.panel, State.OPEN)
    story.seat(story.expert)
    study.close(story.panel)
    study.agree()
    assert len(study.take()) == 1
    correction = story.correction
    for _twice in range(2):
        panels.tell_corrected(str(correction.pk), by=None)
    sent = OutboxMessage.objects.filter(notice__in=["case_corrected", "registry_corrected"])
    assert set(sent.values_list("notice", "recipient", "ref")) == {
        ("case_corrected", story.expert.pk, story.panel.ref),
        ("registry_corrected", study.researcher.pk, name_in(study.registry, story.case)),
    }
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    assert said(story, "summary").status_code == 302
    assert panels.tell_corrected(str(Rectification.objects.latest("recorded_at").pk), by=None) == 1


def test_every_case_of_the_patient_can_be_corrected_from_their_page():
    story = Story()
    following = cases.copy_case(story.case, by=story.lead)
    page = signed_in(story.lead).get(story.patient.get_absolute_url()).content.decode()
    assert all(reverse("cases:rectify", args=[case.pk]) in page for case in (story.case, following))
    told = signed_in(story.lead).get(reverse("cases:rectify", args=[story.case.pk])).content.decode()
    assert f"{reverse('panels:sight', args=[story.patient.pseudonym])}#received" in told
