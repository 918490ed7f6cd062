"""Files of a case: who sees them when, what is kept of them, and what goes dark."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from consent import actions as consent
from consent.states import Stage
from cpms.accounts.access import Refused
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.jobs.models import Job
from cpms.patients import actions as patients
from panels.cases import actions as cases
from panels.cases import queries
from panels.cases.cleaning.kinds import NotTaken
from panels.cases.models import CaseFile, FilePiece
from panels.cases.queries.files import Altered
from tests.cases.files.making import TOKEN, document, jpeg, png
from tests.clients import signed_in
from tests.factories import Story, UserFactory
from tests.patients.everything import opened

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def story():
    story = Story()
    story.open(story.expert)
    return story


def added(story, data=None, name="scan.jpg") -> CaseFile:
    file = cases.add_file(story.case, filename=name, data=data or jpeg(), by=story.lead)
    cases.clean_file(str(file.pk), by=None)
    file.refresh_from_db()
    return file


def test_a_file_is_kept_sealed_cleaned_and_shown_once_looked_through(story):
    story.seat(second := UserFactory())
    lead, expert = signed_in(story.lead), signed_in(second)
    upload = SimpleUploadedFile("Anna Meier.pdf", document(lambda pdf: pdf.docinfo.update({"/Author": TOKEN})))
    answer = lead.post(reverse("cases:files", args=[story.case.pk]), {"files": [upload]})
    (file,) = CaseFile.objects.all()
    assert (answer.status_code, file.state) == (302, "waiting")
    job = Job.objects.get(task="cases.clean_file")
    assert job.ids == {"file_id": str(file.pk)}
    assert b"%PDF" not in bytes(all_pieces())
    cases.clean_file(**job.ids, by=None)
    file.refresh_from_db()
    assert (file.state, file.pages, file.findings["removed"]) == ("ready", 1, ["notes of the program that made it"])
    seen = reverse("cases:file", args=[file.pk])
    assert expert.get(seen).status_code == 404
    lead.post(
        reverse("cases:show_files", args=[story.case.pk]), {"looked": [file.pk], f"caption-{file.pk}": "Letter of 2024"}
    )
    page = expert.get(seen).content.decode()
    assert "Letter of 2024" in page
    assert "Anna Meier" not in page
    assert "Anna Meier" in lead.get(seen).content.decode()
    picture = expert.get(reverse("cases:file_page", args=[file.pk, 1]))
    assert picture.content[:3] == b"\xff\xd8\xff"
    assert "sandbox" in picture["Content-Security-Policy"]
    download = expert.get(reverse("cases:download_file", args=[file.pk]))
    assert download.content[:5] == b"%PDF-"
    assert TOKEN.encode() not in download.content
    assert "Anna" not in download["Content-Disposition"]
    assert (
        AuditEvent.objects.filter(event=Event.FILE_READ, actor_id=second.pk, patient_id=story.patient.pk).count() == 1
    )


def all_pieces():
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data, ''::bytea) FROM cases_filepiece")
        return cursor.fetchone()[0]


def test_what_is_refused_says_why_and_leaves_nothing(story):
    client, url = signed_in(story.lead), reverse("cases:files", args=[story.case.pk])
    files = [
        SimpleUploadedFile("a\u202e.exe", b"MZ"),
        SimpleUploadedFile("b.png", jpeg()),
        SimpleUploadedFile("c.png", png()),
    ]
    answer = client.post(url, {"files": files}, headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert [problem.partition(":")[0] for problem in answer.json()["problems"]] == ["a.exe", "b.png"]
    assert CaseFile.objects.count() == 1
    assert client.post(url, headers={"accept": "application/json"}).json()["problems"][0].startswith("Nothing arrived")
    file = added(story, document()[:300], "cut.pdf")
    assert (file.state, file.reason) == ("refused", "The file is damaged or not complete, and could not be read.")
    assert not FilePiece.objects.filter(file=file).exists()
    assert "damaged or not complete" in client.get(url).content.decode()


def test_a_case_holds_only_so_much(story, monkeypatch):
    monkeypatch.setattr(cases.files, "MOST_FILES", 1)
    added(story)
    with pytest.raises(NotTaken, match="as many files"):
        added(story)


def test_words_that_could_name_a_person_are_marked_before_the_panel_sees_them(story):
    file = added(story, document(lambda pdf: words(pdf, "Patient Anna Meier, born 12.03.1987")), "letter.pdf")
    assert [kind for kind, _words in file.findings["marks"]] != []
    page = signed_in(story.lead).get(reverse("cases:files", args=[story.case.pk])).content.decode()
    assert "Could this name a person?" in page


def words(pdf, text):
    pdf.pages[0].obj.Contents = pdf.make_stream(f"BT /F1 9 Tf 20 120 Td ({text}) Tj ET".encode())


def test_nothing_is_added_or_cleaned_once_consent_is_withdrawn(story):
    file = cases.add_file(story.case, filename="scan.jpg", data=jpeg(), by=story.lead)
    shown = story.file
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    cases.clean_file(str(file.pk), by=None)
    file.refresh_from_db()
    assert file.state == "refused"
    assert "withdrawn" in file.reason
    with pytest.raises(Refused):
        cases.add_file(story.case, filename="scan.jpg", data=jpeg(), by=story.lead)
    with pytest.raises(Refused):
        cases.show_files(story.case, {}, looked_at=[], by=story.lead)
    assert CaseFile.objects.visible_to(story.expert).count() == 0
    assert CaseFile.objects.visible_to(story.lead).filter(pk=shown.pk).exists()


def test_only_the_treating_side_takes_a_file_out(story):
    with pytest.raises(Refused):
        cases.remove_file(story.file, by=UserFactory())
    answer = signed_in(story.lead).post(reverse("cases:remove_file", args=[story.file.pk]))
    assert answer.url == reverse("cases:files", args=[story.case.pk])
    assert not FilePiece.objects.exists()


def test_erasure_darkens_every_piece_and_then_takes_it_away(story):
    file = story.file
    patients.erase(story.patient, by=story.lead)
    dark = CaseFile.objects.get(pk=file.pk)
    assert (dark.filename, dark.caption) == ("Erased", "Erased")
    assert {piece.data for piece in FilePiece.objects.all()} == {b""}
    with pytest.raises(Altered):
        queries.content_of(dark)
    cases.clean_file(str(file.pk), by=None)
    cases.forget_rows(str(story.patient.pk), by=None)
    assert not FilePiece.objects.exists()


def test_a_piece_that_was_moved_or_lost_is_noticed(story):
    file = added(story, png(), "scan.png")
    FilePiece.objects.filter(file=file, of="clean").delete()
    with pytest.raises(Altered):
        queries.content_of(CaseFile.objects.get(pk=file.pk))


def test_cleaning_twice_is_safe_and_the_copy_of_everything_carries_the_files(story):
    file = story.file
    cases.clean_file(str(file.pk), by=None)
    assert FilePiece.objects.filter(file=file, of="page").count() == 1
    said, files = opened(patients.export_everything(story.patient, by=story.lead))
    held, name = said["held"], f"files/001-{story.canary('filename')}.jpeg"
    assert (held["case file"][0]["file"], files) == (name, {name: queries.content_of(file)})
    assert held["case file"][0]["filename"] == f"{story.canary('filename')}.jpg"
    assert "file piece" not in held


def test_a_page_that_is_not_there_and_a_file_not_checked_yet_are_not_found(story):
    client = signed_in(story.lead)
    assert client.get(reverse("cases:file_page", args=[story.file.pk, 2])).status_code == 404
    waiting = cases.add_file(story.case, filename="scan.jpg", data=jpeg(), by=story.lead)
    assert client.get(reverse("cases:download_file", args=[waiting.pk])).status_code == 404
    assert "being checked" in client.get(reverse("cases:file", args=[waiting.pk])).content.decode()
    assert "1 file being checked" in client.get(reverse("cases:files_checked", args=[story.case.pk])).content.decode()


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_of_files_asks_the_same_however_many(story, number, django_assert_num_queries):
    for _one in range(number):
        file = CaseFile(case=story.case, key=story.case.key, kind="jpeg", state="ready", added_by=story.lead)
        file.save(force_insert=True)
    client, url = signed_in(story.lead), reverse("cases:files", args=[story.case.pk])
    client.get(url)
    with django_assert_num_queries(20):
        client.get(url)


def test_what_another_window_wrote_beside_a_file_stays_when_the_next_one_is_shown(story):
    first, second = added(story), added(story, png(), "b.png")
    client, url = signed_in(story.lead), reverse("cases:show_files", args=[story.case.pk])
    page = client.get(reverse("cases:files", args=[story.case.pk])).content.decode()
    stale = dict(re.findall(r'name="((?:caption|was)-[^"]+)"[^>]*? value="([^"]*)"', page))
    assert {name for name in stale if name.startswith("caption-")} == {f"caption-{one.pk}" for one in (first, second)}
    client.post(url, stale | {f"caption-{first.pk}": "MRI before surgery"})
    client.post(url, stale | {f"caption-{second.pk}": "MRI after surgery", "looked": [second.pk]})
    assert [one.caption for one in CaseFile.objects.order_by("added_at")] == ["MRI before surgery", "MRI after surgery"]
    client.post(url, {f"caption-{first.pk}": "", f"was-{first.pk}": "MRI before surgery"})
    assert CaseFile.objects.get(pk=first.pk).caption == ""
