"""No way round the second factor, no fast guessing, one winner of every race.

Small in every run; ``bin/campaign access`` raises the numbers (CPMS_ROUNDS, CPMS_GUESSES) and keeps the counts.
"""

from __future__ import annotations

import os
import time

import django_otp
import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from cpms.accounts import actions
from cpms.accounts.actions.activation import fresh_codes
from cpms.accounts.models import RecoveryDevice, TotpDevice, User
from panels import actions as panels
from tests.access.knocking import EIGHT, LOGIN, at_once, browser, came_through, give_password, inside
from tests.clients import mailed_reset_path, signed_in
from tests.evidence import note
from tests.factories import Story, UserFactory, code_for, totp_device

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
ROUNDS = int(os.environ.get("CPMS_ROUNDS", "2"))
GUESSES = int(os.environ.get("CPMS_GUESSES", "30"))
CODE = reverse("otp_challenge")
FIVE_MINUTES = 300 - 1  # a guess is noted after it was looked at


# Past the second factor ------------------------------------------------------------------------------------------------


def ways_round(device: TotpDevice, other: TotpDevice) -> dict[str, Client]:
    """Clients that hold something, and never the owner's password together with the owner's code."""
    ways = {name: browser() for name in ("password only", "code only", "code of another", "recovery code of another")}
    for name in ("password only", "code of another", "recovery code of another"):
        give_password(ways[name], device.user.email)
    ways["code only"].post(CODE, {"code": code_for(device)}, secure=True)
    ways["code of another"].post(CODE, {"code": code_for(other, steps=-1)}, secure=True)
    ways["recovery code of another"].post(CODE, {"code": fresh_codes(other.user)[0]}, secure=True)
    ways["session without a device"] = signed_in(device.user, verified=False)
    for name, key in (("device of another", other.persistent_id), ("device that is not", "accounts.totpdevice/0")):
        ways[name] = signed_in(device.user, verified=False)
        session = ways[name].session
        session["otp_device_id"] = key
        session.save()
    half = totp_device(UserFactory(), confirmed=False)
    ways["device half enrolled"] = signed_in(half.user, verified=False)
    session = ways["device half enrolled"].session
    session["otp_device_id"] = half.persistent_id
    session.save()
    for name, header in (
        ("basic auth", {"authorization": "Basic YTpi"}),
        ("a proxy's user", {"x-remote-user": device.user.email}),
    ):
        ways[name] = Client(headers={"host": "localhost", **header})
    ways["password reset"] = after_reset(device)
    ways["switched off between the steps"] = changed_between(totp_device(UserFactory()), is_active=False)
    ways["another password between the steps"] = changed_between(
        totp_device(UserFactory()), password=make_password("x")
    )
    return ways


def after_reset(device: TotpDevice) -> Client:
    """A new password by mail keeps the second factor."""
    client = browser()
    client.post(reverse("account_reset_password"), {"email": device.user.email}, secure=True)
    link = mailed_reset_path()
    here = client.get(link, secure=True).url
    client.post(here, {"password1": "the tide comes twice a day"}, secure=True)
    return client


def changed_between(device: TotpDevice, **fields: object) -> Client:
    client = browser()
    give_password(client, device.user.email)
    User.objects.filter(pk=device.user.pk).update(**fields)
    client.post(CODE, {"code": code_for(device)}, secure=True)
    return client


def test_no_way_leads_past_the_second_factor():
    device, other = totp_device(UserFactory()), totp_device(UserFactory())
    pages = ["/", "/panels/", "/patients/", "/helpdesk/", reverse("security"), reverse("step_up"), reverse("drafts")]
    ways = ways_round(device, other)
    open_ = [
        (way, page)
        for way, client in ways.items()
        for page in pages
        if client.get(page, secure=True).status_code == 200
    ]
    note(
        "C8",
        f"ways past the second factor, {len(ways)} of them, on {len(pages)} pages",
        asked=len(ways) * len(pages),
        wrong=len(open_),
    )
    assert open_ == []


def test_forms_of_signing_in_take_no_post_from_elsewhere():
    """Login CSRF: without our token nobody signs anybody in, out or back."""
    addresses = [
        LOGIN,
        CODE,
        reverse("account_logout"),
        reverse("account_reset_password"),
        reverse("people:ask"),
        reverse("otp_enrol"),
    ]
    addresses.append(reverse("activate", args=["x"]))
    client = browser(enforce_csrf_checks=True)
    answers = {address: client.post(address, {"login": "x"}, secure=True).status_code for address in addresses}
    note("C8", "forms sent from elsewhere", asked=len(answers), wrong=sum(code != 403 for code in answers.values()))
    assert set(answers.values()) == {403}


