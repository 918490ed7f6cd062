"""Whom people say they care for weighs for and against them; what nobody asked covers is named; what a row says is said in words."""

from __future__ import annotations

import pytest

from cpms.accounts.models import User
from cpms.accounts.roles import Care
from panels import queries
from panels.cases.queries import case_parts
from panels.queries.fitting import Candidate, Facts, Suggestion, rank, reasons
from tests.clients import signed_in
from tests.factories import CentreFactory, Story, UserFactory

CODE = "ORPHA:100"


def knowing(key, **more):
    return Candidate(key, "DE", declared={CODE}, **more)


@pytest.mark.parametrize(
    ("years", "right", "wrong", "for_it", "against_it"),
    [
        (9, Care.PAEDIATRIC, Care.ADULT, "Cares for children", "Cares for adults only"),
        (40, Care.ADULT, Care.PAEDIATRIC, "Cares for adults", "Cares for children only"),
    ],
)
def test_whom_people_care_for_counts_both_ways_and_is_said(years, right, wrong, for_it, against_it):
    facts = Facts(frozenset({CODE}), years=years)
    other, either, same = knowing(1, care=wrong), knowing(2, care=Care.BOTH), knowing(3, care=right)
    assert [one.key for one, _score in rank([other, either, same], facts)] == [3, 2, 1]
    assert reasons(same, facts) == ("Declares this condition", for_it)
    assert reasons(either, facts) == ("Declares this condition",)
    assert reasons(other, facts) == ("Declares this condition", against_it)


def test_what_is_declared_goes_before_what_a_title_says():
    facts = Facts(frozenset({CODE}), years=9)
    by_title = knowing(1, title="Paediatric endocrinologist")
    grown_up = knowing(2, title="Paediatrician", care=Care.ADULT)
    assert reasons(by_title, facts)[-1] == "Cares for children"
    assert reasons(grown_up, facts)[-1] == "Cares for adults only"
    assert [one.key for one, _score in rank([grown_up, by_title], facts)] == [1, 2]


def test_of_a_patient_whose_age_nobody_knows_nothing_is_said():
    facts = Facts(frozenset({CODE}))
    assert [reasons(knowing(n, care=care), facts) for n, care in enumerate(Care)] == [("Declares this condition",)] * 3


def test_who_stands_before_a_better_fit_for_the_countries_says_so():
    abroad = Candidate(9, "PT", declared={CODE}, waiting=0, asked=1)
    first, spread, second = rank([knowing(1), knowing(2), abroad], Facts(frozenset({CODE})))
    assert [one.key for one, _score in (first, spread, second)] == [1, 9, 2]
    said = "Stands here so that more countries are asked"
    facts = Facts(frozenset({CODE}))
    assert [said in reasons(one, facts) for one, _score in (first, spread, second)] == [False, True, False]


def said_of(panel, asked):
    return list(queries.gaps(panel, asked).values())


@pytest.mark.django_db
def test_gaps_are_said_of_those_asked():
    story = Story()
    here = UserFactory(job_title="Endocrinologist", care=Care.ADULT)
    story.lead.care = Care.ADULT
    assert said_of(story.fresh(), [here, story.lead]) == [
        "No geneticist yet, and the case has a variant.",
        "Nobody who cares for children yet.",
        "Everybody is from Finland.",
    ]
    covered = UserFactory(job_title="Geneticist", care=Care.PAEDIATRIC, centre=CentreFactory(country="PT"))
    assert said_of(story.fresh(), [here, covered]) == []
    assert "Nobody who cares for children yet." not in said_of(story.fresh(), [UserFactory(care=Care.BOTH)])


@pytest.mark.django_db
def test_an_adult_needs_somebody_for_adults():
    story = Story()
    story.patient.birth_year = 1970
    story.patient.save(update_fields=["birth_year"])
    asked = [UserFactory(job_title="Geneticist", care=Care.PAEDIATRIC)]
    assert said_of(story.fresh(), asked) == ["Nobody who cares for adults yet."]
    assert said_of(story.fresh(), [*asked, UserFactory(care=Care.ADULT)])[:1] == ["Everybody is from Finland."]


@pytest.mark.django_db
def test_a_case_with_images_needs_a_radiologist():
    story = Story()
    asked = [UserFactory(job_title="Geneticist")]
    assert said_of(story.fresh(), asked) == []
    assert story.file.kind == "jpeg"
    panel = story.fresh()
    case_parts(panel.case)
    assert said_of(panel, asked) == ["No radiologist yet, and the case has images."]
    assert said_of(panel, [*asked, UserFactory(job_title="Radiologe")]) == ["Everybody is from Finland."]


@pytest.mark.django_db
def test_the_gaps_stand_beside_the_choice_while_a_panel_is_prepared():
    story = Story()
    address, said = f"/panels/{story.panel.ref}/prepare/", "No geneticist yet, and the case has a variant."
    client = signed_in(story.lead)
    assert said in client.get(address).content.decode()
    geneticist = UserFactory(job_title="Geneticist")
    body = client.post(address, {"experts": [geneticist.pk], "question": ""}).content.decode()
    assert said not in body


@pytest.mark.parametrize(
    ("title", "care", "covers"),
    [
        ("Clinical geneticist", Care.BOTH, "genetics adults children"),
        ("Endocrinologist", Care.ADULT, "adults"),
        ("Kinderradiologin, Pädiaterin", Care.PAEDIATRIC, "paediatrics radiology children"),
    ],
)
def test_a_row_says_which_gaps_a_tick_would_fill(title, care, covers):
    assert Suggestion(User(job_title=title, care=care), 1.0, (), Candidate(1)).covers == covers


@pytest.mark.parametrize(
    ("waiting", "days", "waits", "answers"),
    [
        (0, None, "nothing waits for them", "not asked yet"),
        (1, 0.2, "1 panel waits for them", "usually answers in 1 day"),
        (3, 2.4, "3 panels wait for them", "usually answers in 2 days"),
        (4, 7.0, "4 panels wait for them, a lot", "usually answers in 7 days"),
    ],
)
def test_a_row_says_what_waits_for_the_person_and_how_soon_they_answer(waiting, days, waits, answers):
    row = Suggestion(
        None, 1.0, ("Declares this condition", "Speaks Finnish as you do"), Candidate(1, waiting=waiting, days=days)
    )
    assert (row.waits, row.answers) == (waits, answers)
    assert row.why == "Declares this condition. Speaks Finnish as you do."
