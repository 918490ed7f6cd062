"""Addresses of cases."""

from django.urls import path

from panels.cases.views import editing, exporting, files, findings, forms, labs, marking, ranges, rectifying, taking_in

app_name = "cases"
urlpatterns = [
    path("cases/<uuid:key>/edit/", editing.edit, name="edit"),
    path("cases/<uuid:key>/confirm/", editing.confirm, name="confirm"),
    path("cases/<uuid:key>/rectify/", rectifying.rectify, name="rectify"),
    path("cases/<uuid:key>/labs/", labs.paste, name="labs"),
    path("cases/<uuid:key>/phenopacket/", exporting.phenopacket, name="phenopacket"),
    path("cases/<uuid:key>/take-in/", taking_in.take_in, name="take_in"),
    path("cases/<uuid:key>/files/", files.files, name="files"),
    path("cases/<uuid:key>/files/checked/", files.files_checked, name="files_checked"),
    path("cases/<uuid:key>/files/show/", files.show_files, name="show_files"),
    path("cases/<uuid:key>/findings/", findings.findings, name="findings"),
    path("cases/<uuid:key>/forms/<slug:slug>/", forms.form, name="form"),
    path("case-forms/<slug:slug>/", forms.blank_form, name="blank_form"),
    path("case-forms/<slug:slug>/pdf/", forms.blank_form_pdf, name="blank_form_pdf"),
    path("case-forms/versions/<int:version>/", forms.form_preview, name="form_preview"),
    path("files/<uuid:key>/", files.file, name="file"),
    path("files/<uuid:key>/pages/<int:number>/", files.file_page, name="file_page"),
    path("files/<uuid:key>/download/", files.download_file, name="download_file"),
    path("files/<uuid:key>/remove/", files.remove_file, name="remove_file"),
    path("ranges/", ranges.ranges, name="ranges"),
    path("ranges/<slug:network>/<int:number>/<slug:test>/", ranges.of_test, name="range"),
    path("marks/", marking.marks, name="marks"),
    path("question/", editing.question, name="question"),
    path("terms/", editing.terms, name="terms"),
]
