"""Addresses of figures, of what the staff site sends, and of the demonstration."""

from django.urls import path

from helpdesk import views
from helpdesk.admin import today

urlpatterns = [
    path("reports/", views.kpis, name="kpis"),
    path("helpdesk/nudge/", today.nudge, name="nudge"),
    path("reports/<str:month>/export/", views.kpis_export, name="kpis_export"),
    path("demo/", views.demo, name="demo"),
    path("demo/be/", views.demo_be, name="demo_be"),
    path("demo/mail/", views.demo_mail, name="demo_mail"),
]
