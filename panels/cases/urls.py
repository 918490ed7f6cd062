"""Addresses of cases."""

from django.urls import path

from panels.cases.views import editing, exporting, labs

app_name = "cases"
urlpatterns = [
    path("cases/<uuid:key>/edit/", editing.edit, name="edit"),
    path("cases/<uuid:key>/confirm/", editing.confirm, name="confirm"),
    path("cases/<uuid:key>/labs/", labs.paste, name="labs"),
    path("cases/<uuid:key>/phenopacket/", exporting.phenopacket, name="phenopacket"),
    path("terms/", editing.terms, name="terms"),
]
