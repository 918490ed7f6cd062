"""Start a case, correct it, and let people see it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction

from consent.actions import hold_consent
from cpms import clock, locking
from cpms.accounts.access import Refused, grants
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.patients.models import Patient
from panels.cases.actions import coding
from panels.cases.actions.admitting import admit, hold_case
from panels.cases.models import Case, Diagnosis, Finding, LabAlias, LabResult, Treatment, Variant, name_token
from panels.cases.policy import may_begin
from panels.cases.queries import line_words, room_in, taken_now
from panels.cases.states import MOST_ROWS, DiagnosisStatus

FULL = f"A case holds {MOST_ROWS:,} lines at most. Take some out first, or add fewer."


@transaction.atomic
def start_case(patient: Any, *, by: Any, begun_at: dt.datetime | None = None) -> Case:
    """An empty case under the patient's key. Raises ``Refused`` for whoever does not treat the patient now, and while consent to care
    is not in force."""
    hold_consent(patient.pk)
    patient = Patient.objects.get(pk=patient.pk)  # as they are: since the page was read they may have been handed over
    if not (verdict := may_begin(by, patient)):
        raise Refused(verdict.reason)
    case = Case(patient=patient, key=patient.key, made_by=by, begun_at=begun_at)
    case.save(force_insert=True)
    audit.record(Event.CASE_CHANGED, on=case, by=by, verb="start")
    return case


@dataclass(frozen=True)
class Correction:
    """The case as the form leaves it: lines of each part with the fields' clean values, in their order.

    ``gone`` holds the keys of lines that were taken out. A line that is neither here nor gone came to the case while the form
    was open, and stays.
    """

    summary: str = ""
    diagnoses: Sequence[Mapping[str, Any]] = field(default_factory=list)
    findings: Sequence[Mapping[str, Any]] = field(default_factory=list)
    labs: Sequence[Mapping[str, Any]] = field(default_factory=list)
    variants: Sequence[Mapping[str, Any]] = field(default_factory=list)
    treatments: Sequence[Mapping[str, Any]] = field(default_factory=list)
    gone: Collection[uuid.UUID] = frozenset()

    def keeping(self, kept: Collection[str]) -> Correction:
        """Without a word about the lines of these keys: they stay as somebody else saved them."""
        rows: dict[str, Any] = {
            name: [row for row in getattr(self, name) if str(row.get("id") or "") not in kept]
            for name in ("diagnoses", "findings", "labs", "variants", "treatments")
        }
        return replace(self, gone={key for key in self.gone if str(key) not in kept}, **rows)

    @property
    def parts(self) -> list[tuple[Any, Sequence[Mapping[str, Any]]]]:
        return [
            (Diagnosis, self.diagnoses),
            (Finding, self.findings),
            (LabResult, self.labs),
            (Variant, self.variants),
            (Treatment, self.treatments),
        ]


@transaction.atomic
def correct_case(case: Case, correction: Correction, *, version: int, by: Any) -> Case:
    """Bring the case's parts to what the form says. Raises ``Clash`` with both texts, line by line, when somebody else saved
    meanwhile."""
    admit(case, by=by)
    try:
        locking.claim(case, version, {"summary": correction.summary})
    except locking.Clash as clash:
        raise locking.Clash(case, [*clash.fields, *between(case, correction)], version=clash.version) from clash
    case.summary = correction.summary
    case.confirmed_at = clock.now() if case.copied_from_id else None
    case.save(update_fields=["summary", "confirmed_at"])
    for model, rows in correction.parts:
        correct_parts(case, model, rows, gone=correction.gone)
    audit.record(Event.CASE_CHANGED, on=case, by=by, version=case.version, saved=case.version)
    return case


@transaction.atomic
def add_diagnosis(case: Case, *, label: str, status: str, by: Any, code: str = "") -> Diagnosis:
    """One more diagnosis, in words or with the code that was chosen for them."""
    admit(case, by=by)
    status = status if status in DiagnosisStatus.values else DiagnosisStatus.SUSPECTED
    position = case.diagnoses.count()
    diagnosis = Diagnosis(
        case=case, key=case.key, system=code.partition(":")[0], code=code, label=label, status=status, position=position
    )
    diagnosis.save(force_insert=True)
    audit.record(Event.CASE_CHANGED, on=case, by=by, verb="diagnosis")
    return diagnosis


@transaction.atomic
def add_findings(case: Case, rows: Sequence[Mapping[str, Any]], *, by: Any) -> list[Finding]:
    """Append findings; one whose code the case holds already is left as it is."""
    admit(case, by=by)
    hold_case(case)
    held = set(case.findings.exclude(code="").values_list("code", flat=True))
    begin = case.findings.count()
    new = [row for row in rows if row.get("code") not in held]
    added = [Finding(case=case, key=case.key, position=begin + place, **row) for place, row in enumerate(new)]
    Finding.objects.bulk_create(added)
    audit.record(Event.CASE_CHANGED, on=case, by=by, verb="findings", count=len(added))
    return added


@transaction.atomic
def add_labs(case: Case, rows: Sequence[Mapping[str, Any]], *, names: Mapping[str, str], by: Any) -> list[LabResult]:
    """Append results; one without a moment was taken today, unless the case was entered today. ``names`` are test names of the
    centre with the analyte each was matched with, remembered from now on in place of an earlier one; one without an analyte is
    forgotten. Raises ``Refused`` for more than the case has room for."""
    admit(case, by=by)
    hold_case(case)
    if len(rows) > room_in(case):
        raise Refused(FULL)
    begin = case.labs.count()
    now = taken_now(case)
    dated = [{**row, "taken": row.get("taken") or now} for row in rows]
    added = [LabResult(case=case, key=case.key, position=begin + place, **row) for place, row in enumerate(dated)]
    LabResult.objects.bulk_create(added)
    if by.centre is not None and names:
        remember_names(names, by=by)
    audit.record(Event.CASE_CHANGED, on=case, by=by, verb="labs", count=len(added))
    return added


def remember_names(names: Mapping[str, str], *, by: Any) -> None:
    """What the laboratories of the person's hospital call tests, by the analyte each of these names means."""
    tokens = {name_token(name): key for name, key in names.items()}
    LabAlias.objects.filter(centre=by.centre, token__in=[token for token, key in tokens.items() if not key]).delete()
    aliases = [LabAlias(centre=by.centre, token=one, analyte=key, made_by=by) for one, key in tokens.items() if key]
    LabAlias.objects.bulk_create(
        aliases,
        update_conflicts=True,
        unique_fields=["centre", "token"],
        update_fields=["analyte", "made_by", "made_at"],
    )


