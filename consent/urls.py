"""Addresses of patients and their consent."""

from django.urls import path

from consent.views import describing, patients, reviews, sheets

app_name = "patients"
urlpatterns = [
    path("patients/", patients.patient_list, name="list"),
    path("consent-forms/<slug:language>/", sheets.sheet, name="sheet"),
    path("consent-forms/<slug:language>/pdf/", sheets.sheet_pdf, name="sheet_pdf"),
    path("consent-forms/versions/<int:version>/", sheets.sheet_preview, name="sheet_preview"),
    path("patients/<str:pseudonym>/", patients.patient_detail, name="detail"),
    path("patients/<str:pseudonym>/edit/", describing.describe, name="describe"),
    path("patients/<str:pseudonym>/export/", patients.export, name="export"),
    path("patients/<str:pseudonym>/erase/", patients.erase, name="erase"),
    path("patients/<str:pseudonym>/consent/", patients.record, name="consent"),
    path("patients/<str:pseudonym>/consent/withdraw/", patients.withdraw, name="withdraw_consent"),
    path("reviews/", reviews.review_list, name="reviews"),
    path("reviews/<uuid:key>/", reviews.review, name="review"),
    path("reviews/<uuid:key>/keep/", reviews.keep, name="keep"),
    path("reviews/<uuid:key>/erase/", reviews.erase, name="erase_after_review"),
]
