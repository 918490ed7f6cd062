"""Addresses of help."""

from django.urls import path

from helpdesk.tickets.views import status, tickets

app_name = "tickets"
urlpatterns = [
    path("help/", tickets.raise_ticket, name="raise"),
    path("help/tickets/", tickets.ticket_list, name="list"),
    path("help/tickets/<uuid:key>/", tickets.ticket, name="ticket"),
    path("help/tickets/<uuid:key>/reply/", tickets.reply, name="reply"),
    path("help/tickets/<uuid:key>/close/", tickets.close, name="close"),
    path("help/tickets/<uuid:key>/escalate/", tickets.escalate, name="escalate"),
    path("help/tickets/<uuid:key>/give-back/", tickets.give_back, name="give_back"),
    path("help/tickets/<uuid:key>/consult/", tickets.consult, name="consult"),
    path("help/tickets/<uuid:key>/forget/", tickets.forget, name="forget"),
    path("help/tickets/<uuid:key>/link/", status.link, name="link"),
    path("help/status/", status.status, name="status"),
    path("help/status/new/", status.publish, name="publish"),
    path("help/status/<uuid:key>/change/", status.change, name="change"),
    path("help/status/<uuid:key>/vote/", status.vote, name="vote"),
]
