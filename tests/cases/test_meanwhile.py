"""Two windows on one case, or one window and a draft: nothing that came in between is lost."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.urls import reverse

from cpms import clock
from cpms.drafts import actions as drafts
from panels.cases import actions as cases
from panels.cases.forms import ROWS, CaseForms
from panels.cases.models import Case, LabResult, plain
from panels.cases.queries import case_parts, room_in
from tests.clients import signed_in
from tests.factories import Story, case_form
from tests.panels.test_races import race

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def story():
    return Story()


def page_of(case, **typed):
    """The fields of the open page as a browser would send them."""
    forms = CaseForms(case_parts(case), typed=typed)
    fields = {"version": forms.summary["version"].value(), "summary": forms.summary["summary"].value() or ""}
    for name, rows in forms.sets.items():
        fields |= {f"{name}-TOTAL_FORMS": rows.total_form_count(), f"{name}-INITIAL_FORMS": rows.initial_form_count()}
        for row in rows:
            fields |= {row.add_prefix(field): value_of(row[field]) for field in ROWS[name].base_fields}
    return fields


def value_of(field):
    value = field.value()
    return "" if value is None else str(value)


def paste(story, label="Cortisol"):
    row = {"label": label, "value": 412, "unit": "nmol/L"}
    cases.add_labs(story.case, [row], names={}, by=story.lead)


def names_of(case):
    return [lab.label for lab in LabResult.objects.filter(case=case).order_by("position")]


def test_results_that_came_while_the_page_was_open_stay(story):
    page, before = page_of(story.case), names_of(story.case)
    paste(story)
    answer = signed_in(story.lead).post(reverse("cases:edit", args=[story.case.pk]), page)
    assert answer.status_code == 302, [one.errors for one in answer.context["forms"].sets.values()]
    assert names_of(story.case) == [*before, "Cortisol"]


def test_a_saved_result_of_a_day_to_come_holds_up_nothing_else_and_a_new_one_is_asked_about(story):
    ahead = (clock.today() + dt.timedelta(days=3)).isoformat()
    line = story.case.labs.get()
    line.taken = ahead
    line.save()
    client, url, page = signed_in(story.lead), reverse("cases:edit", args=[story.case.pk]), page_of(story.case)
    assert page["labs-0-taken"] == ahead
    assert client.post(url, page | {"summary": "Another day."}).status_code == 302
    new = page_of(type(story.case).objects.get(pk=story.case.pk)) | {"labs-1-label": "Sodium", "labs-1-value": "131"}
    answer = client.post(url, new | {"labs-1-taken": ahead})
    assert answer.status_code == 422
    assert "This day lies ahead." in answer.content.decode()
    assert client.post(url, new | {"labs-0-taken": f"{clock.today() + dt.timedelta(days=4)}"}).status_code == 422


def test_a_line_goes_only_when_it_is_taken_out(story):
    page, before = page_of(story.case), names_of(story.case)
    paste(story)
    signed_in(story.lead).post(reverse("cases:edit", args=[story.case.pk]), page | {"labs-0-DELETE": "on"})
    assert names_of(story.case) == [*before[1:], "Cortisol"]


def test_a_draft_comes_back_beside_what_was_added_since(story):
    before = names_of(story.case)
    page = page_of(story.case) | {"labs-0-label": "Renin"}
    drafts.save_draft(form=f"case:{story.case.pk}", label="", path="/", fields=page, by=story.lead)
    paste(story)
    path = reverse("cases:edit", args=[story.case.pk])
    shown = signed_in(story.lead).get(path).context["forms"].sets["labs"]
    assert [row["label"].value() for row in shown][:-1] == ["Renin", *before[1:], "Cortisol"]


def test_a_draft_over_an_older_version_meets_what_was_saved_since(story):
    before = names_of(story.case)
    page = page_of(story.case) | {"labs-0-label": "Renin", "summary": "mine"}
    drafts.save_draft(form=f"case:{story.case.pk}", label="", path="/", fields=page, by=story.lead)
    theirs = page_of(story.case) | {"labs-0-label": "Aldosterone", "summary": "theirs"}
    client, path = signed_in(story.lead), reverse("cases:edit", args=[story.case.pk])
    assert signed_in(story.expert).get(path).status_code in {403, 404}
    forms = CaseForms(case_parts(story.case), theirs, typed={})
    assert forms.is_valid()
    lines = {name: forms.rows(name) for name in ROWS}
    correction = cases.Correction(summary="theirs", gone=forms.gone(), **lines)
    cases.correct_case(story.case, correction, version=story.case.version, by=story.lead)
    again = client.get(path).context["forms"]
    sent = page_of(story.case, **page)
    assert (again.summary["version"].value(), sent["summary"]) == (page["version"], "mine")
    clash = client.post(path, sent)
    words = clash.content.decode()
    assert clash.status_code == 409
    assert all(word in words for word in ("mine", "theirs", "Renin", "Aldosterone"))
    assert names_of(story.case) == ["Aldosterone", *before[1:]]


def test_of_a_clash_each_line_is_mine_or_theirs(story):
    paste(story)
    mine = page_of(story.case) | {"labs-1-value": "500"}
    theirs = page_of(story.case) | {"labs-0-value": "9.9", "labs-1-value": "7"}
    first, second = (str(lab.pk) for lab in LabResult.objects.filter(case=story.case).order_by("position"))
    client, path = signed_in(story.lead), reverse("cases:edit", args=[story.case.pk])
    assert client.post(path, theirs).status_code == 302
    clash = client.post(path, mine)
    fields = clash.context["clash"].fields
    assert [(field.name, field.choice) for field in fields] == [
        (f"line-{first}", ("mine", "theirs")),
        (f"line-{second}", ("mine", "theirs")),
    ]
    assert "Save what I chose" in clash.content.decode()
    sent = mine | {"version": clash.context["version"], f"line-{first}": "theirs", f"line-{second}": "mine"}
    assert client.post(path, sent).status_code == 302
    kept = LabResult.objects.filter(case=story.case).order_by("position")
    assert [(str(lab.pk), plain(lab.value)) for lab in kept] == [(first, "9.9"), (second, "500")]


def test_a_line_that_i_took_out_stays_when_i_keep_what_somebody_else_made_of_it(story):
    mine, before = page_of(story.case) | {"labs-0-DELETE": "on"}, names_of(story.case)
    client, path = signed_in(story.lead), reverse("cases:edit", args=[story.case.pk])
    assert client.post(path, page_of(story.case) | {"labs-0-value": "9.9"}).status_code == 302
    clash = client.post(path, mine)
    (field,) = clash.context["clash"].fields
    again = mine | {"version": clash.context["version"]}
    assert client.post(path, again | {field.name: "theirs"}).status_code == 302
    assert names_of(story.case) == before
    version = type(story.case).objects.get(pk=story.case.pk).version
    assert client.post(path, again | {"version": version, field.name: "mine"}).status_code == 302
    assert names_of(story.case) == before[1:]


def test_answers_that_somebody_else_saved_meanwhile_are_shown_beside_mine(story):
    form = case_form("adrenal")
    path = reverse("cases:form", args=[story.case.pk, form.slug])
    client = signed_in(story.lead)
    asked = next(item for item in client.get(path).context["form"].questionnaire.questions() if not item.is_lab)
    first, second = (value for value, _ in list(client.get(path).context["form"].fields[asked.link].choices)[1:3])
    assert client.post(path, {"version": 0, asked.link: first}).status_code == 302
    clash = client.post(path, {"version": 0, asked.link: second})
    assert clash.status_code == 409
    assert [(one.label, bool(one.mine), bool(one.theirs)) for one in clash.context["clash"].fields] == [
        (asked.text, True, True)
    ]
    kept = {"version": clash.context["version"], asked.link: second, f"line-{asked.link}": "theirs"}
    assert client.post(path, kept).status_code == 302
    assert client.get(path).context["form"][asked.link].value() == [first]


def test_a_file_that_is_taken_into_a_case_leaves_what_was_saved_meanwhile(story):
    loaded = Case.objects.get(pk=story.case.pk)
    written = cases.Correction(summary="Vomits since two days.")
    saved = cases.correct_case(story.case, written, version=story.case.version, by=story.lead)
    packet = {"subject": {"id": "s1", "timeAtLastEncounter": {"age": {"iso8601duration": "P5Y"}}}}
    cases.import_phenopacket(loaded, json.dumps(packet).encode(), filename="x.json", by=story.lead)
    held = Case.objects.get(pk=story.case.pk)
    assert (held.summary, held.version, held.age_at_entry) == ("Vomits since two days.", saved.version, "5 years")


@pytest.mark.django_db(transaction=True)
def test_a_finding_that_two_windows_add_at_one_moment_stands_once(story):
    before = story.case.findings.count()
    rows = [{"label": f"Finding {number}", "code": f"HP:99{number:05}", "present": True} for number in range(300)]
    race(lambda: cases.add_findings(Case.objects.get(pk=story.case.pk), rows, by=story.lead))
    assert story.case.findings.count() == before + len(rows)


@pytest.mark.django_db(transaction=True)
def test_results_that_two_windows_add_at_one_moment_never_overfill_a_case(story):
    room = room_in(Case.objects.get(pk=story.case.pk))
    rows = [{"label": f"Test {number}", "value": 1} for number in range(room * 2 // 3)]
    race(lambda: cases.add_labs(Case.objects.get(pk=story.case.pk), rows, names={}, by=story.lead))
    assert room_in(story.case) == room - len(rows)
