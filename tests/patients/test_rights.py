"""The hospital's own number, the copy for the patient, and erasure that reaches everything."""

from __future__ import annotations

import json
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import Delegation
from cpms.audit.models import AuditEvent
from cpms.drafts import actions as drafts
from cpms.drafts.models import Draft
from cpms.jobs.models import Job
from cpms.patients import actions as patients
from cpms.patients.models import Patient
from cpms.patients.queries import recipients
from cpms.vault.fields import ERASED
from outcomes import actions as outcomes
from outcomes.models import OutcomeDocument
from outcomes.states import DocumentState
from panels import actions as panels
from panels.cases import actions as cases
from panels.cases.queries import content_of
from panels.models import Message, Panel
from tests.clients import signed_in
from tests.factories import Story, UserFactory
from tests.patients.everything import opened
from tests.vault.test_sealing import whole_database

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
NUMBER = "KH 4711-99"


def enrolled(by, number=NUMBER):
    return patients.enrol(by=by, sex="female", country="FI", birth_year=2015, local_id=number)


def test_the_hospitals_number_is_readable_by_the_treating_side_alone():
    story = Story()
    patient = enrolled(story.lead)
    assert NUMBER.encode() not in whole_database()
    page = signed_in(story.lead).get(patient.get_absolute_url()).content.decode()
    assert f"hospital number {NUMBER}" in page
    assert signed_in(UserFactory(centre=story.lead.centre)).get(patient.get_absolute_url()).status_code == 404


def said(patient, **other):
    """The patient's form as the page shows it, with other answers."""
    fields = (
        "sex",
        "karyotypic_sex",
        "birth_year",
        "birth_month",
        "country",
        "nickname",
        "local_id",
        "route",
        "version",
    )
    return {name: getattr(patient, name) or "" for name in fields} | other


def test_what_is_written_down_of_a_patient_is_corrected_by_the_treating_side():
    story = Story()
    patient = enrolled(story.lead)
    client, address = signed_in(story.lead), reverse("patients:describe", args=[patient.pseudonym])
    ago = clock.today().year - 1
    right = {"birth_year": ago, "birth_month": "3", "sex": "other", "karyotypic_sex": "XXY", "nickname": "Wren"}
    assert client.post(address, said(patient, **right)).url == patient.get_absolute_url()
    found = Patient.objects.get(pk=patient.pk)
    assert {name: getattr(found, name) for name in right} == right | {"birth_month": 3}
    assert (found.local_id, found.version) == (NUMBER, 2)
    event = AuditEvent.objects.get(event="patient_described")
    assert set(event.detail["fields"]) == set(right)
    assert "Wren" not in str(event.detail)
    late = client.post(address, said(patient, nickname="Finch"))
    assert (late.status_code, Patient.objects.get(pk=patient.pk).nickname) == (409, "Wren")
    assert "Finch" in late.content.decode()
    assert signed_in(story.expert).get(address).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"birth_month": "3"}, "a child under two only"),
        ({"birth_year": "2999"}, "lies ahead"),
        ({"sex": ""}, "required"),
        ({"local_id": "KH 12"}, "You have entered this patient before"),
    ],
)
def test_a_wrong_correction_is_refused_beside_the_field_and_kept(wrong, words):
    lead = UserFactory()
    enrolled(lead, "kh12")
    patient = enrolled(lead)
    address = reverse("patients:describe", args=[patient.pseudonym])
    answer = signed_in(lead).post(address, said(patient, nickname="Typed with care", **wrong))
    shown = answer.content.decode()
    assert (answer.status_code, words in shown, "Typed with care" in shown) == (422, True, True)
    assert Patient.objects.get(pk=patient.pk).version == 1


def test_an_erased_patient_is_not_corrected():
    lead = UserFactory()
    patient = enrolled(lead)
    patients.erase(patient, by=lead)
    assert signed_in(lead).get(reverse("patients:describe", args=[patient.pseudonym])).status_code == 403


def test_a_pseudonym_is_said_in_one_breath():
    given = {patients.new_pseudonym() for _ in range(300)}
    assert all(re.fullmatch(r"([BDFGKPTVZ][aeiou])([bdfgkptvz][aeiou]){2}-[1-9][0-9]", one) for one in given)
    assert len(given) > 295


