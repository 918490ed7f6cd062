"""Treatments of a case to medical actions of a phenopacket; what was said in words stays in words."""

from __future__ import annotations

import re
from decimal import Decimal

from panels.cases.exports.phenopacket_times import Tree, iso_of, moment, number, term, timestamp_of
from panels.cases.importers.phenopacket_treatments import DRUG_TYPES, REGIMEN, RESPONSE, UNPLACED
from panels.cases.importers.read_case import ReadTreatment

EXTRAS = (
    ("for: ", "treatmentTarget"),
    ("intent: ", "treatmentIntent"),
    ("adverse events: ", "adverseEvents"),
    ("stopped because: ", "treatmentTerminationReason"),
)
DRUG_WORDS = {words: name for name, words in DRUG_TYPES.items() if words}
REGIMEN_WORDS = {words: name for name, words in REGIMEN.items() if words}
CUMULATIVE = re.compile(r"cumulative dose (-?\d+(?:\.\d+)?) (\S.*)")
GRAY, FRACTIONS = re.compile(r"(\d+) Gy"), re.compile(r"(\d+) fractions")


def write_treatment(read: ReadTreatment) -> Tree:
    """One medical action. Words that fit none of the format's places stand as the dose's schedule."""
    words, extras = _extras(read.detail)
    what = term(read.label, read.code)
    action = WRITERS.get(read.kind, _other)(read, what, words)
    if read.response:
        extras["responseToTreatment"] = term(read.response)
    return {**action, **extras}


def is_placed(read: ReadTreatment) -> bool:
    """Whether the format has a place for what it is: one whose kind is another, or was never said, is called none of the four."""
    return WRITERS.get(read.kind, _other) is not _other or not (read.label or read.code)


def in_words(read: ReadTreatment) -> Tree:
    """A treatment without such a place, as a reference in words that our reader knows."""
    said = "; ".join(filter(None, (read.label, read.detail, read.response and f"{RESPONSE}{read.response}")))
    return {**({"id": read.code} if read.code else {}), "description": f"{UNPLACED[read.kind == 'other']}{said}"}


def _extras(detail: str) -> tuple[list[str], Tree]:
    words, extras = [], {}
    for part in filter(None, detail.split("; ")):
        name, place = next(((name, place) for name, place in EXTRAS if part.startswith(name)), ("", ""))
        if place:
            said = part.removeprefix(name)
            extras[place] = [term(one) for one in said.split(", ")] if place == "adverseEvents" else term(said)
        else:
            words.append(part)
    return words, extras


def _medication(read: ReadTreatment, what: Tree, words: list[str]) -> Tree:
    written: Tree = {"agent": what} if what else {}
    doses = []
    for part in words:
        if part.startswith("route: "):
            written["routeOfAdministration"] = term(part.removeprefix("route: "))
        elif part in DRUG_WORDS:
            written["drugType"] = DRUG_WORDS[part]
        elif match := CUMULATIVE.fullmatch(part):
            written["cumulativeDose"] = {"unit": {"label": match[2]}, "value": number(Decimal(match[1]))}
        else:
            doses.append({"scheduleFrequency": {"label": part}})
    span = _span(read)
    if span and len(doses) <= 1:
        doses = [_without_span(doses[0] if doses else {}, read, span)]
    return {"treatment": {**written, **({"doseIntervals": doses} if doses else {})}}


def _span(read: ReadTreatment) -> Tree:
    ends = {"start": timestamp_of(read.started), "end": timestamp_of(read.ended)}
    return {name: value for name, value in ends.items() if value}


def _without_span(dose: Tree, read: ReadTreatment, span: Tree) -> Tree:
    """The reader says the span behind the dose; it is not said twice."""
    said = f"{read.started} to {read.ended}" if read.ended else read.started
    words = dose.get("scheduleFrequency", {}).get("label", "").removesuffix(said).strip()
    return {**({"scheduleFrequency": {"label": words}} if words else {}), "interval": span}


def _procedure(read: ReadTreatment, what: Tree, words: list[str]) -> Tree:
    written: Tree = {"code": what}
    site, when = _site_and_time("; ".join(words))
    if site:
        written["bodySite"] = term(site)
    if when:
        written["performed"] = moment(when)
    return {"procedure": written}


def _site_and_time(text: str) -> tuple[str, str]:
    if not text.startswith("site: "):
        return "", text
    site, parted, when = text.removeprefix("site: ").rpartition(", ")
    start = when.partition(" to ")[0]
    if parted and (iso_of(start) or timestamp_of(start)):
        return site, when
    return text.removeprefix("site: "), ""


def _radiotherapy(read: ReadTreatment, what: Tree, words: list[str]) -> Tree:
    written: Tree = {"modality": what}
    parts = ", ".join(words).split(", ")
    if parts and (match := FRACTIONS.fullmatch(parts[-1])):
        written["fractions"] = int(match[1])
        parts.pop()
    if parts and (match := GRAY.fullmatch(parts[-1])):
        written["dosage"] = int(match[1])
        parts.pop()
    if site := ", ".join(parts).removeprefix("site: "):
        written["bodySite"] = term(site)
    return {"radiationTherapy": written}


def _regimen(read: ReadTreatment, what: Tree, words: list[str]) -> Tree:
    written: Tree = {}
    if words and words[-1] in REGIMEN_WORDS:
        written["regimenStatus"] = REGIMEN_WORDS[words.pop()]
    if what:
        written["ontologyClass"] = what
    elif words:
        written["externalReference"] = {"description": "; ".join(words)}
    for name, text in (("startTime", read.started), ("endTime", read.ended)):
        if text:
            written[name] = moment(text)
    return {"therapeuticRegimen": written}


def _other(read: ReadTreatment, what: Tree, words: list[str]) -> Tree:
    return {}


WRITERS = {
    "medication": _medication,
    "procedure": _procedure,
    "radiotherapy": _radiotherapy,
    "regimen": _regimen,
    "other": _other,
}
