"""Medical actions of a phenopacket to treatments: what was done, how much, when, and what came of it."""

from __future__ import annotations

from datetime import date

from panels.cases.importers.ledger import Node
from panels.cases.importers.phenopacket_labs import amount_words, procedure_words
from panels.cases.importers.read_case import Coded, ReadTreatment
from panels.cases.importers.times import When, when

DRUG_TYPES = {
    "UNKNOWN_DRUG_TYPE": "",
    "PRESCRIPTION": "prescribed",
    "EHR_MEDICATION_LIST": "on the medication list",
    "ADMINISTRATION_RELATED_TO_PROCEDURE": "given for a procedure",
}
REGIMEN = {"UNKNOWN_STATUS": "", "STARTED": "started", "COMPLETED": "completed", "DISCONTINUED": "discontinued"}
UNPLACED = ("Treatment, kind not said: ", "Treatment of another kind: ")
RESPONSE = "response: "
Read = tuple[str, Coded, str, When]


def read_treatment(node: Node, born: date | None) -> ReadTreatment:
    """One medical action. What none of the four kinds covers stays untaken and is listed as such."""
    kind, what, detail, started = _what(node, born)
    extras = (
        ("for", node.words("treatmentTarget")),
        ("intent", node.words("treatmentIntent")),
        ("adverse events", ", ".join(node.all_words("adverseEvents"))),
        ("stopped because", node.words("treatmentTerminationReason")),
    )
    words = (detail, *(f"{name}: {text}" for name, text in extras if text))
    begun, _, ended = started.text.partition(" to ")
    return ReadTreatment(
        kind=kind,
        code=what.code,
        label=what.label,
        detail="; ".join(word for word in words if word),
        started=begun,
        ended=ended,
        response=node.words("responseToTreatment"),
    )


def is_treatment(reference: Node) -> bool:
    """Whether a reference of the metadata is a treatment that our own writer had no place for."""
    return reference.text("description").startswith(UNPLACED)


def read_unplaced(reference: Node) -> ReadTreatment:
    said = reference.text("description")
    kind = "other" if said.startswith(UNPLACED[1]) else ""
    label, _, rest = said.removeprefix(UNPLACED[kind == "other"]).partition("; ")
    detail, _, response = f"; {rest}".rpartition(f"; {RESPONSE}") if f"; {RESPONSE}" in f"; {rest}" else (rest, "", "")
    return ReadTreatment(kind, reference.text("id"), label, detail.removeprefix("; "), response=response)


def _what(node: Node, born: date | None) -> Read:
    for name, reader in READERS.items():
        if found := node.group(name):
            return reader(found, born)
    return "other", Coded(), "", When()


def _procedure(node: Node, born: date | None) -> Read:
    what, words = procedure_words(node, born)
    return "procedure", what, words.removeprefix(str(what)).strip(", "), When()


def _medication(node: Node, born: date | None) -> Read:
    doses, spans = [], []
    for interval in node.groups("doseIntervals"):
        quantity, often = interval.group("quantity"), interval.words("scheduleFrequency")
        span = _span(interval.group("interval"), born)
        spans.append(span)
        doses.append(" ".join(filter(None, (amount_words(quantity) if quantity else "", often, span.text))))
    total = node.group("cumulativeDose")
    words = (
        "; ".join(doses),
        f"route: {route}" if (route := node.words("routeOfAdministration")) else "",
        f"cumulative dose {amount_words(total)}" if total else "",
        node.choice("drugType", DRUG_TYPES),
    )
    only = spans[0] if len(spans) == 1 else When()
    return "medication", node.coded("agent"), "; ".join(word for word in words if word), only


def _span(node: Node | None, born: date | None) -> When:
    if node is None:
        return When()
    return when(Node({"interval": node.value}, node.path[:-1], node.ledger), born)


def _radiotherapy(node: Node, born: date | None) -> Read:
    site, dose, parts = node.words("bodySite"), node.whole("dosage"), node.whole("fractions")
    words = (f"site: {site}" if site else "", f"{dose} Gy" if dose else "", f"{parts} fractions" if parts else "")
    return "radiotherapy", node.coded("modality"), ", ".join(word for word in words if word), When()


def _regimen(node: Node, born: date | None) -> Read:
    reference, what = node.group("externalReference"), node.coded("ontologyClass")
    named = [reference.text(name) for name in ("id", "reference", "description")] if reference else []
    start, end = (when(node.group(name), born).text for name in ("startTime", "endTime"))
    words = (*named, node.text("identifier"), node.choice("regimenStatus", REGIMEN))
    span = When(f"{start} to {end}" if end else start)
    return "regimen", what, "; ".join(word for word in words if word), span


READERS = {
    "procedure": _procedure,
    "treatment": _medication,
    "radiationTherapy": _radiotherapy,
    "therapeuticRegimen": _regimen,
}
