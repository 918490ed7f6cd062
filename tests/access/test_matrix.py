"""Every route x every principal x every state x its methods, against the hand-written oracle."""

from __future__ import annotations

import copy
import os
import random
import re
import uuid

import pytest
from django.db.models import AutoField
from django.urls import reverse

from cpms.accounts.roles import Permission
from cpms.patients import actions as patients
from tests.access import oracle
from tests.access.cells import EXTRA, LINKS, ask, body_of, client_for, faults_of
from tests.access.routes import address, admins, ours
from tests.access.world import STATES, World
from tests.evidence import note
from tests.factories import CANARIES

pytestmark = [pytest.mark.long, pytest.mark.django_db(databases=["default", "cachedb"])]
IN_LARGE = "CPMS_CAMPAIGN" in os.environ
# What nobody else's sight hangs on need not be asked for everybody again
SOME = ("lead", "assistant", "member", "guest", "group_coordinator", "former_lead", "anonymous")
NEAR = {"former_lead", "assistant_of_member", "researcher_elsewhere"}  # had a right, or have one like it
ASKED_IN = {} if IN_LARGE else {"archived": SOME}
# A run asks an open panel whole and these parts of the rest, drawn anew in every run and state; a campaign asks all (ADR 93)
OF_CHANGED = 1 if IN_LARGE else 1 / 3  # what the oracle answers otherwise than of an open panel
OF_OTHER_STATES = 1 if IN_LARGE else 1 / 24
OF_NEAR = 1 if IN_LARGE else 1 / 16
OF_STRANGERS = 1 if IN_LARGE else 1 / 24  # people whom a kind of thing concerns in no state
OF_WRONG_METHODS = 1 if IN_LARGE else 1 / 12
OF_ERASED = 1 if IN_LARGE else 1 / 3
SPARED = set() if IN_LARGE else {"HEAD"}  # answered by the same view as GET
METHODS_ASKED = 9 if IN_LARGE else 1  # of those that a route declares, where a cell is not asked whole
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
NOT_OF_THE_PATIENT = re.compile(r"quick-question|referral-|ticket")
CHANGING = re.compile(rb'(name="csrfmiddlewaretoken" value|name="idempotency_key" value|"X-CSRFToken")[^>]*')


def is_concerned(principal: str, route) -> bool:
    """Whether the principal sees such a thing in any state at all."""
    return any(principal in seen for seen in oracle.SEES[route.model.__name__].values())


def part_of(principal: str, route, state: str) -> float:
    """Which part of such cells a run asks."""
    if oracle.expected(route, principal, state) != oracle.expected(route, principal, "open"):
        return OF_CHANGED
    if principal in NEAR and not is_concerned(principal, route):
        return OF_NEAR
    of_state = 1 if state == "open" else OF_OTHER_STATES
    return of_state if is_concerned(principal, route) else of_state * OF_STRANGERS


def asked_of(route, draw, part: float = 0) -> list[str]:
    methods = sorted(route.methods - SPARED)
    return methods if part == 1 else draw.sample(methods, min(len(methods), METHODS_ASKED))


def is_for_some(principal: str, route) -> bool:
    """Whether the page is for some people and this is one of them, or the lead, or who acts for the lead."""
    allowed = oracle.PAGES[str(route.verb)]
    return principal in {"lead", "assistant"} or (principal in allowed and "everybody" not in allowed)


