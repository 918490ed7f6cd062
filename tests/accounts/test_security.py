"""The owner's phone, codes and sessions; a fresh code before what is sensitive; a mail on every change."""

from __future__ import annotations

import datetime as dt
import re
import threading

import django_otp
import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions, queries
from cpms.accounts.access import route_of
from cpms.accounts.actions.activation import fresh_codes
from cpms.accounts.models import RecoveryCode, RecoveryDevice, TotpDevice
from cpms.accounts.models.devices import SlowingDevice, device_kinds
from cpms.accounts.queries.people import browser_name
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.jobs.models import Job
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage
from tests.access.cells import EXTRA
from tests.access.routes import address, ours
from tests.clients import mailed_reset_path, signed_in
from tests.factories import PASSWORD, UserFactory, code_for, give_role, totp_device

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
PHONE, CODES, SECURITY, STEP_UP = map(reverse, ("security_phone", "security_codes", "security", "step_up"))


def told() -> list[str]:
    """The notices asked for by name, in order."""
    return [job.ids["notice"] for job in Job.objects.filter(task="notifications.tell").order_by("asked_at")]


def inside(client: Client) -> bool:
    return client.get(SECURITY, secure=True).status_code == 200


def test_a_new_phone_counts_before_the_old_one_goes():
    user = UserFactory()
    client, other = signed_in(user), signed_in(user)
    old = TotpDevice.objects.get(user=user)
    client.get(PHONE, secure=True)
    new = TotpDevice.objects.get(user=user, confirmed=False)
    assert client.post(PHONE, {"code": "000000"}, secure=True).status_code == 422
    assert django_otp.verify_token(user, old.persistent_id, code_for(old)) is not None
    TotpDevice.objects.filter(pk=new.pk).update(throttling_failure_count=0)
    assert client.post(PHONE, {"code": code_for(new)}, secure=True).url == SECURITY
    assert TotpDevice.objects.get(user=user) == new
    assert inside(client)
    assert not inside(other)
    assert told() == ["device_changed"]
    assert AuditEvent.objects.filter(event="device_replaced", actor_id=user.pk).count() == 1


def test_new_recovery_codes_end_the_old_ones_and_are_shown_once():
    user = UserFactory()
    device = RecoveryDevice.objects.create(user=user, name="Recovery codes")
    RecoveryCode.objects.create(device=device, digest="0" * 64)
    client = signed_in(user)
    page = client.post(CODES, secure=True).content.decode()
    assert len(re.findall(r"<li>[A-Z2-7-]{29}</li>", page)) == 10
    assert not RecoveryCode.objects.filter(digest="0" * 64).exists()
    assert RecoveryCode.objects.filter(device__user=user).count() == 10
    assert told() == ["codes_renewed"]


def test_sessions_are_listed_with_browser_and_ended_one_by_one_or_all():
    user, stranger = UserFactory(), signed_in(UserFactory())
    here, there, third = signed_in(user), signed_in(user), signed_in(user)
    page = here.get(SECURITY, secure=True).content.decode()
    assert page.count("Address 127.0.0.1") == 3
    key = UserSession.objects.get(session_key=there.session.session_key).pk
    assert stranger.post(reverse("end_session", args=[key]), secure=True).status_code == 404
    assert inside(there)
    here.post(reverse("end_session", args=[key]), secure=True)
    assert not inside(there)
    here.post(reverse("end_sessions"), secure=True)
    assert (inside(here), inside(third)) == (True, False)
    assert told() == ["session_ended", "session_ended"]


def test_an_ended_session_leaves_no_way_back_with_its_cookie():
    user = UserFactory()
    client = signed_in(user)
    actions.end_sessions(user, by=None)
    assert client.get("/", secure=True).url.startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("", "Another browser"),
    ],
)
def test_a_browser_is_named_in_words(agent, name):
    assert browser_name(agent) == name


def sensitive():
    return [(name, route) for name, _pattern, route in ours() if route.step_up]


def test_what_is_sensitive_asks_for_a_fresh_code():
    assert {name for name, _route in sensitive()} == {
        "security_phone",
        "security_codes",
        "address",
        "confirm_address",
        "assistants",
        "cases:phenopacket",
        "figures_download",
        "kpis_evidence",
        "kpis_export",
        "people:confirm_place",
        "people:drop_place",
        "people:grant",
        "people:end_role",
        "people:leave",
        "people:switch",
        "people:lost_phone",
        "people:confirm_phone",
        "people:confirm_role",
        "people:drop_role",
        "people:take_table",
        "panels:receive",
        "panels:registry",
        "patients:export",
        "patients:erase",
        "patients:erase_after_review",
        "panels:hand_over",
        "people:left_behind",
        "people:glass",
        "people:confirm_glass",
    } | {f"people:{of}" for of in ("approve", "clearance", "cover_unit", "place_centre", "drop_phone", "free_address")}
    assert route_of(None) is None


def test_a_code_of_eleven_minutes_ago_is_asked_for_again_and_leads_back():
    user = UserFactory()
    client = signed_in(user, fresh=False)
    answer = client.get(PHONE, secure=True)
    assert answer.url == f"{STEP_UP}?next=%2Faccounts%2Fsecurity%2Fphone%2F"
    assert not TotpDevice.objects.filter(user=user, confirmed=False).exists()
    assert client.post(answer.url, {"code": "000000"}, secure=True).status_code == 422
    device = TotpDevice.objects.get(user=user)
    TotpDevice.objects.filter(pk=device.pk).update(throttling_failure_count=0)
    assert client.post(answer.url, {"code": code_for(device)}, secure=True).url == PHONE
    assert client.get(PHONE, secure=True).status_code == 200