@pytest.mark.parametrize("again", [NUMBER, "kh4711-99", " KH  4711-99 "])
def test_a_duplicate_is_found_inside_the_centre_only(again):
    story = Story()
    patient = enrolled(story.lead)
    with pytest.raises(Refused, match=patient.pseudonym):
        enrolled(story.lead, again)
    with pytest.raises(Refused, match="a colleague treats"):
        enrolled(UserFactory(centre=story.lead.centre), again)
    assert enrolled(UserFactory(), again).local_id == again.strip()
    with pytest.raises(IntegrityError), transaction.atomic():
        Patient.objects.filter(pk=story.patient.pk).update(local_id_token=patient.local_id_token)


def test_a_duplicate_is_said_beside_the_field():
    story = Story()
    enrolled(story.lead)
    answer = signed_in(story.lead).post(reverse("panels:new"), {"local_id": NUMBER})
    assert answer.status_code == 422
    assert "You have entered this patient before" in answer.content.decode()


def busy(story):
    """A panel with something in every corner."""
    story.open()
    story.seat(story.expert)
    said = story.contribute(story.expert)
    panels.take_stance(said, kind="dissent", text=story.canary("dissent"), by=story.lead)
    panels.comment(story.fresh(), text=story.canary("message"), by=story.lead)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    words = {"conclusion": story.canary("conclusion"), "items": [], "version": outcome.version}
    outcomes.write_outcome(story.fresh(), by=story.lead, **words)
    return [
        story.canary(name) for name in ("nickname", "summary", "question", "advice", "dissent", "message", "conclusion")
    ]


def test_the_copy_holds_everything_opened_and_who_read_it():
    story = Story()
    words = busy(story)
    other = Story("other").case
    document = OutcomeDocument(panel=story.fresh(), key=story.patient.key, number=1, code="X", asked_by=story.lead)
    document.pdf, document.state, document.made_at = b"%PDF-", DocumentState.READY, clock.now()
    document.save(force_insert=True)
    assert story.file.can_be_seen
    signed_in(story.expert).get(reverse("panels:list"))
    helper = UserFactory(role="none", centre=story.lead.centre, display_name="Dr Helping Hand")
    Delegation.objects.create(assistant=helper, clinician=story.lead)
    signed_in(helper).get(story.patient.get_absolute_url())
    for person, word in ((story.lead, "typed by the lead"), (story.expert, "typed by the expert")):
        drafts.save_draft(form=f"reply:{story.panel.ref}", label="Reply", path="/", fields={"text": word}, by=person)
    answer = signed_in(story.lead).get(reverse("patients:export", args=[story.patient.pseudonym]))
    said, files = opened(answer.streaming_content)
    text = json.dumps(said)
    assert [word for word in words if word not in text] == []
    written = {one["who"]: one.get("text") for one in said["being_written"]}
    assert written == {story.lead.display_name: {"text": "typed by the lead"}, story.expert.display_name: None}
    assert other.patient.pseudonym not in text
    assert "CNRY-other" not in text
    assert sorted(files.values()) == [b"%PDF-", content_of(story.file)]
    accesses = said["accesses"]
    assert {"patient enrolled", "consent recorded", "everything about a patient taken out"} <= {
        one["what"] for one in accesses
    }
    who = {(one["who"], one["what"], one.get("for", "")) for one in accesses}
    assert {
        ("Dr Expert Person", "patient's data read, in a list", ""),
        ("Dr Helping Hand", "patient's data read", "Dr Lead Person"),
    } <= who
    assert [one["at"] for one in accesses] == sorted(one["at"] for one in accesses)
    assert signed_in(story.expert).get(reverse("patients:export", args=[story.patient.pseudonym])).status_code == 404


