"""A case as it is read: its parts in few queries, and how much of it is filled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from consent.policy import in_a_sentence
from cpms.terminology import catalogue
from cpms.terminology.catalogue import Analyte
from panels.cases.models import Case, CaseAnswers, LabAlias, name_token
from panels.cases.queries.forms import answered_forms
from panels.cases.queries.results import results_of

PARTS = ("diagnoses", "findings", "labs", "variants", "treatments", "imports", "files", "rectifications")
OUTLINE = (
    ("summary", "Summary"),
    ("diagnoses", "Diagnosis"),
    ("findings", "Findings"),
    ("labs", "Laboratory"),
    ("variants", "Genetics"),
    ("treatments", "Treatment"),
    ("files", "Files"),
)


def some_parts(case: Case, *names: str) -> Case:
    """The same case with these of its parts fetched, one query per kind. The key does not come along with each row: it is the
    case's own."""
    bare = (Prefetch(name, getattr(Case, name).rel.related_model._base_manager.all()) for name in names)
    return fetched(case, *bare)


def case_parts(case: Case) -> Case:
    """The same case with all its parts fetched, and ``results``: its laboratory rows ready to be read."""
    fetched(some_parts(case, *PARTS), Prefetch("answers", CaseAnswers._base_manager.select_related("form")))
    case.results, case.said = results_of(case), answered_forms(case)
    return case


def fetched(case: Case, *parts: Prefetch[Any]) -> Case:
    prefetch_related_objects([case], *parts)
    for one in parts:
        for part in getattr(case, one.prefetch_to).all():
            part.key, part.case = case.key, case  # one and the same key: unwrapped once
    return case


def allowed(case: Case) -> str:
    """What the patient's consents allow, in a sentence that names every network the case was put before."""
    rows = case.panels.order_by("drafted_at").values_list("network__name", "dispatches__network__name")
    names = dict.fromkeys(name for row in rows for name in row if name)
    return in_a_sentence(case.patient, *names)


@dataclass(frozen=True)
class Outline:
    """Each part of a case with how much it holds; ``filled`` of ``total`` hold something."""

    parts: tuple[tuple[str, str, int], ...]

    @property
    def filled(self) -> int:
        return sum(count > 0 for _, _, count in self.parts)

    @property
    def total(self) -> int:
        return len(self.parts)


def outline(case: Case) -> Outline:
    """``case`` with its parts fetched."""
    counts = {name: len(getattr(case, name).all()) for name, _ in OUTLINE[1:]} | {"summary": int(bool(case.summary))}
    return Outline(tuple((name, words, counts[name]) for name, words in OUTLINE))


def names_at(*, by: Any) -> Callable[[str], Analyte | None]:
    """The catalogue's names, and those that people of the person's centre matched with an analyte before."""
    known = dict(LabAlias.objects.filter(centre=by.centre_id).values_list("token", "analyte"))
    return lambda text: catalogue.named(text) or catalogue.analytes().get(known.get(name_token(text), ""))
