"""Addresses of patients and their consent."""

from django.urls import path

from consent import views

app_name = "patients"
urlpatterns = [
    path("patients/", views.patient_list, name="list"),
    path("consent-forms/<slug:language>/", views.sheet, name="sheet"),
    path("consent-forms/<slug:language>/pdf/", views.sheet_pdf, name="sheet_pdf"),
    path("consent-forms/versions/<int:version>/", views.sheet_preview, name="sheet_preview"),
    path("patients/<str:pseudonym>/", views.patient_detail, name="detail"),
    path("patients/<str:pseudonym>/export/", views.export, name="export"),
    path("patients/<str:pseudonym>/erase/", views.erase, name="erase"),
    path("patients/<str:pseudonym>/consent/", views.record, name="consent"),
    path("patients/<str:pseudonym>/consent/withdraw/", views.withdraw, name="withdraw_consent"),
]
