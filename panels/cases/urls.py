"""Addresses of cases."""

from django.urls import path

from panels.cases import views

app_name = "cases"
urlpatterns = [
    path("cases/<uuid:key>/edit/", views.edit, name="edit"),
    path("terms/", views.terms, name="terms"),
]
