"""What is to be looked at again: consents to be asked anew, data to be kept with a reason or erased."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from consent import actions
from consent.forms import ConsentRecordForm, EraseForm, KeepForm, language_of
from consent.models import ConsentForm, Review
from consent.queries import allowed, asked_again
from consent.states import ReviewKind, giver_by_age
from cpms import clock, words
from cpms.accounts.access import access, ask, record_shown
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of
from cpms.patients.policy import treats

PAGE = 25


@access("patients:reviews", verb=Permission.REVIEW_LIST, lists_patients=True)
def review_list(request: HttpRequest) -> HttpResponse:
    """Open ones, the most pressing first."""
    rows = Review.objects.visible_to(request.user).open().with_surroundings()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    record_shown([review.patient for review in page.object_list], by=request.user)
    rows_shown = [(review, treats(request.user, review.patient)) for review in page.object_list]
    return render(request, "patients/reviews.html", {"page": page, "rows": rows_shown})


@access("patients:review", object=Review, kwarg="key", verb=Permission.REVIEW_READ, reads_patient=True)
def review(request: HttpRequest, review: Review) -> HttpResponse:
    return page_of(request, review, KeepForm(initial=fields_of(f"keep:{review.pk}", by=request.user) or None))


def page_of(request: HttpRequest, review: Review, form: KeepForm, status: int = 200) -> HttpResponse:
    """Whoever answers for the hospital after the clinician has gone sees the pseudonym and the dates, nothing clinical."""
    patient, asked = review.patient, []
    treating = treats(request.user, patient)
    if review.kind == ReviewKind.CONSENT and not review.decided_at:
        asked = asked_again(patient)
    first = asked[0][0] if asked else None
    about = {"stage": first.stage, "registry": first.registry} if first else {}
    giver = giver_by_age(patient.birth_year, patient.birth_month, on=clock.today())
    initial = {"language": language_of(patient.country), "given_by": giver, **about}
    context = {
        "review": review,
        "patient": patient,
        "treats": treating,
        "may_decide": ask(Permission.REVIEW_DECIDE, request.user, review),
        "form": form,
        "asked": asked,
        "consent": allowed(patient),
        "printable": ConsentForm.objects.published(),
        "record": ConsentRecordForm(patient=patient, initial=initial),
    }
    return render(request, "patients/review.html", context, status=status)


@access(
    "patients:keep",
    object=Review,
    kwarg="key",
    verb=Permission.REVIEW_DECIDE,
    methods=WRITE,
    reads_patient=True,
)
def keep(request: HttpRequest, review: Review) -> HttpResponse:
    """The data is still needed, and why."""
    form = KeepForm(request.POST)
    if not form.is_valid():
        return page_of(request, review, form, status=422)
    kept = actions.keep(review, by=request.user, **form.cleaned_data)
    drafts.discard(f"keep:{review.pk}", by=request.user)
    messages.success(request, f"Kept. CPMS asks again before {words.document_day(kept.keep_until)}.")
    return redirect("patients:reviews")


@access(
    "patients:erase_after_review",
    object=Review,
    kwarg="key",
    verb=Permission.REVIEW_DECIDE,
    methods=READ | WRITE,
    reads_patient=True,
    step_up=True,
)
def erase(request: HttpRequest, review: Review) -> HttpResponse:
    """The data is not needed any more. Asked twice: the pseudonym has to be typed."""
    patient = review.patient
    form = EraseForm(request.POST or None, pseudonym=patient.pseudonym)
    if form.is_valid():
        actions.erase_patient(patient, by=request.user)
        messages.success(request, f"{patient.pseudonym} is erased. Nothing brings it back.")
        return redirect("patients:reviews")
    context = {"patient": patient, "form": form, "review": review, "consent": allowed(patient)}
    return render(request, "patients/erase.html", context, status=422 if form.errors else 200)
