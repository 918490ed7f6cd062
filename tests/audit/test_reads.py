"""Each address that reads a patient's data leaves exactly one event of it: not none, and not two."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from django.db import transaction

from cpms.audit.states import Event
from tests.access import oracle
from tests.access.cells import EXTRA, ask, body_of, client_for
from tests.access.routes import address, ours
from tests.access.world import World

pytestmark = [pytest.mark.long, pytest.mark.django_db(databases=["default", "cachedb"])]
STATES = ("draft", "open", "closed")
READERS = ("lead", "member", "invited", "network_coordinator", "representative", "researcher")


def readings():
    return [(name, route) for name, _pattern, route in ours() if route.reads_patient]


def count_in(state: str, found: dict[str, list[int]]) -> None:
    """Two readers open each address once; how many events each opening left."""
    world, asked = World(state), Counter[str]()
    for principal in random.sample(READERS, len(READERS)):
        client = client_for(world, principal)
        for name, route in readings():
            if "GET" not in route.methods or asked[name] == 2 or oracle.expected(route, principal, state) != 200:
                continue
            asked[name] += 1
            thing = world.thing_for(route.model.__name__, principal) if route.model else None
            answer, _written, events = ask(client, "GET", address(name, route, thing, EXTRA.get(name, {})))
            if answer.status_code == 200 and body_of(answer):
                found[name].append(sum(event.event == Event.PATIENT_READ for event in events))


def test_every_address_that_reads_a_patient_leaves_one_event():
    found: dict[str, list[int]] = {name: [] for name, _route in readings()}
    for state in STATES:
        with transaction.atomic():
            count_in(state, found)
            transaction.set_rollback(True)
    assert {name: counts for name, counts in found.items() if set(counts) - {1}} == {}
    assert {name for name, route in readings() if "GET" in route.methods and not found[name]} == set()
