"""Addresses of getting in."""

from django.urls import path

from helpdesk.people.views import centres, deciding, getting_in

app_name = "people"
urlpatterns = [
    path("access/", getting_in.ask, name="ask"),
    path("access/received/", getting_in.received, name="received"),
    path("access/status/<str:token>/", getting_in.status, name="status"),
    path("access/status/<str:token>/link/", getting_in.link_again, name="link_again"),
    path("people/centres/", centres.centre_list, name="centres"),
    path("people/centres/<int:key>/", centres.centre, name="centre"),
    path("people/centres/<int:key>/clearance/", centres.clearance, name="clearance"),
    path("people/centres/<int:key>/units/", centres.unit, name="unit"),
    path("people/requests/", deciding.requests, name="requests"),
    path("people/requests/<uuid:key>/approve/", deciding.approve, name="approve"),
    path("people/requests/<uuid:key>/refuse/", deciding.refuse, name="refuse"),
]
