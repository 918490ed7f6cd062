"""Orphanet's nomenclature as Orphadata publishes it: ``en_product1.xml`` with names, synonyms and what became of old codes, and any
``en_product3_….xml``, each a classification of its own, for the tree.

Names are shown in English, so the English files are taken. They are published under CC BY 4.0 and never part of this product.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from cpms.terminology.importers.orphanet import ATTRIBUTION, GROUPS, LICENCE, PREFIX
from cpms.terminology.importers.release import ReadConcept, Release, ReleaseRefused
from cpms.terminology.states import Kind, System

INACTIVE, MOVED = "Inactive", "Moved to"
OF_GROUPS = GROUPS | {"Group of disorders"}


def read(names: IO[bytes], trees: Iterable[IO[bytes]]) -> Release:
    """All codes of both kinds of files, with their kinds and parents. Raises ``ReleaseRefused`` for another file."""
    try:
        version, found = nomenclature(names)
        parents = classified(trees, found)
    except ParseError as error:
        raise ReleaseRefused(f"This is no whole XML file: {error}.") from error
    named = [(code, one) for code, one in found.items() if text(one, "Name")]
    if not named:
        raise ReleaseRefused("The file holds no named disorders. Take en_product1.xml of Orphadata.")
    concepts = tuple(concept(code, one, parents.get(code, {})) for code, one in named)
    return Release(System.ORPHA, version, LICENCE, ATTRIBUTION.format(version=version), concepts)


def nomenclature(file: IO[bytes]) -> tuple[str, dict[str, Element]]:
    """The version, and each disorder by its code. What fills most of the file, references and texts, is dropped while it is read."""
    version, found = "", {}
    for event, element in ET.iterparse(file, events=("start", "end")):  # noqa: S314 the operator chose the file, and expat bounds what entities become
        if event == "start" and element.tag == "JDBOR":
            version = PREFIX + element.get("date", "")[:7]
        elif event == "end" and element.tag in {"ExternalReferenceList", "SummaryInformationList"}:
            element.clear()
        elif event == "end" and element.tag == "Disorder" and (code := text(element, "OrphaCode")):
            found[code] = element
            in_english(element)
    if version == PREFIX or not version:
        raise ReleaseRefused("The file does not say when Orphadata made it.")
    return version, found


def in_english(disorder: Element) -> None:
    name = disorder.find("Name")
    if name is not None and name.get("lang", "en") != "en":
        raise ReleaseRefused("Names are shown in English here. Take the files that begin with en_.")


def classified(trees: Iterable[IO[bytes]], found: dict[str, Element]) -> dict[str, dict[str, None]]:
    """Of each code those right above it, in order. Codes that stand in a classification alone are added to ``found``."""
    parents: dict[str, dict[str, None]] = {}
    for file in trees:
        for above, below in links(ET.parse(file).getroot(), found):  # noqa: S314 as above
            if above != below:
                parents.setdefault(below, {})[above] = None
    return parents


def links(root: Element, found: dict[str, Element]) -> Iterator[tuple[str, str]]:
    for node in root.iter("ClassificationNode"):
        disorder, above = node.find("Disorder"), text(node, "Disorder/OrphaCode")
        if disorder is not None and above:
            found.setdefault(above, disorder)
            children = node.findall("ClassificationNodeChildList/ClassificationNode")
            yield from ((above, below) for child in children if (below := text(child, "Disorder/OrphaCode")))


def concept(code: str, disorder: Element, parents: Iterable[str]) -> ReadConcept:
    inactive = INACTIVE in {flag.text for flag in disorder.findall("DisorderFlagList/DisorderFlag/Label")}
    kinds = {text(disorder, "DisorderType/Name"), text(disorder, "DisorderGroup/Name")}
    return ReadConcept(
        f"ORPHA:{code}",
        text(disorder, "Name"),
        Kind.GROUP if kinds & OF_GROUPS else Kind.DISEASE,
        active=not inactive,
        replaced_by=moved_to(disorder) if inactive else "",
        synonyms=tuple(filter(None, (text(one, ".") for one in disorder.findall("SynonymList/Synonym")))),
        parents=tuple(f"ORPHA:{parent}" for parent in parents),
    )


def moved_to(disorder: Element) -> str:
    """The code that took this one's place, if there is one."""
    for link in disorder.findall("DisorderDisorderAssociationList/DisorderDisorderAssociation"):
        code = text(link, "TargetDisorder/OrphaCode")
        if code and text(link, "DisorderDisorderAssociationType/Name") == MOVED:
            return f"ORPHA:{code}"
    return ""


def text(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()
