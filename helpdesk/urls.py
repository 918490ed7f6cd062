"""Addresses of figures, of what the staff site sends, and of the demonstration."""

from django.urls import path

from helpdesk import views
from helpdesk.admin import today

urlpatterns = [
    path("reports/", views.kpis, name="kpis"),
    path("reports/definitions/", views.kpis_definitions, name="kpis_definitions"),
    path("helpdesk/nudge/", today.nudge, name="nudge"),
    path("reports/<str:month>/export/", views.kpis_export, name="kpis_export"),
    path("reports/centres/<int:key>/evidence/", views.evidence, name="kpis_evidence"),
    path("reports/files/<uuid:key>/", views.figures_file, name="figures_file"),
    path("reports/files/<uuid:key>/progress/", views.figures_progress, name="figures_progress"),
    path("reports/files/<uuid:key>/again/", views.figures_again, name="figures_again"),
    path("reports/files/<uuid:key>/download/", views.figures_download, name="figures_download"),
    path("demo/", views.demo, name="demo"),
    path("demo/be/", views.demo_be, name="demo_be"),
    path("demo/mail/", views.demo_mail, name="demo_mail"),
]
