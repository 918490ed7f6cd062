"""What is asked about a result or a variant while it is typed. Nothing is changed by asking, and nothing waits for an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cpms import clock
from cpms.forms import plain_number
from cpms.terminology import catalogue
from cpms.terminology.queries import gene_like
from panels.cases.ages import moment_of
from panels.cases.models import LabResult
from panels.cases.queries.results import Result, questioned

SIGNS = "<>=≤≥ "
HGVS = re.compile(r"\b[cgmnopr]\.\(?[\w*?=>+\-]")
"""What every name of a variant has: the kind of sequence, then where and what."""
ISCN = re.compile(r"\b(?:arr|add|del|der|dup|i|ins|inv|r|t)\(|\b4\d,[XY]+")
"""What names of chromosomal changes have (International System for Human Cytogenomic Nomenclature)."""


def asked_about(test: str, value: str, unit: str) -> str:
    """The question about a value that nobody can have in this unit; empty for one that can be, and for what is no number.
    ``test`` is a name or a code."""
    analyte = catalogue.coded(test) or catalogue.analytes().get(test) or catalogue.named(test)
    try:
        number = plain_number(value.lstrip(SIGNS))
    except ValueError:
        return ""
    if analyte is None:
        return ""
    lab = LabResult(label=analyte.name, value=number, unit=unit)
    found = questioned(Result(lab, analyte, catalogue.read_unit(analyte, unit)), analyte)
    return f"{analyte.name}: {found.question}" if found.question else ""


def asked_about_variant(gene: str, hgvs: str, known: Mapping[str, str]) -> str:
    """The question about a gene's symbol that is nearly another's, or about a name that is no HGVS; ``known`` as
    ``terminology.queries.genes`` gives it."""
    if like := gene_like(gene, known):
        return f"Is the gene “{gene}” or {like}?"
    return "" if not hgvs or HGVS.search(hgvs) or ISCN.search(hgvs) else f"Is “{hgvs}” HGVS? For example c.518T>A."


def lies_ahead(taken: str) -> bool:
    """Whether the words say a day or a month that has not begun."""
    moment = moment_of(taken)
    return moment is not None and not moment.is_age and moment.first > clock.today().toordinal()
