"""``hp.obo`` of the Human Phenotype Ontology, unaltered but for references into licensed terminologies, which are dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cpms.terminology.importers.release import ReadConcept, Release, ReleaseRefused
from cpms.terminology.states import Kind, System

LICENCE = "HPO licence, https://hpo.jax.org/app/license"
ATTRIBUTION = (
    "This service is using the Human Phenotype Ontology (version {version}). "
    "Find out more at http://www.human-phenotype-ontology.org"
)
VERSION = re.compile(r"data-version: (?:hp/releases/)?(\S+)")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
ROOTS = {
    "HP:0000118": Kind.PHENOTYPE,
    "HP:0000005": Kind.INHERITANCE,
    "HP:0031797": Kind.ONSET,
    "HP:0012823": Kind.MODIFIER,
    "HP:0040279": Kind.FREQUENCY,
}


@dataclass(slots=True)
class Term:
    """One ``[Term]`` stanza: its tags, each with its values in order."""

    tags: dict[str, list[str]] = field(default_factory=dict)

    def first(self, tag: str) -> str:
        return self.tags.get(tag, [""])[0]

    def quoted(self, tag: str) -> tuple[str, ...]:
        found = (QUOTED.match(value) for value in self.tags.get(tag, ()))
        return tuple(dict.fromkeys(match[1].replace('\\"', '"') for match in found if match))

    def codes(self, tag: str) -> tuple[str, ...]:
        return tuple(value.split(" ", 1)[0] for value in self.tags.get(tag, ()))


def version_of(lines: Iterable[str]) -> str:
    """The release's date from the header; ``ReleaseRefused`` when there is none."""
    for line in lines:
        if match := VERSION.match(line):
            return match[1]
        if line.startswith("[Term]"):
            break
    raise ReleaseRefused("This is not hp.obo: its header names no data-version.")


def read(lines: Iterable[str]) -> Release:
    """All terms, obsolete ones and former codes included (both inactive)."""
    rows = iter(lines)
    version = version_of(rows)
    terms = {term.first("id"): term for term in _terms(rows) if term.first("id").startswith("HP:")}
    kinds = _kinds(terms)
    concepts = [_concept(code, term, kinds.get(code, Kind.OTHER)) for code, term in terms.items()]
    concepts += [
        ReadConcept(former, term.first("name"), kinds.get(code, Kind.OTHER), active=False, replaced_by=code)
        for code, term in terms.items()
        for former in term.codes("alt_id")
        if former not in terms
    ]
    return Release(System.HPO, version, LICENCE, ATTRIBUTION.format(version=version), tuple(concepts))


def _terms(lines: Iterable[str]) -> Iterator[Term]:
    term: Term | None = None
    for line in lines:
        if line.startswith("["):
            if term:
                yield term
            term = Term() if line.startswith("[Term]") else None
        elif term is not None and ": " in line:
            tag, value = line.rstrip("\n").split(": ", 1)
            term.tags.setdefault(tag, []).append(value)
    if term:
        yield term


def _concept(code: str, term: Term, kind: Kind) -> ReadConcept:
    obsolete = term.first("is_obsolete") == "true"
    return ReadConcept(
        code=code,
        name=term.first("name"),
        kind=kind,
        active=not obsolete,
        replaced_by=term.first("replaced_by") if obsolete else "",
        definition=next(iter(term.quoted("def")), ""),
        synonyms=term.quoted("synonym"),
        parents=term.codes("is_a"),
    )


def _kinds(terms: dict[str, Term]) -> dict[str, Kind]:
    """What each code is about, from the branch of the tree that it hangs on."""
    children: dict[str, list[str]] = {}
    for code, term in terms.items():
        for parent in term.codes("is_a"):
            children.setdefault(parent, []).append(code)
    found: dict[str, Kind] = {}
    for root, kind in ROOTS.items():
        waiting = [root]
        while waiting:
            code = waiting.pop()
            if code not in found:
                found[code] = kind
                waiting += children.get(code, ())
    return found
