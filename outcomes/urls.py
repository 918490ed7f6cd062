"""Addresses of outcomes and their documents."""

from django.urls import path

from outcomes.views import after, documents, statements, surveys, versions, writing

app_name = "outcomes"
urlpatterns = [
    path("panels/<str:ref>/outcome/", writing.edit, name="edit"),
    path("panels/<str:ref>/outcome/start/", writing.start, name="start"),
    path("panels/<str:ref>/outcome/save/", writing.save, name="save"),
    path("panels/<str:ref>/outcome/sign/", writing.sign, name="sign"),
    path("panels/<str:ref>/outcome/versions/<int:number>/", versions.version, name="version"),
    path("panels/<str:ref>/outcome/correct/", versions.correct, name="correct"),
    path("panels/<str:ref>/after/", after.after, name="after"),
    path("panels/<str:ref>/after/effect/", after.effect, name="effect"),
    path("topics/", after.topics, name="topics"),
    path("topics/<uuid:key>/", after.decide_topic, name="decide_topic"),
    path("panels/<str:ref>/close/", writing.close, name="close"),
    path("documents/<uuid:key>/", documents.download, name="download"),
    path("documents/<uuid:key>/handed/", documents.handed, name="handed"),
    path("documents/<uuid:key>/progress/", documents.progress, name="progress"),
    path("documents/<uuid:key>/language/", documents.language, name="language"),
    path("documents/<uuid:key>/retry/", documents.retry, name="retry"),
    path("reports/effect/", surveys.effectiveness, name="effectiveness"),
    path("reports/surveys/", surveys.surveys, name="surveys"),
    path("reports/surveys/open/", surveys.open_survey, name="open_survey"),
    path("surveys/<uuid:key>/", surveys.survey, name="survey"),
    path("surveys/<uuid:key>/close/", surveys.close_survey, name="close_survey"),
    path("statement/", statements.statement, name="statement"),
    path("statement/pdf/", statements.statement_pdf, name="statement_pdf"),
    path("verify/", documents.verify, name="verify"),
]
