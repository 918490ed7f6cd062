"""Nothing tells who has an account: every form open to strangers does the same work for every address (T7).

The work is counted in every run. ``bin/campaign access`` measures the time, too (CPMS_TIMINGS, pairs for each form).
"""

from __future__ import annotations

import os
import re
import statistics
import time
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from helpdesk.people.models import AccessRequest
from tests.access.knocking import browser, give_password
from tests.clients import signed_in, work_off
from tests.evidence import note
from tests.factories import PASSWORD, CentreFactory, UserFactory, totp_device
from tests.people.test_getting_in import typed

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
TIMINGS = int(os.environ.get("CPMS_TIMINGS", "0"))


def sign_in(email: str):
    return give_password(browser(), email, "wrong wrong wrong")


def ask_for_password(email: str):
    return browser().post(reverse("account_reset_password"), {"email": email}, secure=True)


def ask_for_access() -> Callable[[str], object]:
    fields = typed(CentreFactory())
    return lambda email: browser().post(reverse("people:ask"), fields | {"email": email}, secure=True)


def ask_for_address() -> Callable[[str], object]:
    client = signed_in(totp_device(UserFactory()).user)
    return lambda email: client.post(reverse("address"), {"email": email, "password": PASSWORD}, secure=True)


def kinds_of_addresses() -> dict[str, str]:
    asked = {"waiting": "waiting@hospital.example"}
    ask_for_access()(asked["waiting"])
    work_off("people.take_request")
    assert AccessRequest.objects.filter(email=asked["waiting"]).exists()
    return {
        "known": totp_device(UserFactory(centre=CentreFactory())).user.email,
        "guest": UserFactory(centre=None, role="none", guest_hospital="Far Hospital", country="IE").email,
        "switched off": UserFactory(is_active=False).email,
        "not come in yet": UserFactory(activated_at=None).email,
        "unknown": "nobody@hospital.example",
        **asked,
    }


def work_of(ask: Callable[[str], object], email: str) -> list[tuple[str, str]]:
    """The kinds of questions put to both databases, and the answer, without what differs from one asking to the next."""
    cache.clear()
    with (
        CaptureQueriesContext(connections["default"]) as first,
        CaptureQueriesContext(connections["cachedb"]) as second,
    ):
        answer = ask(email)
    assert answer.status_code == 302
    asked = [(word, "") for word in (query["sql"].split()[0] for query in second.captured_queries)]
    asked += [kind_of(query["sql"]) for query in first.captured_queries]
    return [("answer", answer.url), *asked]


def kind_of(sql: str) -> tuple[str, str]:
    """What is done to which table: ids and names of savepoints differ each time."""
    table = re.search(r'(?:FROM|INTO|UPDATE) "(\w+)"', sql)
    return sql.split()[0], table.group(1) if table else ""


@pytest.mark.parametrize("form", ["access", "password", "new address"])
def test_every_address_is_the_same_work(form):
    addresses = kinds_of_addresses()
    ask = {"access": ask_for_access, "new address": ask_for_address}.get(form, lambda: ask_for_password)()
    work_of(ask, "warm@hospital.example")  # what is asked once per process is asked
    work = {kind: work_of(ask, email) for kind, email in addresses.items()}
    differing = [kind for kind in work if work[kind] != work["unknown"]]
    note("C8", f"addresses told apart by the work of the form: {form}", asked=len(work), wrong=len(differing))
    assert differing == []


def median_times(ask: Callable[[str], object], known: list[str]) -> tuple[float, float]:
    """In ms, of known and of unknown addresses asked in turn."""

    def timed(email: str) -> float:
        cache.clear()
        began = time.perf_counter()
        ask(email)
        return time.perf_counter() - began

    pairs = [(timed(known[n % len(known)]), timed(f"nobody{n}@hospital.example")) for n in range(TIMINGS)]
    first, second = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    return first, second


def known_and_unknown_addresses_take_the_same_time():
    known, apart = [totp_device(UserFactory(centre=CentreFactory())).user.email for _ in range(10)], {}
    forms = {"refused login": sign_in, "new password": ask_for_password, "request for access": ask_for_access()}
    forms["new address"] = ask_for_address()
    for form, ask in forms.items():
        first, second = median_times(ask, known)
        apart[form] = abs(first - second) < 5 and abs(first - second) < 0.1 * first
        note(
            "C8",
            f"time of a {form}, known against unknown address",
            asked=2 * TIMINGS,
            wrong=int(not apart[form]),
            remark=f"medians {first:.1f} and {second:.1f} ms",
        )
    assert all(apart.values()), apart


if TIMINGS:  # measured by the campaign alone: other work on the machine would decide it
    test_known_and_unknown_addresses_take_the_same_time = known_and_unknown_addresses_take_the_same_time
