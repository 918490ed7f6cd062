"""Addresses of figures, of what the staff site sends, and of the demonstration."""

from django.urls import path

from helpdesk import views
from helpdesk.admin import today

urlpatterns = [
    path("reports/", views.kpis, name="kpis"),
    path("reports/<str:month>.csv", views.kpis_csv, name="kpis_csv"),
    path("helpdesk/nudge/", today.nudge, name="nudge"),
    path("demo/", views.demo, name="demo"),
    path("demo/be/", views.demo_be, name="demo_be"),
    path("demo/mail/", views.demo_mail, name="demo_mail"),
]
