"""Addresses of getting in."""

from django.urls import path

from helpdesk.people.views import centres, deciding, getting_in, handing_over, persons, second, tables

app_name = "people"
urlpatterns = [
    path("access/", getting_in.ask, name="ask"),
    path("access/received/", getting_in.received, name="received"),
    path("access/status/<str:token>/", getting_in.status, name="status"),
    path("access/status/<str:token>/link/", getting_in.link_again, name="link_again"),
    path("people/", persons.person_list, name="list"),
    path("people/<uuid:key>/", persons.person, name="person"),
    path("people/<uuid:key>/grant/", persons.grant, name="grant"),
    path("people/<uuid:key>/roles/<int:membership>/end/", persons.end_role, name="end_role"),
    path("people/<uuid:key>/leave/", persons.leave, name="leave"),
    path("people/<uuid:key>/switch/", persons.switch, name="switch"),
    path("people/<uuid:key>/phone/", second.lost_phone, name="lost_phone"),
    path("people/phones/<uuid:key>/confirm/", second.confirm_phone, name="confirm_phone"),
    path("people/glass/", second.glass, name="glass"),
    path("people/glass/<uuid:key>/confirm/", second.confirm_glass, name="confirm_glass"),
    path("people/roles/<uuid:key>/confirm/", second.confirm_role, name="confirm_role"),
    path("people/roles/<uuid:key>/drop/", second.drop_role, name="drop_role"),
    path("people/centres/", centres.centre_list, name="centres"),
    path("people/centres/new/", centres.new_centre, name="new_centre"),
    path("people/centres/asked/<uuid:key>/confirm/", second.confirm_place, name="confirm_place"),
    path("people/centres/asked/<uuid:key>/drop/", second.drop_place, name="drop_place"),
    path("people/centres/<int:key>/describe/", centres.describe, name="describe_centre"),
    path("people/centres/<int:key>/networks/", centres.place, name="place_centre"),
    path("people/centres/<int:key>/units/<int:unit>/drop/", centres.drop_unit, name="drop_unit"),
    path("people/<uuid:key>/unit/", persons.move_to_unit, name="move_to_unit"),
    path("people/centres/<int:key>/", centres.centre, name="centre"),
    path("people/centres/<int:key>/clearance/", centres.clearance, name="clearance"),
    path("people/centres/<int:key>/units/", centres.unit, name="unit"),
    path("people/centres/<int:key>/patients/", handing_over.left_behind, name="left_behind"),
    path("people/tables/", tables.table_list, name="tables"),
    path("people/tables/<uuid:key>/", tables.table, name="table"),
    path("people/tables/<uuid:key>/progress/", tables.progress, name="table_progress"),
    path("people/tables/<uuid:key>/mend.csv", tables.to_mend, name="table_to_mend"),
    path("people/tables/<uuid:key>/check/", tables.check, name="check_table"),
    path("people/tables/<uuid:key>/take/", tables.take, name="take_table"),
    path("people/requests/", deciding.requests, name="requests"),
    path("people/requests/<uuid:key>/approve/", deciding.approve, name="approve"),
    path("people/requests/<uuid:key>/refuse/", deciding.refuse, name="refuse"),
]
