"""Orphanet's nomenclature with its tree, as two tables: ``orphacodes.tsv`` and ``orpha_edges.tsv``.

The first has the columns orphacode, name, disorder_type and source, perhaps synonyms (separated by "|"); the second parent
and child. Such tables are made from the files that Orphadata publishes; they are never part of this product.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable

from cpms.terminology.importers.release import ReadConcept, Release, ReleaseRefused
from cpms.terminology.states import Kind, System

PREFIX = "Orphadata "
LICENCE = "CC BY 4.0"
ATTRIBUTION = (
    "Names and classification of rare diseases: Orphanet, an online database of rare diseases and orphan drugs, © INSERM "
    "1999, {version}. https://www.orpha.net"
)
GROUPS = frozenset({"Category", "Clinical group", "Clinical Group"})


def version_of(rows: list[dict[str, str]]) -> str:
    """The newest source that names Orphadata, as "Orphadata 2025-07"."""
    marks = sorted({row["source"] for row in rows if row.get("source", "").startswith("orphadata-")})
    if not marks:
        raise ReleaseRefused("orphacodes.tsv names no source like orphadata-2025-07.")
    return PREFIX + marks[-1].removeprefix("orphadata-")


def table(lines: Iterable[str], needed: set[str], name: str) -> list[dict[str, str]]:
    """The rows of a tab-separated table that has the needed columns."""
    reader = csv.DictReader(lines, delimiter="\t")
    if missing := needed - set(reader.fieldnames or ()):
        raise ReleaseRefused(f"{name} lacks the columns {', '.join(sorted(missing))}.")
    return list(reader)


def read(codes: Iterable[str], edges: Iterable[str]) -> Release:
    """All codes with their kinds and parents; an edge to an unknown code is left out."""
    rows = table(codes, {"orphacode", "name", "disorder_type", "source"}, "orphacodes.tsv")
    links = table(edges, {"parent", "child"}, "orpha_edges.tsv")
    known = {row["orphacode"] for row in rows}
    parents: dict[str, list[str]] = {}
    for link in links:
        if link["parent"] in known and link["child"] in known and link["parent"] != link["child"]:
            parents.setdefault(link["child"], []).append(f"ORPHA:{link['parent']}")
    version = version_of(rows)
    concepts = tuple(concept(row, parents.get(row["orphacode"], [])) for row in rows)
    return Release(System.ORPHA, version, LICENCE, ATTRIBUTION.format(version=version), concepts)


def concept(row: dict[str, str], parents: list[str]) -> ReadConcept:
    synonyms = tuple(filter(None, (text.strip() for text in (row.get("synonyms") or "").split("|"))))
    kind = Kind.GROUP if row["disorder_type"] in GROUPS else Kind.DISEASE
    code = f"ORPHA:{row['orphacode']}"
    return ReadConcept(code, row["name"].strip(), kind, synonyms=synonyms, parents=tuple(parents))
