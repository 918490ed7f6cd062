"""Ask for a page as a signed-in person; count its queries, time it, weigh it."""

from __future__ import annotations

import gzip
import statistics
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cpms import clock
from cpms.accounts.models import TotpDevice, User
from cpms.vault import actions as vault

Target = str | tuple[str, dict[str, str]]


JUDGED_AT_30 = "(judged at 30)"
"""Nothing has 300 of the rows that grow there, and 30 are more than most have. What 300 cost stands beside it."""


@dataclass(frozen=True)
class Row:
    """One line of a table. ``queries`` has one figure for each size, or a single one for a page that lists nothing; ``by`` names
    the rows that grew; times in milliseconds, weights in bytes."""

    page: str
    queries: list[int]
    median: float
    p95: float
    raw: int
    packed: int
    by: str = ""
    at_most: float = 0
    """p95 with the most rows, of a page that is judged at the typical 30."""

    @property
    def constant(self) -> bool:
        return len(set(self.queries)) == 1


def signed_in(user: User) -> Client:
    """The session that a login leaves."""
    device = TotpDevice(user=user, name="bench", confirmed=True, key=vault.new_key())
    device.seed = b"12345678901234567890"
    device.save()
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session, now = client.session, clock.now().timestamp()
    session.update({"otp_device_id": device.persistent_id, "code_at": now, "seen_at": now, "started_at": now})
    session.save()
    return client


def confirm_again(client: Client) -> None:
    """A fresh code: a whole run takes longer than one is good for."""
    session, now = client.session, clock.now().timestamp()
    session.update({"code_at": now, "seen_at": now})
    session.save()


def visit(client: Client, target: Target) -> Any:
    """A page by its address, or the answer to a form: address and fields, or words behind a "?" that never leaves here."""
    if not isinstance(target, str):
        return client.post(*target, secure=True)
    address, _mark, words = target.partition("?words=")
    return client.post(address, {"words": words}, secure=True) if words else client.get(target, secure=True)


def queries(client: Client, target: Target) -> tuple[int, int]:
    """The lower of two counts: the first may fill what the process keeps, and once a minute a request also notes that the
    person is there. And the bytes that it then has."""
    return min(count(client, target) for _ in range(2))


def count(client: Client, target: Target) -> tuple[int, int]:
    with CaptureQueriesContext(connection) as captured:
        answer = visit(client, target)
    if answer.status_code != 200:
        raise SystemExit(f"{target} answered {answer.status_code}")
    return len(captured), len(answer.content)


def timed(client: Client, target: Target, rounds: int) -> tuple[float, float, bytes]:
    """Median and p95 in milliseconds, and the page."""
    times, body = [], b""
    for _ in range(rounds):
        started = time.perf_counter()
        body = visit(client, target).content
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20, method="inclusive")[-1], body


def measure(page: str, counts: list[int], client: Client, target: Target, rounds: int, *, by: str = "") -> Row:
    """Time and weight of a page whose queries were counted."""
    median, p95, body = timed(client, target, rounds)
    return Row(page, counts, median, p95, len(body), len(gzip.compress(body)), by)
