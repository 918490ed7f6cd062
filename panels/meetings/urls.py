"""Addresses of meetings."""

from django.urls import path

from panels.meetings import views

app_name = "meetings"
urlpatterns = [
    path("meetings/", views.meeting_list, name="list"),
    path("meetings/address/", views.address, name="address"),
    path("meetings/address/stop/", views.stop_address, name="stop_address"),
    path("meetings/series/new/", views.start_series, name="series_new"),
    path("meetings/series/<uuid:key>/", views.series, name="series"),
    path("meetings/series/<uuid:key>/end/", views.end_series, name="series_end"),
    path("meetings/series/<uuid:key>/change/", views.change_series, name="series_change"),
    path("meetings/series/<uuid:key>/when/", views.reschedule, name="series_when"),
    path("meetings/series/<uuid:key>/people/", views.add_people, name="series_add"),
    path("meetings/series/<uuid:key>/people/strike/", views.strike, name="series_strike"),
    path("calendar/<str:token>.ics", views.feed, name="feed"),
    path("panels/<str:ref>/bring/", views.bring, name="bring"),
    path("panels/<str:ref>/bring/off/", views.take_off, name="take_off"),
    path("panels/<str:ref>/meeting/now/", views.meet_now, name="meet_now"),
    path("panels/<str:ref>/dates/", views.propose, name="propose"),
    path("dates/<uuid:key>/", views.dates, name="dates"),
    path("dates/<uuid:key>/answer/", views.can_come, name="can_come"),
    path("dates/<uuid:key>/pick/", views.pick, name="pick"),
    path("dates/<uuid:key>/end/", views.end_dates, name="end_dates"),
    path("panels/<str:ref>/talk/", views.talk, name="talk"),
    path("panels/<str:ref>/meeting/", views.schedule, name="schedule"),
    path("meetings/<uuid:key>/", views.detail, name="detail"),
    path("meetings/<uuid:key>/sheet/", views.sheet, name="sheet"),
    path("meetings/<uuid:key>/live/", views.parts, name="live"),
    path("meetings/<uuid:key>/turn/", views.turn, name="turn"),
    path("meetings/<uuid:key>/join/", views.join, name="join"),
    path("meetings/<uuid:key>/present/", views.present, name="present"),
    path("agenda/<int:key>/time/", views.time, name="time"),
    path("agenda/<int:key>/decide/", views.decide, name="decide"),
    path("meetings/<uuid:key>/calendar.ics", views.calendar, name="calendar"),
    path("meetings/<uuid:key>/move/", views.move, name="move"),
    path("meetings/<uuid:key>/change/", views.change, name="change"),
    path("meetings/<uuid:key>/call-off/", views.call_off, name="call_off"),
    path("meetings/<uuid:key>/drop/", views.drop, name="drop"),
    path("meetings/<uuid:key>/order/", views.order, name="order"),
    path("meetings/<uuid:key>/hold/", views.hold, name="hold"),
]
