"""Which forms a case has, what it answered, and the ranges beside a form's laboratory tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cpms.terminology import catalogue
from panels.cases.models import Case, CaseAnswers, CaseForm, LabResult
from panels.cases.queries.ranges import ranges_of
from panels.cases.queries.results import Result, Results, entry_of, result_of
from panels.cases.queries.words import spoken
from panels.cases.questionnaire import BOOLEAN, Item, Questionnaire, of_tree

TRI_STATE = [("yes", "Yes"), ("no", "No"), ("unknown", "Not known")]


@lru_cache(maxsize=64)
def parsed(body: str) -> Questionnaire:
    """A published version never changes, so its text is read once per process."""
    return of_tree(json.loads(body))


def is_asked(item: Item, form: Questionnaire, answers: Mapping[str, Any]) -> bool:
    """Whether the question, and every group around it, is asked given the other answers."""
    return all(one.when is None or holds(one.when, answers) for one in path_to(item.link, form.items))


def holds(when: tuple[str, str], answers: Mapping[str, Any]) -> bool:
    answer = answers.get(when[0])
    return when[1] in answer if isinstance(answer, list) else answer == when[1]


def path_to(link: str, items: tuple[Item, ...]) -> list[Item]:
    for item in items:
        if item.link == link:
            return [item]
        if inner := path_to(link, item.items):
            return [item, *inner]
    return []


@dataclass(frozen=True)
class Offer:
    """A form that a case can have, and how much of it is answered. ``fits``: answered, or of the case's own group."""

    form: CaseForm
    answers: CaseAnswers | None
    fits: bool = True

    @property
    def total(self) -> int:
        return sum(not item.is_lab for item in parsed(self.form.body).questions())

    @property
    def filled(self) -> int:
        return len(self.answers.by_link) if self.answers else 0


def forms_of(case: Case) -> list[Offer]:
    """Those answered, in the version they were answered in; then the core and the group's own, then every other."""
    panel = case.panels.select_related("group__network").order_by("-drafted_at").first()
    group = panel.group if panel else None
    answered = [Offer(one.form, one) for one in case.answers.all()]
    slugs = {offer.form.slug for offer in answered}
    forms = CaseForm.objects.published().exclude(slug__in=slugs)
    others = [Offer(form, None, form.is_for(group)) for form in forms]
    return answered + sorted(others, key=lambda offer: (not offer.fits, offer.form.number or 0))


def form_of(case: Case, slug: str) -> Offer | None:
    """The version that the case answered, or else the one that is published now."""
    answered = CaseAnswers.objects.filter(case=case, form__slug=slug).select_related("form").first()
    if answered is not None:
        answered.key = case.key
        return Offer(answered.form, answered)
    form = published_form(slug)
    return Offer(form, None) if form else None


def published_form(slug: str) -> CaseForm | None:
    return CaseForm.objects.published().filter(slug=slug).first()


def answer_words(item: Item, answer: Any) -> str:
    """An answer as people say it."""
    names = dict(TRI_STATE if item.kind == BOOLEAN else item.options)
    if isinstance(answer, list):
        return ", ".join(str(names.get(one, one)) for one in answer)
    if isinstance(answer, dict):
        return f"{answer.get('value', '')} {spoken(answer.get('unit', ''))}".strip()
    return str(names.get(answer, answer))


def said(form: CaseForm, answers: Mapping[str, Any]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Group by group, the questions that were asked and answered, with the answers in words."""
    tree = parsed(form.body)
    for group in tree.items:
        rows = [
            (item.text, answer_words(item, answers[item.link]))
            for item in group.questions()
            if item.link in answers and is_asked(item, tree, answers)
        ]
        if rows:
            yield group.text, rows


def answered_forms(case: Case) -> list[tuple[CaseForm, list[Any]]]:
    """For reading: ``case`` with its answers fetched."""
    return [(one.form, list(said(one.form, one.by_link))) for one in case.answers.all()]


def analyte_of(item: Item) -> catalogue.Analyte | None:
    """Which analyte a form's laboratory test is; ``None`` for one that the catalogue does not know."""
    return catalogue.coded(item.code) or catalogue.analytes().get(item.code)


def lab_rows_of(form: CaseForm, case: Case) -> dict[str, Result]:
    """By question: the case's last result of that test, or an empty one with the range for the patient. A test that
    the catalogue does not know is found by what the form calls it."""
    birth, at_entry, own = case.birth, entry_of(case), ranges_of(case)
    had: dict[str, LabResult] = {}
    for lab in case.labs.all():
        analyte = catalogue.coded(lab.code) or catalogue.named(lab.label)
        had[analyte.key if analyte else lab.label.casefold()] = lab
    found = {}
    for item in parsed(form.body).questions():
        if item.is_lab:
            analyte = analyte_of(item)
            label, unit = (analyte.name, analyte.unit) if analyte else (item.text, "")
            empty = LabResult(case=case, key=case.key, label=label, code=item.code, unit=unit)
            lab = had.get(analyte.key if analyte else label.casefold(), empty)
            found[item.link] = result_of(lab, case.patient.sex, birth, at_entry, own=own)
    return found


def sources_of(rows: Mapping[str, Result]) -> list[catalogue.Interval]:
    return Results(list(rows.values())).intervals
