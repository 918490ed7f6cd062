"""ORPHA names out of ``phenotype.hpoa``. OMIM and DECIPHER rows are never kept: their licences do not allow it."""

from __future__ import annotations

from collections.abc import Iterable

from cpms.terminology.importers.release import ReadConcept, Release, ReleaseRefused
from cpms.terminology.states import Kind, System

LICENCE = "CC BY 4.0 (Orphanet), by way of the HPO annotations"
ATTRIBUTION = (
    "Names of rare diseases: Orphanet, an online database of rare diseases and orphan drugs, © INSERM 1999, "
    "as given in the annotations of the Human Phenotype Ontology (version {version}). https://www.orpha.net"
)
MARK = "#version: "


def version_of(lines: Iterable[str]) -> str:
    """The release's date from the header; ``ReleaseRefused`` when there is none."""
    for line in lines:
        if line.startswith(MARK):
            return line.removeprefix(MARK).strip()
        if not line.startswith("#"):
            break
    raise ReleaseRefused("This is not phenotype.hpoa: its header names no version.")


def read(lines: Iterable[str]) -> Release:
    """Each ORPHA code once, with the first name the file gives it."""
    rows = iter(lines)
    version = version_of(rows)
    names: dict[str, str] = {}
    for line in rows:
        if line.startswith("ORPHA:"):
            code, name, _ = line.split("\t", 2)
            names.setdefault(code, name.strip())
    if not names:
        raise ReleaseRefused("phenotype.hpoa holds no ORPHA rows.")
    concepts = tuple(ReadConcept(code, name, Kind.DISEASE) for code, name in names.items())
    return Release(System.ORPHA, version, LICENCE, ATTRIBUTION.format(version=version), concepts)