@pytest.mark.parametrize("state", STATES)
def test_every_object_route_as_every_principal(state):
    world, faults, cells = World(state), [], 0
    routes = [(name, route) for name, _pattern, route in ours() if not route.public and route.model is not None]
    if state != "open":
        routes = [(name, route) for name, route in routes if route.model.__name__ not in oracle.WITHOUT_PANEL]
    draw = random.Random(f"{state} {random.random()}")  # of this run's seed, and another one in every state
    for principal in ASKED_IN.get(state, oracle.PRINCIPALS):
        client = client_for(world, principal)
        for name, route in routes:
            if draw.random() >= (part := part_of(principal, route, state)):
                continue
            thing = world.thing_for(route.model.__name__, principal)
            url = address(name, route, thing, EXTRA.get(name, {}))
            want = oracle.expected(route, principal, state)
            for method in asked_of(route, draw, part):
                faults += faults_of(name, route, principal, method, ask(client, method, url), want)
                cells += 1
    principals = len(ASKED_IN.get(state, oracle.PRINCIPALS))
    note("C1", f"requests in the state “{state}”, {principals} principals", asked=cells, wrong=len(faults))
    assert not faults, f"{len(faults)} of {cells} cells:\n" + "\n".join(faults[:60])
    assert cells > 10  # of some 35 on average where the draw is smallest


def test_every_page_without_an_object_as_every_principal():
    world, faults, cells = World("open"), [], 0
    for principal in oracle.PRINCIPALS:
        client = client_for(world, principal)
        cookies = copy.deepcopy(client.cookies)
        for name, _pattern, route in ours():
            if route.public or route.model is not None:
                continue
            if principal in oracle.OUTSIDE and name == "account_logout":
                continue  # leads to the login page in any case
            url = address(name, route, None, EXTRA.get(name, {}))
            want = oracle.expected(route, principal, "open")
            if not (is_for_some(principal, route) or random.random() < OF_STRANGERS):
                continue
            for method in asked_of(route, random):
                client.cookies = copy.deepcopy(cookies)  # a page may have signed the person out
                answer = ask(client, method, url)
                cells += 1
                if name == "drafts" and want == 200 and answer[0].status_code == 400:
                    continue
                faults += faults_of(name, route, principal, method, answer, want)
    note("C1", f"pages without an object, {len(oracle.PRINCIPALS)} principals", asked=cells, wrong=len(faults))
    assert not faults, "\n".join(faults[:60])


def test_the_staff_site_opens_to_staff_alone():
    world = World("open")
    for principal in oracle.PRINCIPALS:
        response = client_for(world, principal).get("/helpdesk/", secure=True)
        want = 302 if principal in oracle.OUTSIDE else 200 if principal in oracle.PAGES["staff_site"] else 403
        assert (principal, response.status_code) == (principal, want)


def test_no_page_of_the_staff_site_opens_to_anybody_else():
    """Every address of it, those of single rows too; a run asks as two others each, a campaign as everybody."""
    world, asked = World("open"), 0
    others = [name for name in oracle.PRINCIPALS if name not in oracle.PAGES["staff_site"]]
    clients = {name: client_for(world, name) for name in others}
    for name, pattern, _route in admins():
        if pattern.name is None:
            continue  # an old address that Django sends on to one below
        parts = pattern.pattern.regex.groupindex
        url = reverse(name, kwargs={part: "accounts" if part == "app_label" else "1" for part in parts})
        for principal in others if IN_LARGE else random.sample(others, 2):
            answer = clients[principal].get(url, secure=True)
            assert answer.status_code in ({302} if principal in oracle.OUTSIDE else {403, 404}), (name, principal)
            assert not [c for c in CANARIES if c.encode() in body_of(answer)], (name, principal)
            asked += 1
    note("C1", "addresses of the staff site, asked by everybody else", asked=asked, wrong=0)
    assert asked > 60


def test_every_page_of_the_staff_site_is_free_of_patients_data():
    world = World("outcome")
    client = client_for(world, "helpdesk")
    seen = 0
    for name, pattern, _route in admins():
        if "object_id" in str(pattern.pattern) or "?P" in str(pattern.pattern) or "<" in str(pattern.pattern):
            continue
        response = client.get(address(name, _Plain, None, {}), secure=True)
        seen += response.status_code == 200
        assert not [c for c in CANARIES if c.encode() in response.content], name
    assert seen >= 10


class _Plain:
    model = None


