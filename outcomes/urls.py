"""Addresses of outcomes and their documents."""

from django.urls import path

from outcomes.views import documents, statements, versions, writing

app_name = "outcomes"
urlpatterns = [
    path("panels/<str:ref>/outcome/", writing.edit, name="edit"),
    path("panels/<str:ref>/outcome/start/", writing.start, name="start"),
    path("panels/<str:ref>/outcome/save/", writing.save, name="save"),
    path("panels/<str:ref>/outcome/decide/", writing.decide, name="decide"),
    path("panels/<str:ref>/outcome/sign/", writing.sign, name="sign"),
    path("panels/<str:ref>/outcome/versions/<int:number>/", versions.version, name="version"),
    path("panels/<str:ref>/outcome/correct/", versions.correct, name="correct"),
    path("panels/<str:ref>/close/", writing.close, name="close"),
    path("documents/<uuid:key>/", documents.download, name="download"),
    path("documents/<uuid:key>/progress/", documents.progress, name="progress"),
    path("documents/<uuid:key>/retry/", documents.retry, name="retry"),
    path("statement/", statements.statement, name="statement"),
    path("statement/pdf/", statements.statement_pdf, name="statement_pdf"),
    path("verify/", documents.verify, name="verify"),
]
