"""The pages whose rows are counted by leads of their own, or by three things of a kind."""

from __future__ import annotations

from dataclasses import replace

from django.test import Client
from django.urls import reverse

from cpms.accounts.models import User
from panels.models import Panel
from tools.bench.directory import searches
from tools.bench.measuring import JUDGED_AT_30, P95_MS, Row, Target, measure, queries, signed_in, timed
from tools.bench.rooms import Rooms, reports

DIRECTORY, DIRECTORY_P95_MS = "Experts among 6,500 people", 100.0
TYPICAL = 1
BARE = "bare page: session, person, frame and one query"


def measure_sizes(page: str, visits: list[tuple[Client, Target]], rounds: int) -> Row:
    """Queries at each size, a single figure where nothing is listed; time and weight at the largest, or at 30 and also at 300."""
    counts = [queries(client, target)[0] for client, target in visits]
    name, _mark, by = page.partition(", by ")
    if JUDGED_AT_30 not in page:
        return measure(name, counts, *visits[-1], rounds, by=by, most=most_of(name))
    row = measure(name, counts, *visits[TYPICAL], rounds, by=by)
    return replace(row, at_most=timed(*visits[-1], rounds).p95)


def most_of(page: str) -> float:
    """The budget of a page's p95, in milliseconds."""
    return DIRECTORY_P95_MS if page.startswith(DIRECTORY) else P95_MS


def pages(leads: list[User]) -> list[tuple[str, list[tuple[Client, Target]]]]:
    """Each page as the three leads, or with 3, 30 and 300 statements and messages as the third of them."""
    clients = [signed_in(user) for user in leads]
    last = clients[-1]
    talks = [panel.ref for panel in Panel.objects.filter(lead=leads[-1]).order_by("ref")[:3]]

    def as_each(name: str) -> list[tuple[Client, Target]]:
        return [(client, reverse(name)) for client in clients]

    def about_each(name: str) -> list[tuple[Client, Target]]:
        return [(last, reverse(name, args=[ref])) for ref in talks]

    rooms = Rooms(leads)
    rooms.give_everybody(leads)
    search = f"{reverse('panels:search')}?words=salt loss"
    return [
        (BARE, [(last, "/bare/")]),
        ("My work (25 shown), by panels led", as_each("home")),
        ("Panels (25 a page), by panels led", as_each("panels:list")),
        ("Find a panel, by panels seen", [(client, search) for client in clients]),
        ("Patients (25 a page), by patients", as_each("patients:list")),
        ("Panel (20 shown), by statements and messages", about_each("panels:detail")),
        ("Invite, by statements and messages", about_each("panels:invite")),
        (
            "People found by name, by statements and messages",
            [(last, f"{reverse('panels:experts', args=[ref])}?q=bench") for ref in talks],
        ),
        ("New panel, by patients", as_each("panels:new")),
        ("Hand over, by patients", as_each("panels:hand_over")),
        ("Conditions by country", [(last, reverse("condition_matrix"))]),
        ("Check a document", [(last, reverse("outcomes:verify"))]),
        (f"{DIRECTORY}, by people of the misspelt condition", [(last, search) for search in searches()]),
        *of_rooms(last, clients[0], rooms),
    ]


def of_rooms(last: Client, guest: Client, rooms: Rooms) -> list[tuple[str, list[tuple[Client, Target]]]]:
    """Pages about three things of a kind, with 3, 30 and 300 lines."""

    def of(user: Client, paths: list[str]) -> list[tuple[Client, Target]]:
        return [(user, path) for path in paths]

    coordinator, months = reports()
    return [
        ("Quick question, by answers", of(last, rooms.questions())),
        ("Invitation sheet, by others asked", of(guest, rooms.invitations())),
        (f"Prepare {JUDGED_AT_30}, by findings", of(last, rooms.drafts())),
        (f"Case form {JUDGED_AT_30}, by findings", of(last, rooms.cases())),
        ("Meeting, by people asked", of(last, rooms.meetings())),
        (f"Outcome {JUDGED_AT_30}, by items of advice", of(last, rooms.outcomes())),
        ("Reports, by lines of the month", of(signed_in(coordinator), months)),
    ]
