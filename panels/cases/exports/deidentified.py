"""A case without anything that was written in words: what a registry may receive.

Codes, values, units, ages in whole years and variants in HGVS are kept; names of codes come from the terminology, never from what
was typed. Free text, dates and whatever bears no code are left out, as in REDCap's de-identified level of export.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from cpms.terminology import catalogue
from cpms.terminology.queries import genes, names_of
from cpms.terminology.states import System
from panels.cases.importers.read_case import ReadAge, ReadCase, ReadDiagnosis, ReadFinding, ReadLab, ReadVariant

OLDEST = 89  # ages beyond it are said as this one: so old are few (HIPAA Privacy Rule, 45 CFR 164.514(b)(2)(i)(C))
KNOWN = "HP|ORPHA|OMIM|MONDO|DOID|GARD|EFO|MEDGEN|SNOMED|SNOMEDCT|SCTID"
CODE = re.compile(
    rf"(?i:{KNOWN}):\d{{1,10}}|\d{{1,5}}-\d"
)  # ORPHA:418, HP:0000846; a LOINC code; nobody's number in a hospital
GENE = re.compile(r"[A-Z][A-Z0-9-]{1,14}|C[0-9XY]{1,2}orf\d{1,4}")  # as HGNC spells symbols (Bruford et al. 2020)
CHANGE = re.compile(r"[cgmnpr]\.[A-Za-z0-9_.>*+\-=()\[\];?]{1,80}")


def without_words(case: ReadCase) -> ReadCase:
    """The same case, de-identified."""
    findings = [one for one in case.findings if CODE.fullmatch(one.code)]
    diagnoses = [one for one in case.diagnoses if CODE.fullmatch(one.code)]
    names = names_for([one.code for one in findings] + [one.code for one in diagnoses])
    known = genes() if case.variants else {}
    years = None if case.age is None or case.age.years is None else min(case.age.years, OLDEST)
    return ReadCase(
        sex=case.sex,
        karyotype=case.karyotype,
        age=None if years is None else ReadAge(f"P{years}Y", f"{years} years", years, 0),
        findings=tuple(ReadFinding(one.code, names.get(one.code, one.code), one.present) for one in findings),
        diagnoses=tuple(
            ReadDiagnosis(one.system, one.code, names.get(one.code, one.code), one.status) for one in diagnoses
        ),
        labs=tuple(filter(None, map(_lab, case.labs))),
        variants=tuple(filter(None, (_variant(one, known) for one in case.variants))),
    )


def names_for(codes: Iterable[str]) -> dict[str, str]:
    """What the loaded terminologies call them."""
    codes = list(codes)
    return {code: name for system in (System.HPO, System.ORPHA) for code, name in names_of(system, codes).items()}


def _lab(lab: ReadLab) -> ReadLab | None:
    """A number in a unit that is known, for an analyte with a code."""
    if lab.value is None or not CODE.fullmatch(lab.code):
        return None
    analyte = catalogue.coded(lab.code)
    known = analyte.name if analyte else lab.code
    unit = catalogue.read_unit(analyte, lab.unit)
    return (
        replace(lab, label=known, unit=unit, unit_label=unit, text="", text_code="", taken="", note="")
        if unit
        else None
    )


def _variant(variant: ReadVariant, known: Mapping[str, str]) -> ReadVariant | None:
    changes = {name: getattr(variant, name) for name in ("hgvs_c", "hgvs_g", "hgvs_p")}
    kept = {name: text for name, text in changes.items() if CHANGE.fullmatch(text)}
    return ReadVariant(gene=variant.gene, **kept) if is_gene(variant.gene, known) else None


def is_gene(symbol: str, known: Mapping[str, str]) -> bool:
    """A known gene's symbol, or one that is spelt as none but genes are: with a digit. KRAUSE is neither."""
    return symbol.upper() in known or bool(GENE.fullmatch(symbol) and re.search(r"\d", symbol))
