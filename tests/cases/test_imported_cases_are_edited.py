"""Whatever a file brought in, the page of the case saves again: no line that nobody touched holds up the others."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from panels.cases import actions as cases
from panels.cases.models import Case
from panels.cases.queries import words_in_full
from tests.cases.test_meanwhile import page_of
from tests.clients import signed_in
from tests.factories import Story

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
LONG = f"NM_000500.9:c.1_2ins{'ACGT' * 100}"
INTERVALS = [{"scheduleFrequency": {"label": f"dose {number} of a long course"}} for number in range(200)]


def called(**descriptor):
    call = {"interpretationStatus": "CAUSATIVE", "variantInterpretation": {"variationDescriptor": descriptor}}
    return {"interpretations": [{"progressStatus": "SOLVED", "diagnosis": {"genomicInterpretations": [call]}}]}


FILES = {
    "a variant without a gene": called(label="46,XY,t(X;8)(p22.1;q24.1)", structuralType={"label": "translocation"}),
    "a long variant": called(geneContext={"symbol": "CYP21A2"}, expressions=[{"syntax": "hgvs.c", "value": LONG}]),
    "a drug by its code": {"medicalActions": [{"treatment": {"agent": {"id": "DrugCentral:1388"}}}]},
    "an action without a name": {"medicalActions": [{"adverseEvents": [{"label": "Rash"}]}]},
    "a long code": {"diseases": [{"term": {"id": f"LOCAL:{'1' * 40}", "label": "Adrenal insufficiency"}}]},
    "a long treatment": {
        "medicalActions": [{"treatment": {"agent": {"label": "Prednisolone"}, "doseIntervals": INTERVALS}}]
    },
}


def said(case):
    parts = (case.diagnoses, case.variants, case.treatments)
    return [words_in_full(line) + line.note for part in parts for line in part.all()]


@pytest.mark.parametrize("name", FILES)
def test_a_case_saves_with_what_a_file_brought_in(name):
    story = Story()
    case = cases.start_case(story.patient, by=story.lead)
    data = json.dumps({"subject": {"id": "s1"}, **FILES[name]}).encode()
    cases.import_phenopacket(case, data, filename="x.json", by=story.lead)
    before = said(case)
    page = page_of(Case.objects.get(pk=case.pk)) | {"summary": "Another day."}
    answer = signed_in(story.lead).post(reverse("cases:edit", args=[case.pk]), page)
    assert answer.status_code == 302, [one.errors for one in answer.context["forms"].sets.values()]
    assert Case.objects.get(pk=case.pk).summary == "Another day."
    assert said(case) == before
