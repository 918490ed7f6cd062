"""A file becomes a case, and what could not be taken is written beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction

from consent.actions import hold_consent
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from panels.cases.importers import phenopacket
from panels.cases.importers.read_case import LeftOut, ReadCase
from panels.cases.models import Case, CaseImport, CasePart, Diagnosis, Finding, LabResult, Treatment, Variant
from panels.cases.policy import may_edit
from panels.cases.states import RangeSource


@transaction.atomic
def import_phenopacket(case: Case, data: bytes, *, filename: str, by: Any) -> CaseImport:
    """Read a GA4GH phenopacket v2 into the case. Raises ``ImportRefused`` with a sentence for the clinician."""
    return take_read_case(case, phenopacket.read(data), filename=filename, by=by)


@transaction.atomic
def take_read_case(case: Case, read: ReadCase, *, filename: str, by: Any) -> CaseImport:
    """Write what was read: one bulk insert per kind of part."""
    hold_consent(case.patient_id)
    if not (verdict := may_edit(by, case)):
        raise Refused(verdict.reason)
    parts: list[list[Any]] = [
        [diagnosis(case, item) for item in read.diagnoses],
        [finding(case, item) for item in read.findings],
        [lab(case, item) for item in read.labs],
        [variant(case, item) for item in read.variants],
        [treatment(case, item) for item in read.treatments],
    ]
    sources = (read.diagnoses, read.findings, read.labs, read.variants, read.treatments)
    for rows, items in zip(parts, sources, strict=True):
        save_rows(rows, items)
    if read.age is not None:
        case.age_at_entry, case.years_at_entry = read.age.text[:40], read.age.years
    case.origin = in_full(read, "age", "birth_year", "vital_status", "vital_note", "sources")
    case.save()
    made = CaseImport(case=case, key=case.key, taken=read.counts, imported_by=by)
    made.filename = filename[:200]
    made.left_out = json.dumps([asdict(item) for item in (*read.left_out, *unplaced(read))], ensure_ascii=False)
    made.save(force_insert=True)
    audit.record(Event.CASE_IMPORTED, on=case, by=by, count=sum(read.counts.values()))
    return made


def unplaced(read: ReadCase) -> list[LeftOut]:
    """What the reader understood but a case has no field for: named, so that the clinician can write it down."""
    place = "a case has no field for it; write it in the summary if it matters"
    vital = words(read.vital_status, read.vital_note)
    found = [LeftOut("subject.vitalStatus", place, vital)] if vital else []
    return found + [
        LeftOut("metaData.externalReferences", "a publication the file names", text) for text in read.sources
    ]


def save_rows(rows: list[CasePart], items: Sequence[Any]) -> None:
    for position, (row, item) in enumerate(zip(rows, items, strict=True)):
        row.position = position
        row.origin = in_full(item)
    if rows:
        type(rows[0])._default_manager.bulk_create(rows)


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
    row = Treatment(case=case, key=case.key, kind=item.kind[:40], code=item.code[:30], label=item.label[:300])
    started = f"from {item.started}" if item.started else ""
    row.note = words(item.detail, started, f"until {item.ended}" if item.ended else "", item.response)
    return row