def test_the_session_is_a_new_one_after_password_and_code():
    device, client = totp_device(UserFactory()), browser()
    client.get(LOGIN, secure=True)
    planted = client.session
    planted["planted"] = 1
    planted.save()
    keys = [planted.session_key]
    client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    give_password(client, device.user.email)
    keys.append(client.session.session_key)
    client.post(CODE, {"code": code_for(device)}, secure=True)
    keys.append(client.session.session_key)
    assert inside(client)
    note("C8", "session keys kept over a step of signing in", asked=2, wrong=3 - len(set(keys)))
    assert len(set(keys)) == 3


# Guessing --------------------------------------------------------------------------------------------------------------


def test_at_most_five_guesses_in_five_minutes_come_through_whatever_they_claim():
    """Right after them even the right password is not looked at, from any claimed address and browser."""
    user, looked_at, began = totp_device(UserFactory()).user, [], time.monotonic()
    for number in range(GUESSES):
        headers = {"x-forwarded-for": f"10.0.{number % 250}.{number // 250 % 250}", "user-agent": f"browser {number}"}
        answer = give_password(browser(), user.email, f"wrong {number} wrong", **headers)
        looked_at += [time.monotonic()] if came_through(answer) else []
    right = give_password(browser(), user.email)
    worst = max(sum(0 <= later - first < FIVE_MINUTES for later in looked_at) for first in looked_at)
    note(
        "C8",
        "passwords guessed in a row for one account",
        asked=GUESSES,
        wrong=max(0, worst - 5),
        remark=f"in {time.monotonic() - began:.0f} s, of which at most {worst} came through in any five minutes",
    )
    assert worst <= 5
    assert right.status_code != 302


@pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])
def test_parallel_guesses_share_the_same_limit():
    user, rounds = totp_device(UserFactory()).user, max(1, ROUNDS // 10)
    worst = 0
    for _ in range(rounds):
        cache.clear()
        came = at_once(lambda n: came_through(give_password(browser(), user.email, f"wrong {n} wrong")), 40)
        worst = max(worst, len(came))
    note(
        "C8",
        "40 guesses at once for one account",
        asked=40 * rounds,
        wrong=max(0, worst - 5),
        remark=f"at most {worst} came through",
    )
    assert worst <= 5


# Races -----------------------------------------------------------------------------------------------------------------


def race_totp(device: TotpDevice):
    TotpDevice.objects.filter(pk=device.pk).update(last_step=-1, throttling_failure_count=0)
    code = code_for(device)
    return lambda _n: django_otp.verify_token(device.user, device.persistent_id, code)


def race_recovery(device: TotpDevice):
    codes = fresh_codes(device.user)
    keeper = RecoveryDevice.objects.get(user=device.user)
    return lambda _n: django_otp.verify_token(device.user, keeper.persistent_id, codes[0])


def race_invitation(_device: TotpDevice):
    story = Story("race")
    story.open(story.expert)
    return lambda _n: panels.accept(story.invitation(story.expert), by=User.objects.get(pk=story.expert.pk))


def race_activation(_device: TotpDevice):
    user = UserFactory(activated_at=None)
    actions.resend_link(user, by=user)
    half = actions.pending_device(user, by=user)
    code = code_for(half)
    return lambda _n: actions.confirm_device(half, token=code, by=user)


def race_reset(device: TotpDevice):
    cache.clear()
    client = browser()
    client.post(reverse("account_reset_password"), {"email": device.user.email}, secure=True)
    link = mailed_reset_path()
    clients = [browser() for _ in range(EIGHT)]
    here = [one.get(link, secure=True).url for one in clients]

    def use(number: int) -> bool:
        typed = {"password1": f"the tide comes {number} times a day"}
        answer = clients[number].post(here[number], typed, secure=True)
        return answer.status_code == 302 and answer.url.endswith("/key/done/")

    return use


@pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])
@pytest.mark.parametrize(
    "race", [race_totp, race_recovery, race_invitation, race_activation, race_reset], ids=lambda r: r.__name__[5:]
)
def test_of_eight_at_once_exactly_one_wins(race):
    winners = []
    device = totp_device(UserFactory())
    for _ in range(ROUNDS):
        winners.append(len(at_once(race(device))))
    wrong = sum(number != 1 for number in winners)
    note(
        "C8",
        f"eight at once: {race.__name__[5:]}",
        asked=ROUNDS,
        wrong=wrong,
        remark=f"winners seen: {sorted(set(winners))}",
    )
    assert set(winners) == {1}


# From elsewhere ----------------------------------------------------------------------------------------------------------


def test_a_foreign_host_is_no_host_of_ours():
    assert Client(headers={"host": "evil.example"}).get(LOGIN, secure=True).status_code == 400
