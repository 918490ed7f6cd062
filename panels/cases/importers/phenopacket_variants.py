"""Genomic interpretations of a phenopacket to variants: one for each, gene-only ones included."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from panels.cases.importers.ledger import Node
from panels.cases.importers.read_case import ReadVariant

IDENTIFIER = "an identifier of the patient or sample, not kept"
COMPUTABLE = "the computable (VRS) form of a variant whose readable name was taken"
LOCAL_NAME = "a name for the variant used only inside the file"
ROLES = {
    "UNKNOWN_STATUS": "",
    "REJECTED": "rejected",
    "CANDIDATE": "candidate",
    "CONTRIBUTORY": "contributory",
    "CAUSATIVE": "causative",
}
SIGNIFICANCE = {
    "NOT_PROVIDED": "",
    "BENIGN": "benign",
    "LIKELY_BENIGN": "likely benign",
    "UNCERTAIN_SIGNIFICANCE": "uncertain significance",
    "LIKELY_PATHOGENIC": "likely pathogenic",
    "PATHOGENIC": "pathogenic",
}
OWN_SIGNIFICANCE = "significance in other words"
"""The name of the extension by which our writer says a significance that the format does not list."""
ACTIONABLE = {
    "UNKNOWN_ACTIONABILITY": "",
    "NOT_ACTIONABLE": "not actionable",
    "ACTIONABLE": "therapeutically actionable",
}
MOLECULE = {"unspecified_molecule_context": "", "genomic": "", "transcript": "transcript", "protein": "protein"}
LEVEL = re.compile(r"(?:^|:)([cgp])\.")
EXTRAS = ("alternateLabels", "xrefs", "alternateSymbols", "alternateIds")


@dataclass(slots=True)
class Names:
    """Expressions of one variant, the first of each level and the others as words."""

    by_level: dict[str, str]
    others: list[str]

    def transcript_and_change(self) -> tuple[str, str]:
        accession, colon, change = self.by_level.get("c", "").partition(":")
        return (accession, change) if colon else ("", accession)


def read_variants(root: Node) -> tuple[ReadVariant, ...]:
    """All genomic interpretations of all interpretations, in the order of the file."""
    found = []
    for interpretation in root.groups("interpretations"):
        if diagnosis := interpretation.group("diagnosis"):
            code = diagnosis.coded("disease").code
            found += [_variant(node, code) for node in diagnosis.groups("genomicInterpretations")]
    return tuple(found)


def _variant(node: Node, diagnosis_code: str) -> ReadVariant:
    if found := node.get("subjectOrBiosampleId"):
        found.set_aside(IDENTIFIER)
    role = node.choice("interpretationStatus", ROLES)
    call, gene = node.group("variantInterpretation"), node.group("gene")
    descriptor = call.group("variationDescriptor") if call else None
    significance = call.choice("acmgPathogenicityClassification", SIGNIFICANCE) if call else ""
    actionable = call.choice("therapeuticActionability", ACTIONABLE) if call else ""
    if descriptor:
        return _described(descriptor, role, significance, actionable, diagnosis_code)
    symbol, code, words = _gene(gene) if gene else ("", "", "")
    note = "; ".join(filter(None, (words, actionable)))
    return ReadVariant(symbol, code, role=role, significance=significance, diagnosis_code=diagnosis_code, note=note)


def _described(node: Node, role: str, significance: str, actionable: str, diagnosis_code: str) -> ReadVariant:
    context = node.group("geneContext")
    symbol, gene_code, gene_words = _gene(context) if context else ("", "", "")
    names, record = _names(node), node.group("vcfRecord")
    position, record_words = _record(record) if record else ("", "")
    label = node.text("label")
    transcript, change = names.transcript_and_change()
    description, extras = node.text("description"), _extras(node)
    own = f"{OWN_SIGNIFICANCE}: "
    said = "" if significance else next((one for one in extras if one.startswith(own)), "")
    notes = (
        "" if description == label else description,
        *names.others,
        gene_words,
        record_words,
        actionable,
        node.choice("moleculeContext", MOLECULE),
        *(one for one in extras if one != said),
    )
    _local_forms(node, named=bool(names.by_level or label or position))
    return ReadVariant(
        gene=symbol,
        gene_code=gene_code,
        transcript=transcript,
        hgvs_c=change,
        hgvs_g=names.by_level.get("g", ""),
        hgvs_p=names.by_level.get("p", ""),
        position=position,
        zygosity=node.words("allelicState"),
        significance=significance or said.removeprefix(own),
        role=role,
        kind=node.words("structuralType"),
        label=label,
        diagnosis_code=diagnosis_code,
        note="; ".join(note for note in notes if note),
    )


def _names(node: Node) -> Names:
    names = Names({}, [])
    for expression in node.groups("expressions"):
        syntax, value = expression.text("syntax"), expression.text("value")
        version = expression.text("version")
        match = LEVEL.search(value) if syntax.lower().startswith("hgvs") else None
        if match and match[1] not in names.by_level and not version:
            names.by_level[match[1]] = value
        elif value:
            names.others.append(" ".join(filter(None, (syntax, version, value))))
    return names


def _gene(node: Node) -> tuple[str, str, str]:
    words = "; ".join(filter(None, (node.text("description"), *_extras(node))))
    return node.text("symbol"), node.text("valueId"), words


def _extras(node: Node) -> list[str]:
    """Other names and free extensions, each as ``name: value`` so that none is lost."""
    found = [f"{_spoken(name)}: {', '.join(values)}" for name in EXTRAS if (values := node.texts(name))]
    for extension in node.groups("extensions"):
        value = extension.get("value")
        name = extension.text("name")
        if value and isinstance(value.value, str | Decimal | bool):
            value.take()
            found.append(f"{name}: {value.value}")
    return found


def _spoken(name: str) -> str:
    return {"xrefs": "also known as"}.get(name, f"other {name.removeprefix('alternate').lower()}")


def _record(node: Node) -> tuple[str, str]:
    """``hg38 chr6:32040072 G>C``, and the record's other columns in words."""
    place = f"{node.text('chrom')}:{node.whole('pos') or '?'}"
    position = f"{node.text('genomeAssembly')} {place} {node.text('ref')}>{node.text('alt')}".strip()
    others = ((name, node.text(name)) for name in ("id", "qual", "filter", "info"))
    return position, "; ".join(f"VCF {name}: {text}" for name, text in others if text)


def _local_forms(node: Node, *, named: bool) -> None:
    if found := node.get("id"):
        found.set_aside(LOCAL_NAME, show=True)
    if named and (found := node.get("variation")):
        found.set_aside(COMPUTABLE)
