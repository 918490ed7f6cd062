"""Every page that the first table does not name, found by walking the addresses: its rows grow, or it has none and says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import NoReverseMatch, reverse

from cpms.accounts.access import Route, route_of, walk
from cpms.accounts.models import User
from helpdesk.admin import site
from tools.bench.growing import GROWTHS, Ground
from tools.bench.measuring import JUDGED_AT_30, Row, confirm_again, measure, queries

TRIED = 4
"""So many more things of a kind are tried until one answers."""
FURTHER: dict[str, dict[str, object]] = {
    "patients:sheet": {"language": "en"},
    "patients:sheet_pdf": {"language": "en"},
    "cases:form": {"slug": "core"},
    "cases:blank_form": {"slug": "core"},
    "cases:blank_form_pdf": {"slug": "core"},
    "cases:file_page": {"number": 1},
    "cases:range": {"network": "ENDO", "number": 1, "test": "phosphate"},
    "outcomes:version": {"number": 1},
    "manual:chapter": {"chapter": "panel"},
    "kpis_export": {"month": "2020-03"},
    "helpdesk:app_list": {"app_label": "accounts"},
}
"""What an address names beside its thing."""


@dataclass
class Page:
    """A page, who asks for it where; its queries and its bytes at each size."""

    name: str
    client: Client
    path: str
    by: str
    few: bool = False
    typical: Row | None = None
    """Timed with 30 rows, where nothing has 300."""
    counts: list[int] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)

    @property
    def grew(self) -> bool:
        """Whether more rows were shown when there were more: one more is the least that a list of few shows of many."""
        return self.weights[1] > self.weights[0] + LEAST


LEAST = 250
"""Bytes that rows take; the time of day and a token change by less."""


@dataclass
class Walk:
    """``pages`` are measured; ``left_out`` says why an address is no page; ``missing`` are those that nothing leads to."""

    pages: list[Page] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """A page that lists rows and does not show more of them, or more bytes on one that says that it lists none."""
        found = [f"{page.name}: {page.by} do not grow" for page in self.pages if page.by and not page.grew]
        found += [
            f"{page.name}: lists rows, and nothing says which" for page in self.pages if not page.by and page.grew
        ]
        return found + [f"{name}: nothing leads there" for name in self.missing]


def labels() -> dict[str, str]:
    """Route to the rows that it lists."""
    found: dict[str, list[str]] = {}
    for growth in GROWTHS:
        for route in growth.routes:
            found.setdefault(route, []).append(growth.by)
    return {route: ", ".join(names) for route, names in found.items()}


def few_on() -> set[str]:
    """Routes of which no list ever has 300 rows."""
    many = {route for growth in GROWTHS if not growth.few for route in growth.routes}
    return {route for growth in GROWTHS for route in growth.routes} - many


def words_of(name: str, route: Route, ground: Ground) -> Iterable[dict[str, object]]:
    """What the address can be asked for."""
    if name.startswith("helpdesk:") and name.endswith("_change"):
        return [{"object_id": key} for key in keys_of(name)]
    if "preview" in name:
        model = {"patients:sheet_preview": "consentform", "cases:form_preview": "caseform"}[name]
        return [{"version": key} for key in keys_of(f"helpdesk:x_{model}_change")]
    if name == "confirm_address":
        return [{"token": ground.address_link}]
    if route.model is None:
        return [FURTHER.get(name, {})]
    thing = ground.thing_for(name, route.model)
    return [{**FURTHER.get(name, {}), route.kwarg: getattr(thing, getattr(route.model, "URL_FIELD", "pk"))}]


def keys_of(name: str) -> list[Any]:
    """Some keys of what a page of the staff site shows one of."""
    label = name.split("_")[-2]
    (model,) = (model for model in site._registry if model._meta.model_name == label)
    return list(model._default_manager.order_by("pk").values_list("pk", flat=True)[:TRIED])


def answer(name: str, route: Route, ground: Ground, clients: dict[User, Client]) -> tuple[Any, Client | None, str]:
    """The first page that somebody is shown, else the last answer that is no refusal; nothing for an address that has none."""
    kept: tuple[Any, Client | None, str] = (None, None, "")
    for words in words_of(name, route, ground):
        try:
            path = reverse(name, kwargs=words) + ground.query_for(name)
        except NoReverseMatch:
            return kept
        for user in ground.first_to_ask(name):
            client = clients[user]
            found = client.get(path, secure=True)
            if found.status_code == 200:
                return found, client, path
            if found.status_code == 302 and found.headers["Location"].startswith("https://"):
                kept = found, client, path
    return kept


def why_no_page(found: Any) -> str:
    """Read from the answer: a way to another host, a file, or a part of a page; nothing for a page."""
    if found.status_code == 302:
        return "leads to another host"
    kind = found.headers["Content-Type"].partition(";")[0]
    if kind != "text/html" or "attachment" in found.headers.get("Content-Disposition", ""):
        return kind
    return "" if found.streaming or b"<html" in found.content else "part of a page"


def walked(ground: Ground, known: set[str], clients: dict[User, Client], wanted: Callable[[str], bool]) -> Walk:
    """Each page that is not in ``known``."""
    found, by, few = Walk(), labels(), few_on()
    for name, _address, pattern in walk():
        route = route_of(pattern.callback)
        if name in known or route is None or route.public or "GET" not in route.methods or not wanted(name):
            continue
        response, client, path = answer(name, route, ground, clients)
        if name.endswith(":None"):
            found.left_out[name] = "an address without a name: the staff site's own “not found”"
        elif response is None or client is None:
            found.missing.append(name)
        elif why := why_no_page(response):
            found.left_out[name] = why
        else:
            found.pages.append(Page(name, client, path, by.get(name, ""), name in few))
    return found


def others(
    ground: Ground,
    known: set[str],
    sizes: tuple[int, ...],
    clients: dict[User, Client],
    wanted: Callable[[str], bool],
    rounds: int = 0,
) -> Walk:
    """Every further page with its counts at each size; all rows grow together, so a page that lists none is seen to. With
    ``rounds``, pages of few rows are timed at the second size."""
    found, there = Walk(), 0
    for size in sizes:
        for growth in GROWTHS:
            growth.grow(ground, range(there, size))
        found, there = found if there else walked(ground, known, clients, wanted), size
        for page in found.pages:
            asked, weight = queries(page.client, page.path)
            page.counts.append(asked)
            page.weights.append(weight)
            if rounds and page.few and size == sizes[1]:
                confirm_again(page.client)
                page.typical = measure(f"{page.name} {JUDGED_AT_30}", [], page.client, page.path, rounds, by=page.by)
    return found
