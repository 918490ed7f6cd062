"""A case that begins as a copy, how full a case is, and treatments in the form."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from decimal import Decimal

import pytest
from django.urls import reverse

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.jobs.models import Job
from cpms.patients.models import Patient
from panels import actions as panels
from panels.cases import actions as cases
from panels.cases.exports.case import read_case_of
from panels.cases.importers.read_case import ReadAge
from panels.cases.importers.times import age_of
from panels.cases.models import Case, CaseFile, LabResult
from panels.cases.queries import case_parts, content_of, outline, page_of
from panels.cases.states import FileState
from panels.models import Panel
from tests.clients import signed_in
from tests.factories import GroupFactory, NetworkFactory, Story, UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def test_another_panel_of_a_patient_begins_with_the_last_case_to_be_confirmed():
    story = Story()
    first = story.panel
    client = signed_in(story.lead)
    answer = client.post(reverse("panels:again", args=[story.patient.pseudonym]))
    panel = Panel.objects.exclude(pk=first.pk).get()
    assert answer.url == reverse("panels:prepare", args=[panel.ref])
    copy = case_parts(Case.objects.get(pk=panel.case_id))
    assert copy.copied_from_id == story.case.pk
    assert copy.begun_at is not None  # so that the minutes to an open panel are known for a copy as well
    assert (copy.summary, copy.findings.all()[0].label) == (story.canary("summary"), story.canary("finding"))
    assert {part.pk for part in copy.labs.all()}.isdisjoint(part.pk for part in story.case.labs.all())
    page = client.get(answer.url).content.decode()
    assert "then confirm it." in page
    client.post(reverse("cases:confirm", args=[copy.pk]))
    assert "then confirm it." not in client.get(answer.url).content.decode()


def test_the_next_case_goes_to_the_group_of_the_last_one():
    story = Story()
    other = GroupFactory(network=story.group.network)
    story.lead.groups_of_interest.set([story.group, other])
    client = signed_in(story.lead)
    before = client.get(reverse("panels:prepare", args=[story.panel.ref])).context["form"].initial["group"]
    story.open()
    panel = panels.draft_panel(cases.start_case(story.patient, by=story.lead), network=other.network, by=story.lead)
    after = client.get(reverse("panels:prepare", args=[panel.ref])).context["form"].initial["group"]
    assert (before, after) == (story.group.pk, story.group.pk)
    assert panel.group_id is None


def test_saving_a_copy_confirms_it():
    story = Story()
    copy = cases.copy_case(story.case, by=story.lead)
    assert copy.is_copy_to_confirm
    cases.correct_case(copy, cases.Correction(summary="x"), version=copy.version, by=story.lead)
    assert not Case.objects.get(pk=copy.pk).is_copy_to_confirm


def test_only_the_treating_side_copies_and_only_under_consent():
    story = Story()
    for do in (cases.copy_case, cases.confirm_copy):
        with pytest.raises(Refused):
            do(story.case, by=UserFactory())
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    answer = signed_in(story.lead).post(reverse("panels:again", args=[story.patient.pseudonym]))
    assert answer.status_code == 403


def test_a_case_says_how_much_of_it_is_filled():
    story = Story()
    full = outline(case_parts(Case.objects.get(pk=story.case.pk)))
    assert (full.filled, full.total) == (5, 7)
    assert [name for name, _, count in full.parts if not count] == ["treatments", "files"]
    page = signed_in(story.lead).get(reverse("cases:edit", args=[story.case.pk])).content.decode()
    assert "5 of 7 parts filled" in page


def test_treatments_are_typed_and_left_alone_by_a_correction_that_does_not_name_them():
    story = Story()
    case = story.case
    row = {"label": "hydrocortisone", "kind": "medication", "note": "15 mg a day"}
    case = cases.correct_case(case, cases.Correction(treatments=[row]), version=case.version, by=story.lead)
    cases.correct_case(case, cases.Correction(), version=case.version, by=story.lead)
    (kept,) = case.treatments.all()
    assert (kept.label, kept.kind, kept.note) == ("hydrocortisone", "medication", "15 mg a day")


def test_files_come_along_once_sealed_anew_and_are_looked_through_again():
    story = Story()
    source = story.file
    copy = cases.copy_case(story.case, by=story.lead)
    assert Job.objects.filter(task="cases.copy_files").count() == 1
    assert [cases.copy_files(str(copy.pk), by=None) for _twice in range(2)] == [1, 0]
    file = CaseFile.objects.get(case=copy)
    assert (file.state, file.shown_by, file.caption) == (FileState.READY, None, story.canary("caption"))
    assert content_of(file) == content_of(source)
    assert bytes(page_of(file, 1).data) == bytes(page_of(source, 1).data)
    assert (file.pages, CaseFile.objects.visible_to(story.lead).count()) == (source.pages, 2)
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    file.delete()
    assert cases.copy_files(str(copy.pk), by=None) == 0


def test_a_case_without_files_asks_for_no_copying():
    story = Story()
    copy = cases.copy_case(story.case, by=story.lead)
    assert not Job.objects.filter(task="cases.copy_files").exists()
    assert (cases.copy_files(str(copy.pk), by=None), cases.copy_files(str(story.case.pk), by=None)) == (0, 0)


def test_every_page_of_a_case_says_what_the_consents_allow_in_which_networks():
    story = Story()
    story.open()
    bone = GroupFactory(network=NetworkFactory(code="BOND", name="ERN BOND"), number=1, name="Bone")
    panels.address(story.fresh(), network=bone.network, group=bone, by=story.lead)
    sentence = f"May be discussed in {story.group.network.name} and ERN BOND; not in registries; not about research."
    client, key = signed_in(story.lead), story.case.pk
    pages = [reverse(f"cases:{name}", args=[key]) for name in ("edit", "labs", "files", "findings", "rectify")]
    for page in (*pages, reverse("cases:file", args=[story.file.pk]), story.fresh().get_absolute_url()):
        assert sentence in client.get(page).content.decode(), page


def entered_long_ago(case, **more):
    LabResult.objects.filter(case=case).update(taken="")
    Case.objects.filter(pk=case.pk).update(made_at=clock.now() - dt.timedelta(days=1500), **more)
    return Case.objects.get(pk=case.pk)


def test_an_undated_result_of_a_copy_keeps_the_moment_it_was_entered():
    story = Story()
    before = entered_long_ago(story.case)
    copy = cases.copy_case(before, by=story.lead)
    assert [lab.taken for lab in copy.labs.all()] == [before.made_at.date().isoformat()]
    first, then = case_parts(before).results.rows[0], case_parts(copy).results.rows[0]
    assert (first.range_text, first.flag) == (then.range_text, then.flag)


@pytest.mark.parametrize(
    ("born", "kept", "years", "shown"),
    [(True, ("", None), 8, "about 8 years"), (False, ("8 years", 8), 8, "about 8 years")],
)
def test_the_age_that_a_file_gave_is_not_the_age_of_a_copy(born, kept, years, shown):
    story = Story()
    before = entered_long_ago(story.case)
    of_a_file(before, "4 years", born=before.made_at.year - 4 if born else None)
    lab = before.labs.get()
    lab.origin = json.dumps({"label": "TSH", "taken": ""})
    lab.save()
    copy = cases.copy_case(before, by=story.lead)
    assert (copy.age_at_entry, copy.years_at_entry) == kept
    assert [(one.taken, json.loads(one.origin)["taken"]) for one in copy.labs.all()] == [("4 years", "4 years")]
    assert (copy.age_text, copy.age_years) == (shown, years)
    LabResult.objects.filter(case=copy).delete()
    assert read_case_of(case_parts(copy)).age == ReadAge("P8Y", "8 years", 8, 0)


def test_a_copy_without_a_year_of_birth_ages_on():
    story = Story()
    before = entered_long_ago(story.case)
    of_a_file(before, "4 years")
    copy = entered_long_ago(cases.copy_case(before, by=story.lead))
    assert (copy.age_text, copy.age_years) == ("about 12 years (about 8 years when entered)", 12)


def of_a_file(case, age, *, born=None):
    """As if the case had come from a file that gave the age."""
    read = age_of(f"P{age.split()[0]}Y")
    case.age_at_entry, case.years_at_entry = read.text, read.years
    case.origin = json.dumps({"age": dataclasses.asdict(read)})
    case.save()
    Patient.objects.filter(pk=case.patient_id).update(birth_year=born)
    case.patient.birth_year = born


@pytest.mark.parametrize("way", ["added", "typed"])
def test_an_undated_result_added_long_after_entry_was_taken_when_it_was_entered(way):
    story = Story()
    before = entered_long_ago(story.case)
    row = {"label": "TSH", "value": Decimal("2.5"), "unit": "mU/L", "taken": ""}
    if way == "added":
        cases.add_labs(before, [row], names={}, by=story.lead)
    else:
        kept = [{"id": before.labs.get().pk}]
        cases.correct_case(before, cases.Correction(labs=[*kept, row]), version=before.version, by=story.lead)
    assert [lab.taken for lab in before.labs.order_by("position")] == ["", clock.today().isoformat()]


def test_an_undated_result_of_the_day_of_entry_counts_for_that_day():
    story = Story()
    cases.add_labs(story.case, [{"label": "TSH", "value": Decimal("2.5"), "unit": "mU/L"}], names={}, by=story.lead)
    assert story.case.labs.order_by("position").last().taken == ""
