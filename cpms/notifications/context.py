"""What every page's frame shows: navigation, the number of things that wait, the look."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpms.accounts.access import ask
from cpms.accounts.roles import (
    COORDINATING_ROLES,
    DECIDING_ROLES,
    KPI_ROLES,
    MANAGING_ROLES,
    PLACING_ROLES,
    Permission,
    Role,
)
from cpms.notifications.models import WorkItem
from cpms.terminology import queries as terminology

Page = tuple[str, str, str | tuple[str, ...], int]
"""Words, address, what its addresses begin with, a count."""
COORDINATED = ("/dispatch/", "/referrals/", "/topics/", "/ranges/", "/chasing/")
"""What coordinators look after: pages beside each other, under one word of the menu."""


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    current: bool
    count: int = 0


def treats(user: Any) -> bool:
    """A clinician, or somebody who holds no role, as assistants do."""
    return not user.held_roles() or Role.CLINICIAN in user.held_roles()


def nav(request: HttpRequest) -> list[NavItem]:
    """The pages this person has, in the order of use."""
    user: Any = request.user
    if not user.is_authenticated:
        return []
    waiting = WorkItem.objects.visible_to(user).open().besides(roles=user.held_roles()).count()
    pages: list[Page] = [("My work", reverse("home"), "", waiting), ("Panels", reverse("panels:list"), "/panels/", 0)]
    pages.append(("Questions", reverse("panels:questions"), "/questions/", 0))
    if user.held_roles() & COORDINATING_ROLES:
        pages.append(("Dispatch", reverse("panels:dispatches"), COORDINATED, 0))
    if treats(user):
        pages.append(("Patients", reverse("patients:list"), "/patients/", 0))
    pages.append(("Meetings", reverse("meetings:list"), "/meetings/", 0))
    if ask(Permission.DIRECTORY, user):
        pages.append(("Experts", reverse("experts"), "/experts/", 0))
    pages += for_roles(user)
    here = request.path
    return [
        NavItem(label, url, here.startswith(part) if part else here == url, count) for label, url, part, count in pages
    ]


def for_roles(user: Any) -> list[Page]:
    """Pages that a role opens, after those of clinical work."""
    held = user.held_roles()
    pages: list[Page] = []
    if held & MANAGING_ROLES:
        first = "people:requests" if held & DECIDING_ROLES else "people:list"
        pages.append(("People", reverse(first), "/people/", 0))
    if Role.RESEARCHER in held:
        pages.append(("Registries", reverse("panels:registries"), "/registries/", 0))
    if held & KPI_ROLES:
        pages.append(("Reports", reverse("kpis"), "/reports/", 0))
    if user.is_staff:
        pages.append(("Helpdesk", reverse("helpdesk:index"), "/helpdesk/", 0))
    return pages


def idle_seconds(user: Any) -> int:
    """After how long without a sign of life this person's session ends; the page warns two minutes before."""
    return settings.STAFF_IDLE_SECONDS if user.is_staff else settings.SESSION_IDLE_SECONDS


def idempotency() -> SafeString:
    """A hidden field that makes a repeated POST harmless. A new key for every rendered form."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid.uuid4())


def help_address(request: HttpRequest) -> str:
    """Where this person asks for help, with the name of the page and, on one about a panel, its number; whether the person
    sees that panel is asked there. Empty for whoever is not signed in, with the code too."""
    inside = getattr(getattr(request, "user", None), "is_verified", None)
    if inside is None or not inside():
        return ""
    match, panel = getattr(request, "resolver_match", None), known_panel(getattr(request, "about", None))
    said = {"at": match.view_name if match and match.url_name else "", "panel": getattr(panel, "ref", "")}
    query = urlencode({name: value for name, value in said.items() if value})
    return reverse("tickets:raise") + (f"?{query}" if query else "")


def known_panel(thing: Any) -> Any:
    """The panel that a page is about, or that came along with its thing; none is fetched for this."""
    if thing is None or thing._meta.label == "panels.Panel":
        return thing
    return thing._state.fields_cache.get("panel")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context: ``shell`` (navigation, look, demo mark) and ``idempotency`` (a fresh hidden field)."""
    user: Any = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "shell": {
            "nav": SimpleLazyObject(lambda: nav(request)),
            "coordinates": SimpleLazyObject(lambda: bool(signed_in and Role.NETWORK_COORDINATOR in user.held_roles())),
            "decides": SimpleLazyObject(lambda: bool(signed_in and user.held_roles() & DECIDING_ROLES)),
            "places": SimpleLazyObject(lambda: bool(signed_in and user.held_roles() & PLACING_ROLES)),
            "starts": SimpleLazyObject(lambda: bool(signed_in and user.centre_id and treats(user))),
            "helpdesk": settings.HELPDESK_EMAIL,
            "help": SimpleLazyObject(lambda: help_address(request)),
            "theme": user.theme if signed_in else "auto",
            "demo": settings.DEMO,
            "idle_seconds": idle_seconds(user) if signed_in else 0,
            "acknowledgements": SimpleLazyObject(terminology.acknowledgements),
        },
        "idempotency": idempotency,
    }
