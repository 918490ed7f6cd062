"""Variants and diagnoses of a case to diseases and interpretations of a phenopacket."""

from __future__ import annotations

import re
from itertools import groupby

from panels.cases.exports.phenopacket_times import Tree, moment, term
from panels.cases.importers.phenopacket_variants import OWN_SIGNIFICANCE, ROLES, SIGNIFICANCE
from panels.cases.importers.read_case import ReadCase, ReadDiagnosis, ReadVariant

POSITION = re.compile(r"(?:(\S+) )?([^\s:]*):(\d+|\?) ?([^>]*)>(.*)")
ROLE_NAMES = {words: name for name, words in ROLES.items()}
SIGNIFICANCE_NAMES = {words: name for name, words in SIGNIFICANCE.items()}
PROGRESS = {
    "suspected": "IN_PROGRESS",
    "excluded": "UNSOLVED",
}  # of what is ruled out nobody says that it explains the case


def write_diseases(case: ReadCase) -> list[Tree]:
    diseases = []
    for read in case.diagnoses:
        disease: Tree = {"term": term(read.label, read.code)}
        if read.status == "excluded":
            disease["excluded"] = True
        if read.onset:
            disease["onset"] = moment(read.onset)
        diseases.append(disease)
    return diseases


def write_interpretations(case: ReadCase, subject: str) -> list[Tree]:
    """Runs of variants with the disease they explain, then what diagnoses say that only an interpretation can."""
    by_code = {read.code: read for read in case.diagnoses if read.code}
    written, told = [], set[str]()
    for code, variants in groupby(case.variants, key=lambda variant: variant.diagnosis_code):
        cause = by_code.get(code)
        calls = [write_variant(variant, subject) for variant in variants]
        written.append(_interpretation(cause, calls, first=code not in told))
        told.update([code] if code else [])  # a variant of no disease tells nothing of a diagnosis without a code
    for read in case.diagnoses:
        if read.code not in told and (read.note or read.status == "suspected"):
            written.append(_interpretation(read, [], first=True))
    return [{"id": f"interpretation-{number}", **tree} for number, tree in enumerate(written, start=1)]


def _interpretation(cause: ReadDiagnosis | None, calls: list[Tree], *, first: bool) -> Tree:
    diagnosis: Tree = {"genomicInterpretations": calls} if calls else {}
    if cause is None:
        return {"progressStatus": "IN_PROGRESS", "diagnosis": diagnosis}
    diagnosis = {"disease": term(cause.label, cause.code), **diagnosis}
    summary = {"summary": cause.note} if cause.note and first else {}
    return {"progressStatus": PROGRESS.get(cause.status, "SOLVED"), "diagnosis": diagnosis, **summary}


def write_variant(read: ReadVariant, subject: str) -> Tree:
    """A gene alone is written as a gene; everything else as a described variation."""
    call: Tree = {"subjectOrBiosampleId": subject, "interpretationStatus": ROLE_NAMES.get(read.role, "UNKNOWN_STATUS")}
    gene = {name: value for name, value in (("valueId", read.gene_code), ("symbol", read.gene)) if value}
    described = _descriptor(read)
    if not described and not read.significance:
        return {**call, "gene": {**gene, **({"description": read.note} if read.note else {})}}
    if gene:
        described["geneContext"] = gene
    if read.note and read.note != read.label:
        described["description"] = read.note
    interpretation: Tree = {"variationDescriptor": described}
    if listed := SIGNIFICANCE_NAMES.get(" ".join(read.significance.casefold().split())):
        interpretation["acmgPathogenicityClassification"] = listed
    else:
        described["extensions"] = [{"name": OWN_SIGNIFICANCE, "value": read.significance}]
    return {**call, "variantInterpretation": interpretation}


def _descriptor(read: ReadVariant) -> Tree:
    coding = f"{read.transcript}:{read.hgvs_c}" if read.transcript else read.hgvs_c
    names = (("hgvs.c", coding), ("hgvs.g", read.hgvs_g), ("hgvs.p", read.hgvs_p))
    written: Tree = {}
    if read.label:
        written["label"] = read.label
    if expressions := [{"syntax": syntax, "value": value} for syntax, value in names if value]:
        written["expressions"] = expressions
    if match := POSITION.fullmatch(read.position):
        assembly, chromosome, place, ref, alt = match.groups()
        record = (("genomeAssembly", assembly), ("chrom", chromosome), ("ref", ref), ("alt", alt))
        written["vcfRecord"] = {name: text for name, text in record if text}
        if place != "?":
            written["vcfRecord"]["pos"] = place
    if read.kind:
        written["structuralType"] = term(read.kind)
    if read.zygosity:
        written["allelicState"] = term(read.zygosity)
    return written
