"""Is this one person's phenopacket, version 2? If not, say what it looks like."""

from __future__ import annotations

from typing import Any

from panels.cases.importers.read_case import ImportRefused
from panels.cases.importers.strict_json import shorten

CHOOSE = "Choose a phenopacket (version 2) of one patient."
PARTS = ("phenotypicFeatures", "diseases", "interpretations", "measurements", "medicalActions", "biosamples", "subject")
KNOWN = {*PARTS, "phenotypic_features", "medical_actions", "metaData", "meta_data"}


def check(tree: Any) -> None:
    """Raises ``ImportRefused`` naming the kind of file, where it is a known other kind."""
    if isinstance(tree, list):
        raise ImportRefused(f"This file holds a list of {len(tree)} entries, not one case. {CHOOSE}")
    if not isinstance(tree, dict):
        raise ImportRefused(f"This file holds a single value, not a case. {CHOOSE}")
    for kind, fits in OTHER_KINDS:
        if fits(tree):
            raise ImportRefused(f"This looks like {kind}. {CHOOSE}")
    if not KNOWN & tree.keys():
        found = ", ".join(shorten(name, 30) for name in list(tree)[:4]) or "nothing"
        raise ImportRefused(f"This is not a phenopacket: it holds {found}. {CHOOSE}")


def _is_fhir(tree: dict[str, Any]) -> bool:
    return "resourceType" in tree


def _is_family(tree: dict[str, Any]) -> bool:
    return "proband" in tree or "pedigree" in tree or "relatives" in tree


def _is_cohort(tree: dict[str, Any]) -> bool:
    return "members" in tree and "subject" not in tree


def _is_version_1(tree: dict[str, Any]) -> bool:
    metadata, subject = tree.get("metaData"), tree.get("subject")
    version = metadata.get("phenopacketSchemaVersion") if isinstance(metadata, dict) else None
    old_subject = isinstance(subject, dict) and "ageAtCollection" in subject
    old_features = any("negated" in item or "classOfOnset" in item for item in _groups(tree.get("phenotypicFeatures")))
    old_parts = any(isinstance(tree.get(name), list) for name in ("genes", "variants", "htsFiles"))
    return str(version).startswith("1") or old_subject or old_features or old_parts


def _groups(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _is_matchmaker(tree: dict[str, Any]) -> bool:
    return isinstance(tree.get("patient"), dict) and "features" in tree["patient"]


def _is_wrapped(tree: dict[str, Any]) -> bool:
    return isinstance(tree.get("phenopacket"), dict)


OTHER_KINDS = (
    ("a FHIR record, which cannot be read yet", _is_fhir),
    ("a family file with several persons", _is_family),
    ("a cohort file with several persons", _is_cohort),
    ("a phenopacket of version 1; convert it with phenopacket-tools, then try again", _is_version_1),
    ("a Matchmaker Exchange request", _is_matchmaker),
    ("a phenopacket wrapped in another file; take out the part under “phenopacket”", _is_wrapped),
)
