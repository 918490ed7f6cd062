"""Every POST of the product sent twice as it stands: same words, same key, same version. The second changes nothing at all."""

from __future__ import annotations

import uuid

import lxml.html
import pytest
from django.db import transaction
from django.test import Client

from tests.access import oracle
from tests.access.cells import EXTRA
from tests.access.routes import address, ours
from tests.access.world import World
from tests.campaigns.excused import EXCUSED
from tests.campaigns.presses import PRESSES, Press
from tests.campaigns.traces import READ, traces
from tests.clients import signed_in

ASKERS = (
    "lead member invited group_coordinator network_coordinator representative core_helpdesk helpdesk researcher".split()
)
POSTS = {name: route for name, _pattern, route in ours() if "POST" in route.methods}


def presser(name: str, press: Press) -> str:
    """Somebody the oracle lets in on a panel of that state."""
    route = POSTS[name]
    allowed = oracle.MAY[str(route.verb)][press.state] if route.model else oracle.PAGES[str(route.verb)]
    allowed = oracle.EVERYBODY if allowed == {"everybody", "signed", "in"} else allowed
    return press.who or next(who for who in ASKERS if who in allowed)


def shown(client: Client, name: str, url: str) -> dict[str, list[str]]:
    """What the form of the page holds before anything is typed, as a browser would send it; nothing where none has one."""
    if "GET" not in POSTS[name].methods:
        return {}
    page = lxml.html.fromstring(client.get(url, secure=True).content)
    found: dict[str, list[str]] = {}
    for form in page.forms:
        if form.method == "POST" and (form.action or url).split("?")[0] in {url, ""}:
            for field, value in form.form_values():
                found.setdefault(field, []).append(value)
            return found
    return found


def filled_in(world: World, name: str, press: Press, who: str) -> tuple[str, dict[str, object]]:
    """Where it is sent, and what: the page's own fields and what is typed."""
    route = POSTS[name]
    more = press.before(world) if press.before else {}
    thing = press.of(world) if press.of else world.thing_for(route.model.__name__, who) if route.model else None
    url = address(name, route, thing, {**EXTRA.get(name, {}), **more})
    words = press.words(world) if callable(press.words) else press.words or {}
    return url, {**shown(signed_in(world.people[who]), name, url), **words}


def fault_of(world: World, name: str, press: Press) -> str:
    """What is wrong with one press and its repeat, undone again; empty when nothing is."""
    who = presser(name, press)
    url, typed = filled_in(world, name, press, who)
    client = signed_in(world.people[who])
    typed.setdefault("idempotency_key", str(uuid.uuid4()))
    untouched = traces(besides=READ)
    first = client.post(url, again(typed), secure=True)
    once = traces(besides=READ)
    if first.status_code != 302 or (once == untouched) is not press.is_traceless:
        return f"{name} as {who}: {first.status_code}, changed {once != untouched}: {problems(first)}"
    second = client.post(url, again(typed), secure=True)
    places = [answer.headers.get("Location") for answer in (first, second)]
    if (twice := traces(besides=READ)) != once or second.status_code != first.status_code or places[0] != places[1]:
        moved = [f"{table} {once[table]} -> {twice[table]}" for table in once if once[table] != twice[table]]
        return f"{name} as {who}, sent twice: {second.status_code} {places}, {moved}"
    return ""


def again(typed: dict[str, object]) -> dict[str, object]:
    """The same words once more; a file from its beginning."""
    for value in typed.values():
        if hasattr(value, "seek"):
            value.seek(0)
    return typed


def problems(answer) -> str:
    text = lxml.html.fromstring(answer.content).xpath("//main") if answer.content else []
    return " ".join(text[0].text_content().split())[:600] if text else answer.headers.get("Location", "")


@pytest.mark.long
@pytest.mark.parametrize("state", sorted({press.state for press in PRESSES.values()}))
@pytest.mark.django_db(databases=["default", "cachedb"])
def test_a_post_sent_twice_does_what_one_does(state):
    world, faults = World(state), []
    for name, press in PRESSES.items():
        if press.state == state:
            with transaction.atomic():
                faults.append(fault_of(world, name, press))
                transaction.set_rollback(True)
    assert not any(faults), "\n".join(filter(None, faults))


def test_every_route_that_posts_is_replayed_or_excused():
    assert PRESSES.keys() & EXCUSED.keys() == set()
    assert PRESSES.keys() | EXCUSED.keys() == POSTS.keys()
