"""Addresses of outcomes and their documents."""

from django.urls import path

from outcomes import views

app_name = "outcomes"
urlpatterns = [
    path("panels/<str:ref>/outcome/", views.edit, name="edit"),
    path("panels/<str:ref>/outcome/start/", views.start, name="start"),
    path("panels/<str:ref>/outcome/save/", views.save, name="save"),
    path("panels/<str:ref>/outcome/sign/", views.sign, name="sign"),
    path("panels/<str:ref>/close/", views.close, name="close"),
    path("documents/<uuid:key>/", views.download, name="download"),
    path("documents/<uuid:key>/progress/", views.progress, name="progress"),
    path("documents/<uuid:key>/retry/", views.retry, name="retry"),
    path("statement/", views.statement, name="statement"),
    path("statement/pdf/", views.statement_pdf, name="statement_pdf"),
    path("verify/", views.verify, name="verify"),
]
