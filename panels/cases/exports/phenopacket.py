"""A case as a GA4GH Phenopacket v2. Reading it again gives the same case: nothing a case holds is lost on the way out."""

from __future__ import annotations

import datetime as dt
import re

from panels.cases.exports.phenopacket_times import Tree, age, coded, moment, number, term
from panels.cases.exports.phenopacket_treatments import in_words, is_placed, write_treatment
from panels.cases.exports.phenopacket_variants import write_diseases, write_interpretations
from panels.cases.importers.phenopacket import KARYOTYPES, SEXES, VITAL
from panels.cases.importers.phenopacket_labs import ZERO_IS_OMITTED, beyond_words
from panels.cases.importers.read_case import ReadCase, ReadFinding, ReadLab

SCHEMA = "2.0"
DIED, CAUSE, LIVED = (
    re.compile(r"died: ([^;]+)"),
    re.compile(r"cause of death: ([^;]+)"),
    re.compile(r"lived (\d+) days"),
)
RESOURCES = {
    "HP": (
        "hp",
        "human phenotype ontology",
        "http://purl.obolibrary.org/obo/hp.owl",
        "http://purl.obolibrary.org/obo/HP_",
    ),
    "ORPHA": ("ordo", "Orphanet nomenclature", "https://www.orphadata.com", "http://www.orpha.net/ORDO/Orphanet_"),
    "OMIM": ("omim", "Online Mendelian Inheritance in Man", "https://www.omim.org", "https://www.omim.org/entry/"),
    "LOINC": ("loinc", "Logical Observation Identifiers Names and Codes", "https://loinc.org", "https://loinc.org/"),
    "UCUM": ("ucum", "Unified Code for Units of Measure", "https://ucum.org", "https://ucum.org/"),
    "HGNC": (
        "hgnc",
        "HUGO Gene Nomenclature Committee",
        "https://www.genenames.org",
        "https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/HGNC:",
    ),
}


def write(case: ReadCase, *, subject: str, made_at: dt.datetime) -> Tree:
    """The tree of the file. ``subject`` is the name of the patient in it: a pseudonym."""
    packet: Tree = {
        "id": subject,
        "subject": _subject(case, subject),
        "phenotypicFeatures": [_finding(read) for read in case.findings],
        "interpretations": write_interpretations(case, subject),
        "diseases": write_diseases(case),
        "measurements": [_lab(read) for read in case.labs],
        "medicalActions": [write_treatment(read) for read in case.treatments if is_placed(read)],
    }
    packet = {name: value for name, value in packet.items() if value}
    return {**packet, "metaData": _metadata(case, packet, made_at)}


def _subject(case: ReadCase, subject: str) -> Tree:
    sexes = {words: name for name, words in SEXES.items()}
    karyotypes = {words: name for name, words in KARYOTYPES.items() if words}
    written: Tree = {"id": subject, "sex": sexes.get(case.sex, "UNKNOWN_SEX")}
    if case.karyotype in karyotypes:
        written["karyotypicSex"] = karyotypes[case.karyotype]
    if case.age:
        written["timeAtLastEncounter"] = age(case.age)
    if vital := _vital(case):
        written["vitalStatus"] = vital
    return written


def _vital(case: ReadCase) -> Tree:
    names = {words: name for name, words in VITAL.items()}
    written: Tree = {"status": names[case.vital_status]} if case.vital_status else {}
    if match := DIED.search(case.vital_note):
        written["timeOfDeath"] = moment(match[1])
    if match := CAUSE.search(case.vital_note):
        written["causeOfDeath"] = term(match[1])
    if match := LIVED.search(case.vital_note):
        written["survivalTimeInDays"] = int(match[1])
    return written


def _finding(read: ReadFinding) -> Tree:
    written: Tree = {"type": term(read.label, read.code)}
    if not read.present:
        written["excluded"] = True
    if read.onset:
        written["onset"] = moment(read.onset, read.onset_code)
    if read.resolution:
        written["resolution"] = moment(read.resolution)
    if read.severity:
        written["severity"] = term(read.severity)
    if read.modifiers:
        written["modifiers"] = [term(one) for one in read.modifiers]
    if read.note:
        written["description"] = read.note
    return written


def _lab(read: ReadLab) -> Tree:
    """A value with "<" or ">" has no place as a number in the format, so it is written in words that our reader knows."""
    written: Tree = {"assay": coded(read.system, read.code, read.label)}
    note = read.note.removesuffix(ZERO_IS_OMITTED).rstrip("; ")
    without_number = note != read.note
    unit = coded("UCUM" if read.unit and ":" not in read.unit else "", read.unit, read.unit_label)
    if read.comparator and read.value is not None:
        written["value"] = {"ontologyClass": {"label": beyond_words(read)}}
    elif read.value is not None or without_number:
        written["value"] = {"quantity": _quantity(read, unit)}
    elif read.text:
        written["value"] = {"ontologyClass": term(read.text, read.text_code)}
    if read.taken:
        written["timeObserved"] = moment(read.taken)
    if note:
        written["description"] = note
    return written


def _quantity(read: ReadLab, unit: Tree) -> Tree:
    written: Tree = {"unit": unit} if unit else {}
    if read.value is not None:
        written["value"] = number(read.value)
    limits = {name: number(bound) for name, bound in (("low", read.low), ("high", read.high)) if bound is not None}
    if limits:
        written["referenceRange"] = {**({"unit": unit} if unit else {}), **limits}
    return written


def _metadata(case: ReadCase, packet: Tree, made_at: dt.datetime) -> Tree:
    written: Tree = {
        "created": f"{made_at:%Y-%m-%dT%H:%M:%SZ}",
        "createdBy": "CPMS",
        "phenopacketSchemaVersion": SCHEMA,
        "resources": [_resource(prefix) for prefix in RESOURCES if f"'{prefix}:" in str(packet)],
    }
    unplaced = [in_words(read) for read in case.treatments if not is_placed(read)]
    if references := [*map(_source, case.sources), *unplaced]:
        written["externalReferences"] = references
    return written


def _resource(prefix: str) -> Tree:
    key, name, url, iri = RESOURCES[prefix]
    return {"id": key, "name": name, "url": url, "version": "unknown", "namespacePrefix": prefix, "iriPrefix": iri}


def _source(line: str) -> Tree:
    first, _, rest = line.partition(" ")
    if ":" in first and rest:
        return {"id": first, "description": rest}
    return {"id": line} if ":" in line and " " not in line else {"description": line}
