"""Add files to a case, look through them, show them to the panel."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access, ask
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from panels.cases import actions, queries
from panels.cases.cleaning.kinds import MIME, NotTaken
from panels.cases.models import Case, CaseFile
from panels.cases.states import FileState

TOGETHER = "Nothing arrived. Files larger than 50 MB together go one after the other."
SANDBOX = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cross-Origin-Resource-Policy": "same-origin"}


@access("cases:files", object=Case, verb=Permission.CASE_EDIT, methods=READ | WRITE, reads_patient=True)
def files(request: HttpRequest, case: Case) -> HttpResponse:
    """All files of the case. With a script each is sent by itself, and a refusal is answered in JSON beside its name."""
    if request.method == "POST":
        problems = added(request, case)
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"problems": problems}, status=422 if problems else 200)
        for problem in problems:
            messages.error(request, problem)
        return redirect("cases:files", case.pk)
    return render(request, "cases/files.html", {**page(case), "consent": queries.allowed(case)})


def added(request: HttpRequest, case: Case) -> list[str]:
    """Why some files were not taken; empty when all were."""
    sent, problems = request.FILES.getlist("files"), []
    for file in sent:
        try:
            actions.add_file(case, filename=file.name or "", data=file.read(), by=request.user)
        except NotTaken as reason:
            problems.append(f"{file.name}: {reason}")
    return problems if sent else [TOGETHER]


def page(case: Case) -> dict[str, Any]:
    held = list(case.files.all())
    for file in held:
        file.key, file.case = case.key, case
    return {
        "case": case,
        "panel": case.panels.order_by("-drafted_at").first(),
        "files": held,
        "waiting": [file for file in held if file.state == FileState.WAITING],
        "to_show": any(file.state == FileState.READY for file in held),
    }


@access("cases:files_checked", object=Case, verb=Permission.CASE_EDIT)
def files_checked(request: HttpRequest, case: Case) -> HttpResponse:
    """A fragment that the page asks for until every file is checked: names and numbers of the person's own files."""
    return render(request, "cases/_files_waiting.html", {**page(case), "checked": True})


@access("cases:show_files", object=Case, verb=Permission.CASE_EDIT, methods=WRITE)
def show_files(request: HttpRequest, case: Case) -> HttpResponse:
    """What stands beside each file, and which of them the panel may see. Words that nobody changed are not written: another window
    may have written others."""
    typed = {
        name.removeprefix("caption-"): str(text) for name, text in request.POST.items() if name.startswith("caption-")
    }
    captions = {key: text for key, text in typed.items() if text != request.POST.get(f"was-{key}")}
    count = actions.show_files(case, captions, looked_at=request.POST.getlist("looked"), by=request.user)
    messages.success(request, f"{count} shown to the panel." if count else "The words are saved.")
    return redirect("cases:files", case.pk)


@access("cases:file", object=CaseFile, verb=Permission.FILE_READ, reads_patient=True)
def file(request: HttpRequest, file: CaseFile) -> HttpResponse:
    """Every page of the file, in the page."""
    context = {
        "file": file,
        "pages": queries.pages_of(file) if file.can_be_seen else [],
        "panel": file.case.panels.order_by("-drafted_at").first(),
        "consent": queries.allowed(file.case),
        "may_remove": ask(Permission.FILE_REMOVE, request.user, file),
    }
    return render(request, "cases/file.html", context)


@access("cases:file_page", object=CaseFile, verb=Permission.FILE_READ, reads_patient=True)
def file_page(_request: HttpRequest, file: CaseFile, number: int) -> HttpResponse:
    piece = queries.page_of(file, number)
    if piece is None:
        raise Http404
    return HttpResponse(piece.data, content_type="image/jpeg", headers=SANDBOX)


@access("cases:download_file", object=CaseFile, verb=Permission.FILE_READ, reads_patient=True)
def download_file(request: HttpRequest, file: CaseFile) -> HttpResponse:
    """The cleaned file under a name of ours: its own could name the patient."""
    if not file.can_be_seen:
        raise Http404
    data = actions.take_out_file(file, by=request.user)
    ending = "jpg" if file.kind == "jpeg" else file.kind
    named = f'attachment; filename="{file.case.patient.pseudonym}-{str(file.pk)[:8]}.{ending}"'
    return HttpResponse(data, content_type=MIME[file.kind], headers={**SANDBOX, "Content-Disposition": named})


@access("cases:remove_file", object=CaseFile, verb=Permission.FILE_REMOVE, methods=WRITE)
def remove_file(request: HttpRequest, file: CaseFile) -> HttpResponse:
    case = file.case
    actions.remove_file(file, by=request.user)
    messages.success(request, "The file is taken out, and nothing of it is kept.")
    return redirect("cases:files", case.pk)
