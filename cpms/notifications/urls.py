"""Addresses of mails."""

from django.urls import path

from cpms.notifications import views

urlpatterns = [path("mails/", views.mails, name="mails"), path("chasing/", views.chasing, name="chasing")]
