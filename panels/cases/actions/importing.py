"""A file becomes a case, or adds lines to one, and what could not be taken is written beside it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction

from cpms import clock
from cpms.audit import actions as audit
from cpms.audit.states import Event
from panels.cases.actions.admitting import admit
from panels.cases.ages import moment_of
from panels.cases.importers import newer, phenopacket
from panels.cases.importers.read_case import LeftOut, ReadCase
from panels.cases.importers.rows import ROW_OF, in_full, words
from panels.cases.models import Case, CaseImport
from panels.cases.queries import taken_now


@transaction.atomic
def import_phenopacket(case: Case, data: bytes, *, filename: str, by: Any) -> CaseImport:
    """Read a GA4GH phenopacket v2 into the case. Raises ``ImportRefused`` with a sentence for the clinician."""
    return take_read_case(case, phenopacket.read(data), filename=filename, by=by)


@transaction.atomic
def take_read_case(case: Case, read: ReadCase, *, filename: str, by: Any) -> CaseImport:
    """Write what was read: one bulk insert per kind of part."""
    admit(case, by=by)
    save_lines(case, read)
    if read.age is not None:
        case.age_at_entry, case.years_at_entry = read.age.text[:40], read.age.years
    case.origin = in_full(read, "age", "birth_year", "vital_status", "vital_note", "sources")
    case.save(update_fields=["age_at_entry", "years_at_entry", "origin"])
    return note_import(case, read, filename=filename, by=by)


@transaction.atomic
def add_read_lines(case: Case, read: ReadCase, *, ticked: newer.Ticked, filename: str, by: Any) -> CaseImport:
    """Append the ticked lines of a newer file, without what it says of the patient: nothing that the case holds is changed. A
    result without a moment was taken at the age that the file gives, if the patient can have had it, or else today."""
    admit(case, by=by)
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)  # two pages that add the same file add it once
    read = newer.picked(case, read, ticked)
    now = age_in(read, case) or taken_now(case)
    read = replace(read, labs=tuple(replace(lab, taken=lab.taken or now) for lab in read.labs))
    save_lines(case, read)
    return note_import(case, read, filename=filename, by=by)


def age_in(read: ReadCase, case: Case) -> str:
    """The age that a file gives, in words; empty for a stage of life, and for one that the patient has not reached."""
    age = read.age.text if read.age else ""
    moment = moment_of(age)
    return age if moment and case.birth.reached(moment, clock.today().toordinal()) else ""


def save_lines(case: Case, read: ReadCase) -> None:
    """Behind the lines that the case holds already."""
    for name, row_of in ROW_OF.items():
        begin, rows = getattr(case, name).count(), []
        for place, item in enumerate(getattr(read, name)):
            row = row_of(case, item)
            row.position, row.origin = begin + place, in_full(item)
            rows.append(row)
        if rows:
            type(rows[0])._default_manager.bulk_create(rows)


def note_import(case: Case, read: ReadCase, *, filename: str, by: Any) -> CaseImport:
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