def test_a_refused_page_is_the_same_as_one_that_never_was():
    world = World("open")
    client = client_for(world, "outsider")
    for name, _pattern, route in ours():
        if route.public or route.model is None or "GET" not in route.methods:
            continue
        if "outsider" in oracle.SEES[route.model.__name__]["open"]:
            continue
        hidden = client.get(
            address(name, route, world.thing_for(route.model.__name__, ""), EXTRA.get(name, {})), secure=True
        )
        field = getattr(route.model, "URL_FIELD", "pk")
        unknown = 999_999 if isinstance(route.model._meta.pk, AutoField) else uuid.uuid4()
        kwargs = {route.kwarg: unknown if field == "pk" else "NONE-00-0000", **EXTRA.get(name, {})}
        missing = client.get(reverse(name, kwargs=kwargs), secure=True)
        assert CHANGING.sub(b"", hidden.content) == CHANGING.sub(b"", missing.content), name
        assert hidden.status_code == missing.status_code == 404


def test_methods_a_route_does_not_declare_are_refused():
    """Before anything is looked up; whoever is not signed in goes to the login first."""
    world, faults, cells = World("open"), [], 0
    for principal in oracle.PRINCIPALS if IN_LARGE else ("lead", "anonymous"):
        client = client_for(world, principal)
        for name, _pattern, route in ours():
            thing = world.thing_for(route.model.__name__, "lead") if route.model else None
            extra = EXTRA.get(name, {})
            if route.public:
                extra = LINKS.get(name, extra)
            url = address(name, route, thing, extra)
            want = 302 if principal in oracle.OUTSIDE and not route.public else 405
            for method in METHODS - route.methods:
                if random.random() >= OF_WRONG_METHODS:
                    continue
                status, cells = client.generic(method, url, secure=True).status_code, cells + 1
                faults += [] if status == want else [f"{method} {name} as {principal}: {status}, not {want}"]
    note("C1", "methods that a route does not declare", asked=cells, wrong=len(faults))
    assert faults == []


def test_an_erased_patients_words_are_shown_to_nobody():
    """The nearest thing to a retention that is over: rows stay for a while, no word of them opens any more."""
    world, faults, cells = World("closed"), [], 0
    patients.erase(world.story.patient, by=world.story.lead)
    theirs = [c for c in CANARIES if c.startswith("CNRY-a-") and not NOT_OF_THE_PATIENT.search(c)]
    for principal in oracle.PRINCIPALS if IN_LARGE else SOME:
        client = client_for(world, principal)
        for name, _pattern, route in ours():
            if route.public or route.model is None or "GET" not in route.methods or random.random() >= OF_ERASED:
                continue
            url = address(name, route, world.thing_for(route.model.__name__, principal), EXTRA.get(name, {}))
            (response, _written, _events), cells = ask(client, "GET", url), cells + 1
            shown = body_of(response)
            if response.status_code >= 500 or any(c.encode() in shown for c in theirs):
                faults.append(f"{name} as {principal}: {response.status_code}")
    note("C1", "pages about an erased patient", asked=cells, wrong=len(faults))
    assert faults == []


def test_every_route_declares_itself_and_is_in_the_oracle():
    for name, pattern, route in [*ours(), *admins()]:
        assert route is not None, f"{name} ({pattern.pattern}) carries no @access"
    named = {name for name, _pattern, route in ours() if route.public}
    assert named == oracle.PUBLIC
    for name, _pattern, route in ours():
        assert route.name == name, f"{name} declares itself as {route.name}"
        if route.public:
            continue
        known = oracle.MAY if route.model else oracle.PAGES
        assert str(route.verb) in known, f"{route.verb} is missing in docs/access.md"


def test_the_oracle_names_no_verb_that_no_route_uses():
    with_object = {str(r.verb) for _n, _p, r in ours() if not r.public and r.model is not None}
    without = {str(r.verb) for _n, _p, r in [*ours(), *admins()] if not r.public and r.model is None}
    assert set(oracle.MAY) == with_object
    assert set(oracle.PAGES) == without
    assert set(oracle.MAY) | set(oracle.PAGES) <= set(Permission.values)