def test_a_sensitive_form_leads_back_to_where_it_stood():
    client = signed_in(UserFactory(), fresh=False)
    answer = client.post(CODES, secure=True, headers={"referer": f"https://elsewhere.example{SECURITY}"})
    assert answer.url.startswith(f"{STEP_UP}?next=%2Faccounts%2Fsecurity%2F&held=")


def test_the_way_back_never_leaves_the_product():
    user = UserFactory()
    client = signed_in(user, fresh=False)
    code = code_for(TotpDevice.objects.get(user=user))
    assert client.post(f"{STEP_UP}?next=https://evil.example/", {"code": code}, secure=True).url == "/"


def test_a_code_steps_up_once():
    user = UserFactory()
    first, second = signed_in(user, fresh=False), signed_in(user, fresh=False)
    code = code_for(TotpDevice.objects.get(user=user))
    assert first.post(STEP_UP, {"code": code}, secure=True).status_code == 302
    assert second.post(STEP_UP, {"code": code}, secure=True).status_code == 422


@pytest.mark.parametrize("seconds", [599, 601])
def test_a_fresh_code_is_good_for_ten_minutes_to_the_second(seconds):
    client = signed_in(UserFactory())
    session = client.session
    session["code_at"] = clock.now().timestamp() - seconds
    session.save()
    assert client.get(PHONE, secure=True).status_code == (200 if seconds == 599 else 302)


def test_a_changed_password_ends_all_sessions_and_is_told():
    user = UserFactory()
    totp_device(user)
    client, stranger = signed_in(user), Client(headers={"host": "localhost"})
    stranger.post(reverse("account_reset_password"), {"email": user.email}, secure=True)
    form = stranger.get(mailed_reset_path(), secure=True, follow=True)
    new = "the tide comes twice a day"
    stranger.post(form.request["PATH_INFO"], {"password1": new, "password2": new}, secure=True)
    user.refresh_from_db()
    assert user.check_password(new)
    assert not inside(client)
    assert told() == ["password_changed"]


def test_a_used_recovery_code_and_five_misses_are_told():
    user = UserFactory()
    totp_device(user)
    code = actions.renew_codes(user, by=user)[0]
    client = Client(headers={"host": "localhost"})
    typed = {"login": user.email, "password": PASSWORD}
    client.post(reverse("account_login"), typed, secure=True)
    client.post(reverse("otp_challenge") + "?recovery", {"code": code}, secure=True)
    assert inside(client)
    other = Client(headers={"host": "localhost"})
    other.post(reverse("account_login"), typed, secure=True)
    for _ in range(5):
        TotpDevice.objects.filter(user=user).update(throttling_failure_count=0)
        other.post(reverse("otp_challenge"), {"code": "000000"}, secure=True)
    assert told() == ["codes_renewed", "recovery_used", "codes_refused"]


def test_the_mail_goes_out_once_however_often_the_task_runs():
    user = UserFactory()
    actions.tell(user, "device_changed")
    ids = Job.objects.get().ids
    for _ in range(2):
        notifications.tell(**ids, by=None)
    notifications.tell("00000000-0000-0000-0000-000000000000", notice="device_changed", occasion="x", by=None)
    mail = OutboxMessage.objects.get()
    assert (mail.recipient, mail.notice, mail.link) == (user, "device_changed", SECURITY)


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_the_same_however_many_sessions(count, django_assert_num_queries):
    user = UserFactory()
    clients = [signed_in(user) for _ in range(count)]
    with django_assert_num_queries(13):
        clients[0].get(SECURITY, secure=True)


def test_last_seen_is_kept_by_the_minute():
    user = UserFactory()
    client = signed_in(user)
    UserSession.objects.update(last_seen_at=clock.now() - dt.timedelta(hours=1))
    session = client.session
    session["seen_at"] -= 61
    session.save()
    client.get("/", secure=True)
    assert clock.now() - UserSession.objects.get(user=user).last_seen_at < dt.timedelta(minutes=1)


@pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])
def test_of_eight_parallel_uses_of_one_code_for_a_new_phone_one_wins():
    user = UserFactory()
    totp_device(user)
    device = actions.pending_device(user, by=user)
    code, gate, won = code_for(device), threading.Barrier(8), []

    def use():
        gate.wait()
        won.append(actions.replace_device(device, token=code, session_key="", by=user))
        connection.close()

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 7 + [True]


def test_every_sensitive_address_sends_a_stale_session_to_the_code():
    coordinator, user = UserFactory(role="none"), UserFactory()
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=user.centre.networks.get())
    client = signed_in(coordinator, fresh=False)
    for name, route in sensitive():
        if route.model is None or route.model.__name__ == "User":
            extra = {"membership": 0} if name == "people:end_role" else EXTRA.get(name, {})
            answer = client.generic(max(route.methods), address(name, route, user, extra), secure=True)
            refused = name in {"people:lost_phone", "people:free_address", "people:glass", "panels:hand_over"}
            assert (name, answer.status_code) == (name, 403 if refused else 302)
            assert refused or answer.url.startswith(STEP_UP)


def test_every_kind_of_second_factor_says_what_it_is():
    """What a further kind, a passkey for one, has to say; typed tokens go to one kind alone."""
    said = {k.kind: (k.stands_alone, k.fits("123456"), k.fits("ABCD-2345")) for k in device_kinds()}
    assert said == {"totp": (True, True, False), "recovery": (False, False, True)}
    assert not SlowingDevice.fits("123456")


def test_recovery_codes_alone_are_no_second_factor():
    user = UserFactory()
    fresh_codes(user)
    assert not queries.has_device(user)
    totp_device(user, confirmed=False)
    assert not queries.has_device(user)
    TotpDevice.objects.filter(user=user).update(confirmed=True)
    assert queries.has_device(user)
