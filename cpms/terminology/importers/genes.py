"""Genes out of ``genes_to_phenotype.txt``: their symbols as HGNC has them, under their numbers in NCBI Gene. The file names no version of
its own; it is made with ``phenotype.hpoa`` and bears the version of that."""

from __future__ import annotations

from collections.abc import Iterable

from cpms.terminology.importers.release import ReadConcept, Release, ReleaseRefused
from cpms.terminology.states import Kind, System

LICENCE = "Human Phenotype Ontology licence"
ATTRIBUTION = (
    "Genes in which a rare disease is known: the annotations of the Human Phenotype Ontology (version {version}). "
    "https://hpo.jax.org"
)
HEAD = "ncbi_gene_id\tgene_symbol\t"


def read(lines: Iterable[str], version: str) -> Release:
    """Each gene once; ``ReleaseRefused`` for another file."""
    rows = iter(lines)
    if not next(rows, "").startswith(HEAD):
        raise ReleaseRefused("This is not genes_to_phenotype.txt: its first line names other columns.")
    symbols: dict[str, str] = {}
    for row in rows:
        number, symbol, _rest = row.split("\t", 2)
        if symbol != "-":
            symbols.setdefault(number, symbol)
    concepts = tuple(ReadConcept(f"{System.GENE}:{number}", symbol, Kind.GENE) for number, symbol in symbols.items())
    return Release(System.GENE, version, LICENCE, ATTRIBUTION.format(version=version), concepts)
