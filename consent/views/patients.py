"""The patient's page with the consent, its recording and its withdrawal."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render

from consent import actions
from consent.forms import ConsentRecordForm, EraseForm, language_of
from consent.models import Consent, ConsentForm, Review
from consent.queries import allowed, past
from consent.states import Answer, Stage, giver_by_age
from cpms import clock
from cpms.accounts import queries as accounts
from cpms.accounts.access import access, ask, record_shown
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.patients import actions as patients
from cpms.patients.models import Patient
from cpms.patients.queries import taken_over

PAGE = 25
RECORDED = ("given_by", "given_on", "registry", "language", "form", "renew_on", "kept_at")


@access("patients:list", verb=Permission.PATIENT_LIST, lists_patients=True)
def patient_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(Patient.objects.visible_to(request.user).with_entering(), PAGE).get_page(request.GET.get("page"))
    record_shown(page.object_list, by=request.user)
    reviews = Review.objects.visible_to(request.user).open().count()
    context = {
        "page": page,
        "may_draft": ask(Permission.PANEL_DRAFT, request.user),
        "may_hand_over": ask(Permission.PATIENT_HAND_OVER, request.user),
        "reviews": reviews,
    }
    return render(request, "patients/list.html", context)


@access("patients:detail", object=Patient, kwarg="pseudonym", verb=Permission.PATIENT_READ, reads_patient=True)
def patient_detail(request: HttpRequest, patient: Patient) -> HttpResponse:
    giver = giver_by_age(patient.birth_year, patient.birth_month, on=clock.today())
    initial = {"language": language_of(patient.country), "given_by": giver}
    return page(request, patient, ConsentRecordForm(patient=patient, initial=initial))


def page(request: HttpRequest, patient: Patient, form: ConsentRecordForm, status: int = 200) -> HttpResponse:
    rows = Consent.objects.filter(patient=patient).with_names()
    consents = list(rows.select_related("recorded_by", "withdrawn_by", "form", "patient__key"))
    current = {stage: [c for c in consents if c.stage == stage and c.withdrawn_at is None] for stage in Stage}
    context = {
        "patient": patient,
        "taken": taken_over(patient),
        "reviews": Review.objects.open().filter(patient=patient),
        "may_start": ask(Permission.PANEL_AGAIN, request.user, patient),
        "networks": accounts.networks_of(patient.enrolled_by),
        "may_erase": ask(Permission.PATIENT_ERASE, request.user, patient),
        "stages": list(current.items()),
        "consent": allowed(patient),
        "printable": ConsentForm.objects.published(),
        "past": past(consents),
        "form": form,
        "cases": patient.cases.order_by("-made_at").prefetch_related("panels__key", "diagnoses"),
    }
    return render(request, "patients/detail.html", context, status=status)


@access(
    "patients:consent",
    object=Patient,
    kwarg="pseudonym",
    verb=Permission.CONSENT_RECORD,
    methods=READ | WRITE,
    reads_patient=True,
)
def record(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Write down what the patient answered to one stage."""
    form = ConsentRecordForm(request.POST or None, patient=patient)
    if form.is_valid():
        clean = form.cleaned_data
        stage, answer = Stage(clean["stage"]), Answer(clean["answer"])
        given = {name: clean[name] for name in RECORDED}
        given["language"] = clean["language"] or (clean["form"].language if clean["form"] else "")
        actions.record_consent(
            patient, by=request.user, stage=stage, answer=answer, ending_single=form.ending_single, **given
        )
        messages.success(request, "The answer is recorded.")
        return redirect(patient)
    return page(request, patient, form, status=422 if form.errors else 200)


@access("patients:withdraw_consent", object=Patient, kwarg="pseudonym", verb=Permission.CONSENT_RECORD, methods=WRITE)
def withdraw(request: HttpRequest, patient: Patient) -> HttpResponse:
    """One tap, as easy as giving; effective for everybody on their next request."""
    stage = request.POST.get("stage", "")
    if stage in {"1", "2", "3"}:
        actions.withdraw_consent(patient, by=request.user, stage=Stage(int(stage)))
        messages.success(request, "Consent is withdrawn. It holds from this moment.")
    return redirect(patient)


@access(
    "patients:export",
    object=Patient,
    kwarg="pseudonym",
    verb=Permission.PATIENT_EXPORT,
    reads_patient=True,
    step_up=True,
)
def export(request: HttpRequest, patient: Patient) -> StreamingHttpResponse:
    """Everything held about the patient, files included, and who received it, to hand to the patient."""
    named = f'attachment; filename="{patient.pseudonym}.zip"'
    data = patients.export_everything(patient, by=request.user)
    return StreamingHttpResponse(data, content_type="application/zip", headers={"Content-Disposition": named})


@access(
    "patients:erase",
    object=Patient,
    kwarg="pseudonym",
    verb=Permission.PATIENT_ERASE,
    methods=READ | WRITE,
    reads_patient=True,
    step_up=True,
)
def erase(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Asked twice: the pseudonym has to be typed."""
    form = EraseForm(request.POST or None, pseudonym=patient.pseudonym)
    if form.is_valid():
        actions.erase_patient(patient, by=request.user)
        messages.success(request, f"{patient.pseudonym} is erased. Nothing brings it back.")
        return redirect("patients:list")
    context = {"patient": patient, "form": form, "consent": allowed(patient)}
    return render(request, "patients/erase.html", context, status=422 if form.errors else 200)
