"""What was read, as rows of a case that are not saved yet."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from panels.cases.models import Case, CasePart, Diagnosis, Finding, LabResult, Treatment, Variant
from panels.cases.states import RangeSource


def in_full(item: Any, *names: str) -> str:
    """What was read, as JSON: all of it, or the named fields."""
    said = asdict(item)
    return json.dumps({name: said[name] for name in names} if names else said, ensure_ascii=False, default=str)


def words(*texts: str) -> str:
    return "; ".join(text for text in texts if text)


def diagnosis(case: Case, item: Any) -> Diagnosis:
    row = Diagnosis(
        case=case,
        key=case.key,
        system=item.system,
        code=item.code[:30],
        label=(item.label or item.code)[:300],
        onset=item.onset[:120],
        status=item.status,
    )
    row.note = item.note
    return row


def finding(case: Case, item: Any) -> Finding:
    row = Finding(
        case=case,
        key=case.key,
        code=item.code[:30],
        label=(item.label or item.code)[:300],
        present=item.present,
        onset=item.onset[:120],
        qualifiers=words(item.severity, *item.modifiers)[:500],
    )
    row.note = words(item.note, f"resolved: {item.resolution}" if item.resolution else "")
    return row


def lab(case: Case, item: Any) -> LabResult:
    ranged = item.low is not None or item.high is not None
    row = LabResult(
        case=case,
        key=case.key,
        system=item.system[:10],
        code=item.code[:30],
        label=(item.label or item.code)[:300],
        comparator=item.comparator,
        value=item.value,
        text_value=item.text[:300],
        unit=item.unit[:40],
        unit_label=item.unit_label[:120],
        low=item.low,
        high=item.high,
        range_source=RangeSource.LABORATORY if ranged else RangeSource.NONE,
        taken=item.taken[:120],
    )
    row.note = words(item.note, item.text_code)
    return row


def variant(case: Case, item: Any) -> Variant:
    row = Variant(
        case=case,
        key=case.key,
        gene=item.gene[:40],
        zygosity=item.zygosity[:60],
        significance=item.significance[:80],
    )
    row.hgvs = item.name
    names = (item.label, item.hgvs_c, item.hgvs_p, item.hgvs_g, item.position)
    others = (name for name in names if name not in item.name)
    cause = f"for {item.diagnosis_code}" if item.diagnosis_code else ""
    row.note = words(*others, item.kind, item.role, cause, item.gene_code, item.note)
    return row


def treatment(case: Case, item: Any) -> Treatment:
    label = (item.label or item.code)[:300]
    row = Treatment(case=case, key=case.key, kind=item.kind[:40], code=item.code[:30], label=label)
    started = f"from {item.started}" if item.started else ""
    row.note = words(item.detail, started, f"until {item.ended}" if item.ended else "", item.response)
    return row


ROW_OF: Mapping[str, Callable[[Case, Any], CasePart]] = {
    "diagnoses": diagnosis,
    "findings": finding,
    "labs": lab,
    "variants": variant,
    "treatments": treatment,
}
"""By the name that the part has in a read case and in a case."""
