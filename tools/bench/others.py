"""Every further page once, among 20,000 panels: what the tables of sizes do not name is found by walking the addresses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import NoReverseMatch, reverse

from consent.models import Review
from consent.states import ReviewKind
from cpms import clock
from cpms.accounts.access import Route, route_of, walk
from cpms.accounts.models import ExpertGroup, Membership, Network, ThematicGroup, User
from cpms.accounts.roles import Role
from cpms.vault import actions as vault
from panels import actions
from panels.meetings import actions as meetings
from panels.meetings.states import Rhythm
from panels.models import Panel, Question
from tools.bench.filling import SIZES, TEXT

TRIED = 4
"""So many things of a kind are tried until one answers: the page of a draft is not there for an open panel."""
FURTHER: dict[str, dict[str, object]] = {
    "patients:sheet": {"language": "en"},
    "cases:form": {"slug": "core"},
    "cases:blank_form": {"slug": "core"},
    "outcomes:version": {"number": 1},
    "kpis_export": {"month": "2020-03"},
}


def things_of(route: Route, user: User) -> list[Any]:
    """What the address can be asked for, as this person; ``[None]`` when it asks for nothing."""
    if route.model is None:
        return [None]
    return list(route.model._default_manager.visible_to(user)[:TRIED])  # type: ignore[attr-defined]


def path_of(name: str, route: Route, thing: Any) -> str:
    words = dict(FURTHER.get(name, {}))
    if route.model is not None:
        words[route.kwarg] = getattr(thing, getattr(route.model, "URL_FIELD", "pk"))
    return reverse(name, kwargs=words)


def answering(name: str, route: Route, people: dict[User, Client]) -> tuple[Client, str] | None:
    """The first of these people and things for whom there is such a page."""
    for user, client in people.items():
        for thing in things_of(route, user):
            try:
                path = path_of(name, route, thing)
            except NoReverseMatch:
                return None
            answer = client.get(path, secure=True)
            if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
                return client, path
            if route.model is None:
                break
    return None


class Surroundings:
    """What the large tables have none of, by the product's own actions: so many rows of each kind in the network."""

    def __init__(self, lead: User, coordinator: User) -> None:
        self.lead, self.group, self.rows = lead, ThematicGroup.objects.get(network__code="ENDO", number=1), 0
        own = Panel.objects.with_case().with_surroundings().filter(lead=lead).order_by("ref")
        self.panels = list(own[31 : 31 + SIZES[-1]])
        self.people = list(User.objects.filter(is_active=True).order_by("pk")[: SIZES[-1]])
        self.saved = ExpertGroup.objects.create(name="Mine", owner=lead)
        self.begin(coordinator)

    def begin(self, coordinator: User) -> None:
        """One of each kind that a page shows by itself."""
        actions.comment(self.panels[0], text=TEXT, by=self.lead)
        ahead = [clock.now() + dt.timedelta(days=days) for days in (5, 6, 7)]
        meetings.propose_dates(self.panels[0], dates=ahead, minutes=30, link="", by=self.lead)
        meetings.start_series(
            groups=[self.group],
            rhythm=Rhythm.FORTNIGHTLY,
            first_on=ahead[0].date(),
            at=dt.time(16),
            people=[self.lead],
            by=coordinator,
            name="Board",
            minutes=60,
            slots=4,
            link="",
        )

    def ask(self) -> None:
        question = Question(key=vault.new_key(), group=self.group, asker=self.lead)
        question.text = TEXT
        question.save(force_insert=True)

    def grow(self, rows: int) -> None:
        """Until there are so many."""
        who: Any = {"name": "Dr Outside", "hospital": "Far Hospital", "country": "IE", "urgency": "soon"}
        network, group = self.group.network, self.group
        for number in range(self.rows, rows):
            panel = self.panels[number % len(self.panels)]
            if number < len(self.panels):
                actions.address(panel, network=network, group=group, by=self.lead)
                Review.objects.create(patient=panel.case.patient, kind=ReviewKind.RETENTION, due_on=clock.today())
            actions.refer(f"{number}@far.example", text=TEXT, network=network, group=group, by=None, **who)
            self.ask()  # the action would mail each question to half of the 6,500
            self.saved.members.add(self.people[number % len(self.people)])
        self.rows = rows


def watchers() -> list[User]:
    """A coordinator of the network, and a member of the helpdesk."""
    network, found = Network.objects.get(code="ENDO"), []
    for role in (Role.NETWORK_COORDINATOR, Role.HELPDESK_ADULT):
        user = User.objects.create(email=f"{role}@bench.example", display_name=f"Dr {role}", activated_at=clock.now())
        Membership.objects.create(user=user, role=role, network=network)
        found.append(user)
    return found


@dataclass(frozen=True)
class Found:
    """A page, who asks for it where, and its queries while the rows around it grow."""

    name: str
    client: Client
    path: str
    counts: list[int]


def others(
    lead: User, known: set[str], sign_in: Callable[[User], Client], count: Callable[[Client, str], int]
) -> tuple[list[Found], list[str]]:
    """Each page that is not in ``known``, counted at each size. And the names of those that no row here leads to."""
    coordinator, staff = watchers()
    around = Surroundings(lead, coordinator)
    around.grow(SIZES[0])
    people = {user: sign_in(user) for user in (lead, coordinator, staff)}
    found: list[Found] = []
    missing = []
    for name, _address, pattern in walk():
        route = route_of(pattern.callback)
        if name in known or route is None or route.public or "GET" not in route.methods:
            continue
        there = answering(name, route, people)
        if there is None:
            missing.append(name)
        else:
            found.append(Found(name, *there, []))
    for size in SIZES:
        around.grow(size)
        for page in found:
            page.counts.append(count(page.client, page.path))
    return found, missing
