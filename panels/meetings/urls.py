"""Addresses of meetings."""

from django.urls import path

from panels.meetings import views

app_name = "meetings"
urlpatterns = [
    path("panels/<str:ref>/meeting/", views.schedule, name="schedule"),
    path("meetings/<uuid:key>/", views.detail, name="detail"),
    path("meetings/<uuid:key>/calendar.ics", views.calendar, name="calendar"),
    path("meetings/<uuid:key>/hold/", views.hold, name="hold"),
]
