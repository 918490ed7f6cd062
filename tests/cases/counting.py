"""What a phenopacket holds, counted straight from its JSON and independently of the reader."""

from __future__ import annotations

import json


def counts(data: bytes) -> dict[str, int]:
    """Features present and absent, labs, variants, treatments, and diseases: each listed one, each other one once."""
    packet = json.loads(data)
    features = packet.get("phenotypicFeatures", [])
    calls = [
        call
        for interpretation in packet.get("interpretations", [])
        for call in interpretation.get("diagnosis", {}).get("genomicInterpretations", [])
    ]
    listed = [disease["term"]["id"] for disease in packet.get("diseases", [])]
    interpreted = {
        interpretation["diagnosis"]["disease"]["id"]
        for interpretation in packet.get("interpretations", [])
        if "disease" in interpretation.get("diagnosis", {})
    }
    absent = len([feature for feature in features if feature.get("excluded") is True])
    return {
        "present": len(features) - absent,
        "absent": absent,
        "diagnoses": len(listed) + len(interpreted - set(listed)),
        "labs": len(packet.get("measurements", [])),
        "variants": len(calls),
        "treatments": len(packet.get("medicalActions", [])),
    }


def codes(data: bytes) -> dict[str, list[str]]:
    """Codes and numbers in the file's order, for comparing one by one."""
    packet = json.loads(data, parse_float=str, parse_int=str)
    quantities = [entry.get("value", {}).get("quantity", {}) for entry in packet.get("measurements", [])]
    return {
        "findings": [entry["type"]["id"] for entry in packet.get("phenotypicFeatures", [])],
        "labs": [entry["assay"]["id"].removeprefix("LOINC:") for entry in packet.get("measurements", [])],
        "values": [entry.get("value") for entry in quantities],
        "lows": [entry.get("referenceRange", {}).get("low") for entry in quantities],
        "highs": [entry.get("referenceRange", {}).get("high") for entry in quantities],
    }


def stored(case):
    """The same counts of what the case holds."""
    return {
        "present": case.findings.filter(present=True).count(),
        "absent": case.findings.filter(present=False).count(),
        "diagnoses": case.diagnoses.count(),
        "labs": case.labs.count(),
        "variants": case.variants.count(),
        "treatments": case.treatments.count(),
    }
