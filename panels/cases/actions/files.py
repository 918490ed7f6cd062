"""Add a file to a case, have it cleaned, show it to the panel, take it out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Sum

from consent.actions import hold_consent
from consent.policy import may_be_discussed
from cpms import clock, identifiers
from cpms.accounts.access import Refused, ask
from cpms.accounts.roles import Permission
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.jobs import actions as jobs
from panels.cases.actions.admitting import admit, hold_patient
from panels.cases.cleaning import asking
from panels.cases.cleaning.kinds import Cleaned, NotTaken, check
from panels.cases.models import Case, CaseFile, FilePiece
from panels.cases.queries import content_of, raw_of
from panels.cases.states import FileState, PieceOf

PIECE = 1_000_000
MOST_FILES, MOST_BYTES = 200, 500_000_000
MOST_MARKS = 20
WITHDRAWN = "The patient’s consent to care was withdrawn before the file was checked."


@transaction.atomic
def add_file(case: Case, *, filename: str, data: bytes, by: Any) -> CaseFile:
    """Keep the file sealed and ask for it to be cleaned. Raises ``NotTaken`` for what is no PDF, JPEG or PNG, or too much."""
    admit(case, by=by)
    kind = check(data, filename)
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)  # whoever adds at the same moment counts this one, too
    held = CaseFile.objects.filter(case=case).exclude(state=FileState.REFUSED)
    if held.count() >= MOST_FILES or (held.aggregate(sum=Sum("size"))["sum"] or 0) + len(data) > MOST_BYTES:
        raise NotTaken("This case holds as many files as a case can. Take out what is not needed.")
    file = CaseFile(case=case, key=case.key, kind=kind, size=len(data), added_by=by)
    file.filename = filename[:200]
    file.save(force_insert=True)
    keep(file, PieceOf.RAW, data)
    audit.record(Event.FILE_ADDED, on=file, by=by, kind=kind)
    jobs.enqueue("cases.clean_file", file_id=str(file.pk))
    return file


def keep(file: CaseFile, of: PieceOf, data: bytes) -> None:
    """In pieces that are sealed one by one, so that none needs more memory than it is long."""
    parts = (data[at : at + PIECE] for at in range(0, len(data), PIECE))
    pieces = (FilePiece(file=file, key=file.key, of=of, number=number, data=part) for number, part in enumerate(parts))
    insert(pieces)


def insert(pieces: Iterator[FilePiece]) -> None:
    for piece in pieces:
        piece.save(force_insert=True)


def clean_file(file_id: str, *, by: Any) -> None:
    """The cleaned file takes the place of the one that came. Safe to run twice: only a waiting file is cleaned.

    The child process works outside of any transaction, so that nobody waits for its locks.
    """
    file = CaseFile.objects.with_surroundings().filter(pk=file_id, state=FileState.WAITING).first()
    if file is None or file.key.secret() is None:
        return
    made, reason = None, ""
    try:
        made = asking.cleaned(raw_of(file), file.kind)
    except NotTaken as refusal:
        reason = str(refusal)
    settle(file, made, reason, by=by)


@transaction.atomic
def settle(file: CaseFile, made: Cleaned | None, reason: str, *, by: Any) -> None:
    """Write down what became of a waiting file; whatever came is forgotten in the same commit."""
    hold_consent(file.case.patient_id)
    waiting = CaseFile.objects.filter(pk=file.pk, state=FileState.WAITING).select_for_update(of=("self",))
    fresh = waiting.first()
    if fresh is None:
        return
    if not may_be_discussed(file.case.patient):
        made, reason = None, WITHDRAWN
    FilePiece.objects.filter(file=fresh).delete()
    if made is None:
        fresh.state, fresh.reason = FileState.REFUSED, reason[:200]
    else:
        take(fresh, made)
    fresh.save()
    audit.record(Event.FILE_CHECKED, on=file, by=by, kind=fresh.state)


def take(file: CaseFile, made: Cleaned) -> None:
    file.state, file.size, file.pages = FileState.READY, len(made.data), len(made.pages)
    file.fingerprint = hashlib.sha256(made.data).hexdigest()
    found = identifiers.marks(made.text)[:MOST_MARKS]
    marks = [(mark.kind, made.text[mark.start : mark.end]) for mark in found]
    file.report = json.dumps({"removed": made.removed, "marks": marks}, ensure_ascii=False)
    keep(file, PieceOf.CLEAN, made.data)
    insert(
        FilePiece(
            file=file,
            key=file.key,
            of=PieceOf.PAGE,
            number=number,
            data=page.jpeg,
            width=page.width,
            height=page.height,
        )
        for number, page in enumerate(made.pages, start=1)
    )


@transaction.atomic
def show_files(case: Case, captions: Mapping[str, str], *, looked_at: list[str], by: Any) -> int:
    """Keep the captions; what somebody says they looked through goes to the panel. Gives how many went."""
    admit(case, by=by)
    files = CaseFile.objects.filter(case=case, state__in=[FileState.READY, FileState.SHOWN]).select_for_update(
        of=("self",)
    )
    shown = []
    for file in files:
        file.caption = captions.get(str(file.pk), file.caption)[:200]
        if file.state == FileState.READY and str(file.pk) in looked_at:
            file.state, file.shown_at, file.shown_by = FileState.SHOWN, clock.now(), by
            shown.append(str(file.pk))
        file.save()
    audit.record(Event.FILES_SHOWN, on=case, by=by, ids=shown, count=len(shown))
    return len(shown)


@transaction.atomic
def remove_file(file: CaseFile, *, by: Any) -> None:
    """For good: nothing of the file is kept."""
    hold_patient(file.case)
    if not (verdict := ask(Permission.FILE_REMOVE, by, file)):
        raise Refused(verdict.reason)
    audit.record(Event.FILE_REMOVED, on=file, by=by)
    file.delete()


@transaction.atomic
def take_out_file(file: CaseFile, *, by: Any) -> bytes:
    """The cleaned file for somebody who sees it now: a withdrawal waits for this, or this sees the withdrawal."""
    hold_consent(file.audit_patient_id)
    if not CaseFile.objects.visible_to(by).filter(pk=file.pk).exists():
        raise Refused("You no longer see this file.")
    audit.record(Event.FILE_READ, on=file, by=by)
    return content_of(file)
