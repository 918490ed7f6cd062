"""The two pages from a patient to an open panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from consent.states import PARENTS
from cpms.accounts import queries as accounts
from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of as typed_before
from cpms.keys import keys_in
from cpms.patients.models import Patient
from panels import actions, queries
from panels.cases import actions as cases
from panels.cases.forms import LetterForm, OneFindingForm
from panels.cases.importers import phenopacket
from panels.cases.importers.left_out import Heaps, heaps, heaps_of
from panels.cases.importers.read_case import ImportRefused, ReadCase
from panels.cases.queries import allowed, case_parts, forms_of
from panels.forms import NewPanelForm, PrepareForm, giver_of, mark_of, now_signed, year_of
from panels.models import Panel

DIAGNOSIS = {"label": "diagnosis", "code": "diagnosis_code", "status": "diagnosis_status"}


@dataclass(frozen=True)
class Looked:
    """A file as it was read: what would be taken, and what would be left and why. Nothing of it is saved yet."""

    read: ReadCase
    text: str
    name: str
    mark: str
    left_out: Heaps

    @property
    def giver(self) -> str:
        """Who most likely answered for this patient; empty where the file does not tell."""
        return giver_of(self.read) or ""

    @property
    def year(self) -> int | None:
        """The year of birth to propose for a child whose file names none."""
        return year_of(self.read) if self.giver in PARENTS else None


def looked_at(data: bytes, name: str) -> Looked:
    """Raises ``ImportRefused``."""
    read = phenopacket.read(data)
    return Looked(read, data.decode("utf-8-sig"), name, mark_of(data), heaps([*read.left_out, *cases.unplaced(read)]))


def read_file(form: NewPanelForm) -> Looked | None:
    """The file, or its text as the preview sent it back; ``None`` without one, with the reason beside the field if it is bad."""
    clean = form.cleaned_data
    file = clean.get("file")
    data, name = (file.read(), file.name) if file else (clean.get("file_text", "").encode(), clean.get("file_name", ""))
    try:
        return looked_at(data, name) if data else None
    except ImportRefused as refusal:
        form.add_error("file", str(refusal))
        return None


@access("panels:preview", verb=Permission.PANEL_DRAFT, methods=WRITE)
def preview(request: HttpRequest) -> HttpResponse:
    """What a chosen file holds, as a fragment below it, before anything is saved."""
    file = request.FILES.get("file")
    try:
        found = looked_at(file.read(), file.name or "") if file else None
    except ImportRefused as refusal:
        return render(request, "panels/_preview.html", {"refusal": str(refusal)})
    return render(request, "panels/_preview.html", {"looked": found})


def start(form: NewPanelForm, looked: Looked | None, *, by: Any) -> Panel:
    clean, read = form.cleaned_data, looked.read if looked else None
    name = looked.name if looked else ""
    origin = actions.Origin(clean["begun"], read, name, clean["question"], clean["referral"])
    return actions.start_panel(
        by=by, network=clean["network"], described=form.described(read), answers=form.answers(), origin=origin
    )


def named_draft(request: HttpRequest) -> str:
    """How the draft of a new panel is called: one for each referral or question that it grows from, and one besides."""
    sent = {**request.GET.dict(), **request.POST.dict()}
    grown_from = next((sent[name] for name in ("referral", "question") if queries.is_key(sent.get(name, ""))), "")
    return f"new_panel:{grown_from}" if grown_from else "new_panel"


@access("panels:new", verb=Permission.PANEL_DRAFT, methods=READ | WRITE)
def new_panel(request: HttpRequest) -> HttpResponse:
    """A file is shown as it was read before anything is saved; what was looked at is sent once more, and taken. Beside an error
    elsewhere too: a browser does not keep the chosen file. What was typed before is said, as it may be of another patient."""
    draft = named_draft(request)
    if "afresh" in request.POST:
        drafts.discard(draft, by=request.user)
        return redirect(request.get_full_path())
    kept = typed_before(draft, by=request.user)
    typed = {
        "question": request.GET.get("question"),
        "begun": now_signed(),
        **queries.last_time(request.user),
        **queries.as_referred(request.GET.get("referral"), request.user),
        **kept,
    }
    form = NewPanelForm(request.POST or None, request.FILES or None, initial=typed, user=request.user)
    looked = None
    if form.is_bound:
        form.full_clean()
        looked = read_file(form)
        if not form.errors:
            form.settle(looked.read if looked else None)
        if not form.errors and (looked is None or form.cleaned_data["looked"] == looked.mark):
            panel = start(form, looked, by=request.user)
            drafts.discard(draft, by=request.user)
            return redirect("panels:prepare", panel.ref)
    context = {"form": form, "looked": looked, "draft": draft, "kept": kept and not form.is_bound}
    return render(request, "panels/new_panel.html", context, status=422 if form.errors else 200)


def as_written(form: PrepareForm, panel: Panel) -> dict[str, Any]:
    """What the form says, as ``open_prepared`` takes it; an empty title is that of the diagnosis."""
    clean = form.cleaned_data
    named = form.needs_diagnosis and clean.get("diagnosis")
    return {name: clean[name] for name in ("version", "question", "group", "urgency", "wanted_by", "groups")} | {
        "diagnosis": {name: clean[field] for name, field in DIAGNOSIS.items()} if named else None,
        "title": clean["title"] or panel.title or clean.get("diagnosis") or "Undiagnosed condition",
        "quorum": clean["quorum"] or panel.quorum,
        "experts": form.everybody(),
    }


@access(
    "panels:prepare",
    object=Panel,
    kwarg="ref",
    verb=Permission.PANEL_PREPARE,
    methods=READ | WRITE,
    reads_patient=True,
)
def prepare(request: HttpRequest, panel: Panel) -> HttpResponse:
    """Check the case, write the question, tick experts, open."""
    initial = {
        "version": panel.version,
        "question": panel.question,
        "title": panel.title,
        "group": panel.group_id or queries.likely_group(panel),
        "urgency": panel.urgency,
        "wanted_by": panel.wanted_by,
        "quorum": panel.quorum,
        **typed_before(f"prepare:{panel.ref}", by=request.user),
    }
    form = PrepareForm(request.POST or None, initial=initial, panel=panel, user=request.user)
    if form.is_valid():
        actions.open_prepared(panel, by=request.user, **as_written(form, panel))
        drafts.discard(f"prepare:{panel.ref}", by=request.user)
        messages.success(request, "The panel is open. Invitations are on their way.")
        for sentence in accounts.absences(form.everybody()):
            messages.warning(request, sentence)
        return redirect("panels:detail", panel.ref)
    chosen = form.cleaned_data.get("experts", ()) if form.is_bound else ()
    ticked = keys_in(form["experts"].value() or ())
    context = {
        "form": form,
        "panel": panel,
        "case": case_parts(panel.case),
        "left_out": [heaps_of(one.left_out) for one in panel.case.imports.all()],
        "consent": allowed(panel.case),
        "finding": OneFindingForm(),
        "letter": LetterForm(),
        "offers": [offer for offer in forms_of(panel.case) if offer.fits],
        "suggested": queries.suggestions(panel, by=request.user, ticked=ticked),
        "gaps": queries.gaps(panel, [panel.lead, *chosen]),
        "expert_groups": accounts.expert_groups_of(request.user),
        "ticked": {str(key) for key in ticked},
    }
    return render(request, "panels/prepare.html", context, status=422 if form.errors else 200)


@access("panels:again", object=Patient, kwarg="pseudonym", verb=Permission.PANEL_AGAIN, methods=WRITE)
def again(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Another panel for a known patient, in the network that was chosen or the likely one."""
    network = queries.likely_network(patient, request.POST.get("network", ""))
    panel = actions.start_again(patient, network=network, by=request.user)
    return redirect("panels:prepare", panel.ref)
