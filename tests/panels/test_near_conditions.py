"""Who declares what a case means is asked, whoever coded the case; who declares something near it stands behind, with the reason."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpms.accounts.models import Expertise
from cpms.terminology import actions as terminology
from cpms.terminology.importers.release import ReadConcept, Release
from cpms.terminology.queries import conditions_called
from cpms.terminology.states import Kind, System
from panels import queries
from panels.cases import actions as cases
from panels.cases.queries import case_parts
from tests.factories import Story, UserFactory
from tests.factories.story import every_line

pytestmark = pytest.mark.django_db
CAH, CLASSIC, SALT, ADRENAL, OTHER = "ORPHA:418", "ORPHA:90794", "ORPHA:315306", "ORPHA:101954", "ORPHA:79443"
CONCEPTS = (
    ReadConcept(ADRENAL, "Rare adrenal disease", Kind.GROUP),
    ReadConcept(CAH, "Congenital adrenal hyperplasia", Kind.DISEASE, synonyms=("CAH",), parents=(ADRENAL,)),
    ReadConcept(
        CLASSIC,
        "Classic congenital adrenal hyperplasia due to 21-hydroxylase deficiency",
        Kind.DISEASE,
        synonyms=("Congenital adrenal hyperplasia due to 21-hydroxylase deficiency",),
        parents=(CAH,),
    ),
    ReadConcept(
        SALT,
        "Classic congenital adrenal hyperplasia due to 21-hydroxylase deficiency, salt wasting form",
        Kind.DISEASE,
        parents=(CLASSIC,),
    ),
    ReadConcept(OTHER, "Pseudohypoparathyroidism type 1A", Kind.DISEASE),
)
OMIM = {
    "code": "OMIM:201910",
    "label": "ADRENAL HYPERPLASIA, CONGENITAL, DUE TO 21-HYDROXYLASE DEFICIENCY; CAH1",
    "status": "confirmed",
}


@pytest.fixture(autouse=True)
def orphanet():
    terminology.load(Release(System.ORPHA, "Orphadata 2025-07", "CC BY 4.0", "Orphanet", CONCEPTS), by=None)


def declaring(code, **fields):
    user = UserFactory(**fields)
    Expertise.objects.create(user=user, system=System.ORPHA, code=code, name=code)
    return user


def case_of(tag, *diagnoses):
    """A story whose case has these diagnoses only, with no finding and no gene that could help."""
    story = Story(tag)
    case = story.panel.case
    correction = cases.Correction(diagnoses=list(diagnoses), gone=every_line(case))
    cases.correct_case(case, correction, version=case.version, by=story.lead)
    return story


def suggested(story):
    panel = story.fresh()
    case_parts(panel.case)
    return queries.suggestions(panel, by=story.lead)


def test_a_case_coded_in_omim_reaches_those_who_declare_in_orphanet_and_what_is_near_it():
    wider, exact, form, nothing = declaring(CAH), declaring(CLASSIC), declaring(SALT), UserFactory()
    for n in range(8):
        declaring(OTHER, job_title=f"Other {n}")
    found = suggested(case_of("omim", OMIM))
    assert [row.person for row in found[:3]] == [exact, form, wider]
    assert [row.reasons[0] for row in found[:3]] == [
        "Declares this condition",
        "Declares a form of this condition",
        "Declares a wider group of it",
    ]
    assert next(row for row in found if row.person == nothing).reasons == ()


@pytest.mark.parametrize(
    ("diagnosis", "first"),
    [
        ({"code": CAH, "label": "CAH"}, "Declares a form of this condition"),
        ({"code": SALT, "label": "Salt wasting"}, "Declares a wider group of it"),
        ({"code": "", "label": "congenital adrenal hyperplasia"}, "Declares a form of this condition"),
        ({"code": "", "label": "classic 21-hydroxylase deficiency"}, "Declares a form of this condition"),
        ({"code": "MONDO:1", "label": "clasic congenitl adrenal hyperplasia due to 21-hydroxilase deficiency"}, "Declares a condition of a similar name"),
        ({"code": CAH, "label": "CAH", "status": "excluded"}, ""),
    ],
)  # fmt: skip
def test_who_declares_something_near_is_found_with_the_reason(diagnosis, first):
    near = declaring(CLASSIC)
    row = next(row for row in suggested(case_of("near", {"status": "confirmed"} | diagnosis)) if row.person == near)
    assert (*row.reasons, "")[0] == first


def test_whoever_coded_it_the_one_who_knows_stands_among_the_first_five_of_the_rows():
    """Of three who know each condition, declared as the condition, a form and a wider group, every one is among the first five."""
    crowd = [declaring(OTHER) for _n in range(12)]
    knowing = [declaring(code) for code in (CAH, CLASSIC, SALT)]
    coded = [OMIM, *({"code": code, "label": "As coded", "status": "confirmed"} for code in (CAH, CLASSIC, SALT))]
    hits = [
        person in {row.person for row in suggested(case_of(f"rows{n}", diagnosis))[:5]}
        for n, diagnosis in enumerate(coded)
        for person in knowing
    ]
    assert crowd
    assert sum(hits) / len(hits) >= 0.8


def test_names_of_conditions_stand_for_the_same_words_in_any_order_for_longer_names_and_else_for_the_most_like():
    called = conditions_called(
        ["Hyperplasia, adrenal congenital; X1", "hydroxylase deficiency", "pseudohypoparathyroidsm tipe 1a"]
    )
    assert called.same == {CAH}
    assert called.longer == {CLASSIC, SALT}
    assert called.like == {OTHER}
    nothing = conditions_called(["", "ab", "zzzz qqqq"])
    assert (nothing.same, nothing.longer, nothing.like) == (set(), set(), set())


def test_it_costs_the_same_for_one_diagnosis_and_one_person_as_for_many():
    def cost(story):
        panel = story.fresh()
        case_parts(panel.case)
        for one in panel.case.diagnoses.all():
            assert one.label
        queries.suggestions(panel, by=story.lead)
        with CaptureQueriesContext(connection) as caught:
            queries.suggestions(panel, by=story.lead)
        return len(caught)

    declaring(CAH)
    few = cost(case_of("one", OMIM, {"code": "", "label": "pseudohypoparathyroidsm tipe 1a", "status": "suspected"}))
    for code in (CAH, CLASSIC, SALT, ADRENAL) * 5:
        declaring(code)
    names = ("Congenital adrenal hyperplasia", "rare adrenl diseaze", "clasic congenitl hyperplasia", "zzzz qqqq")
    more = [{"code": f"MONDO:{n}", "label": name, "status": "suspected"} for n, name in enumerate(names)]
    assert (few, cost(case_of("more", OMIM, *more))) == (15, 15)