def test_erasure_asks_for_the_pseudonym_and_darkens_everything(django_capture_on_commit_callbacks):
    story = Story()
    words = busy(story)
    drafts.save_draft(form=f"case:{story.case.pk}", label="x", path="/", fields={"summary": "typed"}, by=story.lead)
    drafts.save_draft(form="new_panel", label="x", path="/", fields={"nickname": "kept"}, by=story.lead)
    client, address = signed_in(story.lead), reverse("patients:erase", args=[story.patient.pseudonym])
    assert client.post(address, {"pseudonym": "P-WRONG"}).status_code == 422
    assert client.post(address, {"pseudonym": story.patient.pseudonym}).status_code == 302
    dump = whole_database()
    assert [word for word in words if word.encode() in dump] == []
    patient = Patient.objects.get(pk=story.patient.pk)
    assert (patient.nickname, patient.birth_year, patient.sex) == (ERASED, None, "unknown")
    assert Panel.objects.get(pk=story.panel.pk).question == ERASED
    assert Message.objects.get().text == ERASED
    assert patient.key.secret() is None
    assert [draft.form for draft in Draft.objects.all()] == ["new_panel"]
    assert AuditEvent.objects.filter(event="patient_erased", patient_id=patient.pk).count() == 1
    assert story.case not in type(story.case).objects.visible_to(story.expert)
    assert Job.objects.filter(task="cases.forget").exists()
    assert cases.forget_rows(str(patient.pk), by=None) == 4
    assert cases.forget_rows(str(patient.pk), by=None) == 0
    assert AuditEvent.objects.filter(event="case_changed", detail__verb="forget").count() == 1
    assert client.get(patient.get_absolute_url()).status_code == 200


def test_only_the_enrolling_clinician_erases_and_only_once():
    story = Story()
    patient = story.patient
    with pytest.raises(Refused, match="answers for the patient"):
        patients.erase(patient, by=UserFactory())
    patients.erase(patient, by=story.lead)
    with pytest.raises(Refused, match="already"):
        patients.erase(patient, by=story.lead)


def test_rows_of_a_living_patient_are_never_forgotten():
    story = Story()
    assert cases.forget_rows(str(story.case.patient_id), by=None) == 0
    assert story.case.labs.count() == 1


def received(patient):
    return {one.person.display_name: [receipt.what for receipt in one.receipts] for one in recipients(patient)}


def test_whoever_received_data_is_listed_before_and_after_a_withdrawal():
    story, late = Story(), UserFactory(display_name="Dr Never Looked")
    story.open()
    story.seat(story.expert)
    story.seat(late)
    client, address = signed_in(story.lead), reverse("panels:sight", args=[story.patient.pseudonym])
    signed_in(story.expert).get(story.fresh().get_absolute_url())
    signed_in(story.expert).get(reverse("cases:download_file", args=[story.file.pk]))
    client.get(reverse("cases:phenopacket", args=[story.case.pk]))
    expected = {
        "Dr Lead Person": ["took the case out as a file"],
        "Dr Expert Person": ["was let in", "read it", "downloaded a file"],
        "Dr Never Looked": ["was let in"],
    }
    assert received(story.patient) == expected
    assert "Has received data so far" in client.get(address).content.decode()
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    page = client.get(address).content.decode()
    assert [who for who in expected if who not in page.partition("until the withdrawal")[2]] == []
    assert received(story.patient) == expected
    assert f"{address}#received" in client.get(story.patient.get_absolute_url()).content.decode()
    held, _files = opened(patients.export_everything(story.patient, by=story.lead))
    told = {one["who"]: [receipt["what"] for receipt in one["received"]] for one in held["recipients"]}
    assert told == {**expected, "Dr Lead Person": ["took the case out as a file", "took out everything held"]}


def test_erasing_leaves_a_draft_about_another_thing_of_the_same_counted_key():
    """A step of the panel and an entry of a list may both be number 5."""
    story = Story()
    story.open()
    step = story.panel.steps.first()
    words = {"label": "x", "path": "/", "fields": {"words": "x"}, "by": story.lead}
    for form in (f"status:{step.pk}", "new_panel:", f"case:{story.case.pk}", f"reply:{story.panel.ref}"):
        drafts.save_draft(form=form, **words)
    patients.erase(story.patient, by=story.lead)
    assert set(Draft.objects.values_list("form", flat=True)) == {f"status:{step.pk}", "new_panel:"}
