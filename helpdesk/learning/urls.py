"""Addresses of the manual."""

from django.urls import path

from helpdesk.learning import views

app_name = "manual"
urlpatterns = [
    path("manual/", views.contents, name="contents"),
    path("manual/search/", views.search, name="search"),
    path("manual/coming-in/<slug:chapter>/", views.open_chapter, name="open"),
    path("manual/<slug:chapter>/", views.chapter, name="chapter"),
]
