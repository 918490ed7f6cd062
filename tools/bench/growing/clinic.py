"""Rows of pages about a patient and a case."""

from __future__ import annotations

from typing import Any

from consent.models import Consent, Review
from consent.states import ReviewKind
from cpms import clock
from panels.cases.models import CaseFile, Finding, Rectification
from panels.cases.states import FileState, PartOf
from panels.models import Panel
from panels.states import State
from tools.bench.filling import TEXT
from tools.bench.growing.ground import Ground
from tools.bench.growing.growth import grows


@grows("answers to the question for consent", "patients:consent", few="Answers are changed a few times in years")
def consents(at: Ground, rows: range) -> None:
    """All but the latest were withdrawn."""
    now = clock.now()
    said: dict[str, Any] = {"stage": 2, "answer": "given", "given_by": "parent", "given_on": at.today}
    said |= {"patient": at.open.patient, "recorded_by": at.lead, "recorded_at": now}
    Consent.objects.bulk_create(Consent(withdrawn_at=now, withdrawn_by=at.lead, **said) for _ in rows)


@grows("panels of the patient", "patients:detail", few="A patient has one to three")
def panels_of_one(at: Ground, rows: range) -> None:
    case, now = at.open.case, clock.now()
    place = {"network": at.network, "group": at.group, "lead": at.lead, "key": case.key, "case": case}
    place |= {"started_by": at.lead, "centre": at.lead.centre}
    life = {"state": State.OPEN, "drafted_at": now, "opened_at": now, "wanted_by": at.today}
    made = [Panel(ref=f"ENDO-25-{n:05d}", **place, **life) for n in rows]
    for panel in made:
        panel.title, panel.question = "Persistent salt loss", TEXT
    Panel.objects.bulk_create(made)


@grows("reviews that are due", "patients:reviews")
def reviews(at: Ground, rows: range) -> None:
    due = {"kind": ReviewKind.RETENTION, "due_on": at.today}
    Review.objects.bulk_create(Review(patient=at.panels[n].case.patient, **due) for n in rows)


@grows("corrections that the patient asked for", "cases:rectify", few="A patient corrects a few things")
def corrections(at: Ground, rows: range) -> None:
    said: dict[str, Any] = {"case": at.open.case, "key": at.open.case.key, "part": PartOf.SUMMARY, "asked_by": "parent"}
    made = [Rectification(asked_on=at.today, recorded_by=at.lead, **said) for _ in rows]
    for row in made:
        row.written = row.says = TEXT
    Rectification.objects.bulk_create(made)


@grows("findings", "cases:findings", few="A case has some ten")
def findings(at: Ground, rows: range) -> None:
    case = at.open.case
    words = [{"code": f"HP:{n:07d}", "label": f"Finding {n}", "position": n} for n in rows]
    Finding.objects.bulk_create(Finding(case=case, key=case.key, **row) for row in words)


@grows("files", "cases:files", few="A case has some ten")
def files(at: Ground, rows: range) -> None:
    """Shown ones, each with a name and words below it."""
    case = at.open.case
    shown = {"state": FileState.SHOWN, "shown_by": at.lead, "shown_at": clock.now(), "kind": "jpeg", "size": 1_000}
    made = [CaseFile(case=case, key=case.key, added_by=at.lead, **shown) for _ in rows]
    for number, row in enumerate(made):
        row.filename, row.caption = f"picture-{number}.jpg", TEXT
    CaseFile.objects.bulk_create(made)
