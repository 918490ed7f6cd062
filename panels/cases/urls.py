"""Addresses of cases."""

from django.urls import path

from panels.cases.views import editing, exporting, labs, marking

app_name = "cases"
urlpatterns = [
    path("cases/<uuid:key>/edit/", editing.edit, name="edit"),
    path("cases/<uuid:key>/confirm/", editing.confirm, name="confirm"),
    path("cases/<uuid:key>/labs/", labs.paste, name="labs"),
    path("cases/<uuid:key>/phenopacket/", exporting.phenopacket, name="phenopacket"),
    path("marks/", marking.marks, name="marks"),
    path("terms/", editing.terms, name="terms"),
]