def between(case: Case, correction: Correction) -> list[locking.ClashField]:
    """Where the lines of the form differ from those that were saved meanwhile, each in its words."""
    fields = []
    for model, rows in correction.parts:
        label = str(model._meta.verbose_name).capitalize()
        saved = {part.pk: part for part in model._default_manager.filter(case=case)}
        for row in rows:
            theirs = saved.get(row.get("id"))
            values = {name: value for name, value in row.items() if name != "id"}
            changed = theirs is not None and any(getattr(theirs, name) != value for name, value in values.items())
            if changed or (row.get("id") and theirs is None):
                mine = model(case=case, key=case.key, **values)
                fields.append(locking.line(row["id"], label, line_words(mine), line_words(theirs) if theirs else ""))
        taken_out = [part for key, part in saved.items() if key in correction.gone]
        fields += [locking.line(part.pk, label, "", line_words(part)) for part in taken_out]
    return fields


def correct_parts(
    case: Case, model: Any, rows: Sequence[Mapping[str, Any]], *, gone: Collection[uuid.UUID] = frozenset()
) -> None:
    """Change lines that are still there (by id), so what the form does not show (notes, codes) is not lost while it holds; add
    the new ones, take out those that are ``gone``, and leave the others where they stood."""
    saved = list(model._default_manager.filter(case=case).order_by("position"))
    known, placed = {str(part.pk): part for part in saved}, []
    for row in rows:
        part = known.pop(str(row.get("id") or ""), None) or model(case=case, key=case.key)
        if model is LabResult and part._state.adding and not row.get("taken"):
            row = {**row, "taken": taken_now(case)}
        changes = {name: value for name, value in row.items() if name != "id" and getattr(part, name) != value}
        before = {name: getattr(part, name) for name in changes}
        for name, value in changes.items():
            setattr(part, name, value)
        coding.follow(part, before, row)
        part.origin = "" if changes else part.origin
        placed.append(part)
    stays = {part.pk for part in known.values() if part.pk not in gone}
    for position, part in enumerate(in_order(placed, saved, stays)):
        part.position = position
        part.save(update_fields=["position"] if part.pk in stays else None)
    model._default_manager.filter(case=case, pk__in=gone).delete()


def in_order(placed: Sequence[Any], saved: Sequence[Any], stays: Collection[uuid.UUID]) -> list[Any]:
    """The lines of the form, and each of those that stay behind the line that it stood behind."""
    here, before = {part.pk for part in placed}, None
    behind: dict[uuid.UUID | None, list[Any]] = {None: []}
    for part in saved:
        if part.pk in here:
            before = part.pk
        elif part.pk in stays:
            behind.setdefault(before, []).append(part)
    return [*behind[None], *(one for part in placed for one in (part, *behind.get(part.pk, ())))]


def give_sight(case: Case, *, to: Any, until: dt.datetime | None, by: Any) -> None:
    """Let somebody see the case, until a moment or for good; ``panels.actions.sight`` says who and how long."""
    if grants.grant(to, "view_case", case, until=until):
        audit.record(Event.ACCESS_GRANTED, on=case, by=by, ids=[str(to.pk)])


def take_sight(case: Case, *, of: Any, by: Any) -> None:
    if grants.end(of, "view_case", case):
        audit.record(Event.ACCESS_ENDED, on=case, by=by, ids=[str(of.pk)])
