"""One-time and recovery codes cannot be guessed: five in five minutes for an account, whichever way they come."""

from __future__ import annotations

import os
import time

import pytest
from django.test import Client
from django.urls import reverse

from cpms.accounts.actions.activation import fresh_codes
from cpms.accounts.models import TotpDevice
from cpms.accounts.models.devices import device_kinds
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from tests.access.knocking import EIGHT, at_once, browser, give_password, inside
from tests.clients import signed_in
from tests.evidence import note
from tests.factories import UserFactory, code_for, totp_device

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
GUESSES = int(os.environ.get("CPMS_GUESSES", "30"))
CODE = reverse("otp_challenge")
FIVE_MINUTES = 300 - 1  # a guess is noted after it was looked at


def misses() -> int:
    """Codes that were looked at and found wrong."""
    return AuditEvent.objects.filter(event=Event.SIGN_IN_REFUSED).count()


def guess_code(clients: dict[str, Client], device: TotpDevice, code: str, *, way: str) -> bool:
    """Whether the code was looked at. Whoever guesses outwaits each device's own back-off, and begins anew when sent away."""
    for kind in device_kinds():
        kind.objects.filter(user=device.user).update(throttling_failure_count=0)
    before = misses()
    if way == CODE and clients[way].get(way, secure=True).status_code != 200:
        give_password(clients[way], device.user.email)
    clients[way].post(way, {"code": code}, secure=True)
    return misses() > before


def test_at_most_five_codes_guessed_in_five_minutes_are_looked_at_by_all_ways_together(settings):
    """App's and recovery codes, at the sign-in and for a fresh code; right after them not even the right one."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"step_up": ""}
    device, looked_at, step_up = totp_device(UserFactory()), [], reverse("step_up")
    fresh_codes(device.user)
    clients = {CODE: browser(), step_up: signed_in(device.user, fresh=False)}
    for number in range(GUESSES):
        code = f"{number:06d}" if number % 4 < 2 else f"AAAA-{number:06d}"
        came = guess_code(clients, device, code, way=(CODE, step_up)[number % 2])
        looked_at += [time.monotonic()] if came else []
    TotpDevice.objects.update(throttling_failure_count=0)
    right = clients[step_up].post(step_up, {"code": code_for(device)}, secure=True)
    worst = max(sum(0 <= later - first < FIVE_MINUTES for later in looked_at) for first in looked_at)
    note(
        "C8",
        "codes guessed in a row for one account",
        asked=GUESSES,
        wrong=max(0, worst - 5),
        remark=f"at most {worst} were looked at in any five minutes",
    )
    assert worst == 5
    assert (right.status_code, "Wait five minutes" in right.content.decode()) == (422, True)


@pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])
def test_codes_guessed_at_once_share_the_same_limit():
    """The back-off of the app's and of the recovery codes' row is one each; the limit is the account's."""
    device, step_up = totp_device(UserFactory()), reverse("step_up")
    fresh_codes(device.user)
    clients = [signed_in(device.user, fresh=False) for _ in range(EIGHT)]
    free = {"throttling_failure_count": 0}
    for shape in ("00000{}", "AAAA-{}"):
        at_once(lambda n, shape=shape: clients[n].post(step_up, {"code": shape.format(n)}, secure=True))
        [kind.objects.update(**free) for kind in device_kinds()]
    assert misses() <= 5


def test_right_codes_use_the_limit_up_for_nobody():
    device, client = totp_device(UserFactory()), browser()
    for code in fresh_codes(device.user)[:6]:
        give_password(client, device.user.email)
        client.post(CODE, {"code": code}, secure=True)
        assert inside(client)
        client.post(reverse("account_logout"), secure=True)
