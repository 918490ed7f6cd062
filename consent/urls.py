"""Addresses of patients and their consent."""

from django.urls import path

from consent import views

app_name = "patients"
urlpatterns = [
    path("patients/", views.patient_list, name="list"),
    path("patients/<str:pseudonym>/", views.patient_detail, name="detail"),
    path("patients/<str:pseudonym>/consent/", views.record, name="consent"),
    path("patients/<str:pseudonym>/consent/withdraw/", views.withdraw, name="withdraw_consent"),
]
