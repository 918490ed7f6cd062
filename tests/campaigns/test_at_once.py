"""Every POST of the product pressed in several tabs at one moment, each with a key of its own: one or more come through, the others
hear why not, and none ends in an error.

``CPMS_AT_ONCE`` sets how many routes are pressed: every run takes some, as its seed draws them, a campaign (``bin/campaign twice``) all.
"""

from __future__ import annotations

import copy
import os
import random
import threading
import uuid

import pytest
from django.db import connections
from django.test import Client

from tests.access.world import World
from tests.campaigns.presses import PRESSES
from tests.campaigns.test_replayed import filled_in, presser
from tests.clients import signed_in
from tests.panels.test_races import rights  # noqa: F401 a fixture

AT_ONCE = min(int(os.environ.get("CPMS_AT_ONCE", "4")), len(PRESSES))
TABS = 4


def drawn(turn: int) -> str:
    """One of the routes: each turn of a run another."""
    names = sorted(PRESSES)
    if len(names) > AT_ONCE:
        random.shuffle(names)  # every test of a run begins with the same seed
    return names[turn]


def pressed(tabs: list[Client], url: str, typed: dict[str, object]) -> list[int | str]:
    """What each of the tabs was answered; an error as its name and words."""
    gate, answers = threading.Barrier(len(tabs), timeout=60), []

    def press(tab: Client) -> None:
        words = {**copy.deepcopy(typed), "idempotency_key": str(uuid.uuid4())}
        gate.wait()
        try:
            answers.append(tab.post(url, words, secure=True).status_code)
        except Exception as error:  # noqa: BLE001 whatever it is, the test must see it
            answers.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(tab,)) for tab in tabs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return answers


@pytest.mark.long
@pytest.mark.parametrize("turn", range(AT_ONCE))
@pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])
def test_a_button_pressed_in_several_tabs_at_one_moment_ends_in_no_error(turn, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    name = drawn(turn)
    press = PRESSES[name]
    world, who = World(press.state), presser(name, press)
    url, typed = filled_in(world, name, press, who)
    answers = pressed([signed_in(world.people[who]) for _ in range(TABS)], url, typed)
    assert 302 in answers, f"{name} as {who}: {answers}"
    assert [answer for answer in answers if answer not in {302, 403, 404, 409, 422, 429}] == [], f"{name} as {who}"
