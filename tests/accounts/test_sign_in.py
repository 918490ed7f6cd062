"""The door: password, then code; no way round it."""

from __future__ import annotations

import re
import threading
from types import SimpleNamespace

import django_otp
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from cpms.accounts import actions
from cpms.accounts.models import RecoveryCode, TotpDevice
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from tests.clients import mailed_reset_path
from tests.factories import PASSWORD, UserFactory, code_for, give_role, totp_device

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def give_password(client, user, password=PASSWORD, path=""):
    address = reverse("account_login") + (f"?next={path}" if path else "")
    return client.post(address, {"login": user.email, "password": password, "next": path}, secure=True)


def give_code(client, code):
    return client.post(reverse("otp_challenge"), {"code": code}, secure=True)


def inside(client):
    return client.get("/", secure=True).status_code == 200


def test_password_and_code_sign_in(client):
    device = totp_device(UserFactory())
    answer = give_password(client, device.user)
    assert answer.url == reverse("otp_challenge")
    assert not inside(client)
    assert give_code(client, code_for(device)).url == "/"
    assert inside(client)
    assert AuditEvent.objects.filter(event=Event.SIGNED_IN, actor_id=device.user.pk).count() == 1


def test_deep_link_survives_both_steps(client):
    device = totp_device(UserFactory())
    give_password(client, device.user, path="/panels/")
    assert give_code(client, code_for(device)).url == "/panels/"


def test_a_foreign_next_is_not_followed(client):
    device = totp_device(UserFactory())
    give_password(client, device.user, path="https://evil.example/")
    assert give_code(client, code_for(device)).url == "/"


def test_a_password_alone_opens_nothing(client):
    device = totp_device(UserFactory())
    give_password(client, device.user)
    for path in ("/", "/helpdesk/", "/panels/", "/accounts/profile/"):
        assert client.get(path, secure=True).status_code == 302


def test_a_session_without_second_factor_is_ended(client):
    client.force_login(UserFactory(), backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.get("/", secure=True).status_code == 302
    assert "_auth_user_id" not in client.session


def test_the_session_key_changes_at_sign_in(client):
    device = totp_device(UserFactory())
    client.get(reverse("account_login"), secure=True)
    give_password(client, device.user)
    before = client.session.session_key
    give_code(client, code_for(device))
    assert client.session.session_key != before


def test_a_planted_session_does_not_hold_the_begun_login(client):
    device = totp_device(UserFactory())
    session = client.session
    session["planted"] = 1
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted = session.session_key
    give_password(client, device.user)
    assert client.session.session_key != planted


def test_a_code_works_once(client):
    device = totp_device(UserFactory())
    code = code_for(device)
    give_password(client, device.user)
    give_code(client, code)
    client.post(reverse("account_logout"), secure=True)
    give_password(client, device.user)
    assert give_code(client, code).status_code == 422
    assert not inside(client)


@pytest.mark.parametrize(("typed", "shown"), [("012 345", ""), ("ABCD-EFGH-2", "ABCD-EFGH-2")])
def test_refused_digits_make_room_for_the_next_and_a_recovery_code_can_be_corrected(typed, shown, client):
    give_password(client, totp_device(UserFactory()).user)
    page = give_code(client, typed).content.decode()
    field = re.search(r'<input[^>]*name="code"[^>]*>', page).group()
    assert re.findall(r'value="([^"]*)"', field) == ([shown] if shown else [])


def test_five_wrong_codes_start_over(client):
    device = totp_device(UserFactory())
    give_password(client, device.user)
    for _ in range(5):
        TotpDevice.objects.update(throttling_failure_count=0)
        answer = give_code(client, "000000")
    assert answer.url == reverse("account_login")
    assert give_code(client, code_for(device)).url == reverse("account_login")
    assert AuditEvent.objects.filter(event=Event.SIGN_IN_REFUSED).count() == 5


def test_the_wait_after_misses_never_exceeds_five_minutes():
    device = totp_device(UserFactory())
    for _ in range(30):
        device.throttle_increment()
    assert (device.waiting_until() - device.throttling_failure_timestamp).total_seconds() == 5 * 60


def test_an_unconfirmed_device_opens_nothing(client):
    user = UserFactory()
    totp_device(user)
    half = totp_device(user, confirmed=False)
    assert django_otp.verify_token(user, half.persistent_id, code_for(half)) is None


def test_whoever_has_no_device_is_sent_to_the_helpdesk_not_to_an_enrolment(client):
    user = UserFactory()
    assert give_password(client, user).url == reverse("account_login")
    assert client.get(reverse("otp_enrol"), secure=True).url == reverse("account_login")


def test_somebody_switched_off_between_the_steps_stays_out(client):
    device = totp_device(UserFactory())
    give_password(client, device.user)
    type(device.user).objects.update(is_active=False)
    give_code(client, code_for(device))
    assert not inside(client)


def test_signup_is_closed(client):
    answer = client.get(reverse("account_signup"), secure=True)
    assert answer.status_code == 200
    assert client.post(reverse("account_signup"), {"email": "a@b.example"}, secure=True).status_code == 405


def test_a_wrong_password_says_the_same_as_an_unknown_address(client):
    known, unknown = UserFactory(), SimpleNamespace(email="nobody@hospital.example")
    texts = []
    for person in (known, unknown):
        html = give_password(client, person, "wrong wrong wrong").content.decode()
        texts.append(re.sub(r"value=\"[^\"]*\"|nonce=\S+", "", html).replace(person.email, ""))
    assert texts[0] == texts[1]


def test_passwords_cannot_be_guessed_fast(client):
    device = totp_device(UserFactory())
    for _ in range(5):
        give_password(client, device.user, "wrong wrong wrong")
    answer = give_password(client, device.user)
    assert answer.status_code != 302


@pytest.mark.django_db(transaction=True)
def test_of_eight_parallel_uses_of_one_code_exactly_one_wins():
    device = totp_device(UserFactory())
    code, barrier, won = code_for(device), threading.Barrier(8), []

    def use():
        barrier.wait()
        if django_otp.verify_token(device.user, device.persistent_id, code):
            won.append(1)
        connection.close()

    threads = [threading.Thread(target=use) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(won) == 1


def activation(user, client):
    token = actions.resend_link(user, by=user)
    address = reverse("activate", args=[token])
    assert client.get(address, secure=True).status_code == 200
    fields = {"display_name": "Dr New Person", "password": "the tide comes twice a day"}
    assert client.post(address, fields, secure=True).url == reverse("otp_enrol")
    client.get(reverse("otp_enrol"), secure=True)
    return address, TotpDevice.objects.get(user=user)


def test_activation_leads_through_password_device_and_codes(client):
    user = UserFactory(activated_at=None)
    address, device = activation(user, client)
    page = client.post(reverse("otp_enrol"), {"code": code_for(device)}, secure=True)
    codes = re.findall(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){5}", page.content.decode())
    assert len(set(codes)) == 10
    assert inside(client)
    assert client.get(address, secure=True).status_code == 410
    client.post(reverse("account_logout"), secure=True)
    user.refresh_from_db()
    give_password(client, user, "the tide comes twice a day")
    assert give_code(client, codes[0].lower()).url == "/"
    assert RecoveryCode.objects.count() == 9
    client.post(reverse("account_logout"), secure=True)
    give_password(client, user, "the tide comes twice a day")
    assert give_code(client, codes[0]).status_code == 422


def test_opening_an_activation_link_changes_nothing_and_sends_whoever_it_is_not_for_elsewhere(client):
    user = UserFactory(activated_at=None)
    token = actions.resend_link(user, by=user)
    for _ in range(3):
        answer = client.get(reverse("activate", args=[token]), secure=True)
        assert (answer.status_code, reverse("people:ask") in answer.content.decode()) == (200, True)
    user.refresh_from_db()
    assert user.activated_at is None


def test_a_fresh_link_forgets_the_phone_that_was_begun_behind_the_last_one(client):
    """Whoever had the old link may have seen its seed."""
    user = UserFactory(activated_at=None)
    _address, begun = activation(user, client)
    _address, fresh = activation(user, Client(headers={"host": "localhost"}))
    assert fresh.seed != begun.seed
    assert not TotpDevice.objects.filter(pk=begun.pk).exists()


def test_a_password_reset_link_comes_by_mail_and_keeps_the_second_factor(client):
    device = totp_device(UserFactory())
    client.post(reverse("account_reset_password"), {"email": device.user.email}, secure=True)
    page = client.get(mailed_reset_path(), secure=True, follow=True)
    form = page.redirect_chain[-1][0]
    client.post(form, {"password1": "seven herons on a pole"}, secure=True)
    assert not inside(client)
    give_password(client, device.user, "seven herons on a pole")
    assert give_code(client, code_for(device)).url == "/"


def test_a_shower_of_logins_from_one_address_is_told_to_wait_on_our_own_page(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "2/m/ip"}
    user = UserFactory()
    answers = [give_password(client, user, "not the password") for _try in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Too many attempts. Try again in 1 minute." in answers[-1].content.decode()
    assert 50 < int(answers[-1]["Retry-After"]) <= 60


def test_an_address_for_forms_opened_as_a_page_says_so(client):
    device = totp_device(UserFactory())
    assert client.get(reverse("account_logout"), secure=True).status_code == 302
    give_password(client, device.user)
    give_code(client, code_for(device))
    answer = client.get(reverse("account_logout"), secure=True)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Nothing was changed." in answer.content.decode()
    assert inside(client)


def test_an_idle_session_ends_and_staff_sooner(client, settings):
    user = UserFactory()
    give_role(user, Role.CORE_HELPDESK)
    device = totp_device(user)
    give_password(client, user)
    give_code(client, code_for(device))
    assert inside(client)
    session = client.session
    session["seen_at"] -= 16 * 60
    session.save()
    assert not inside(client)


def test_one_tab_leads_from_the_address_to_the_password():
    page = Client().get(reverse("account_login"), secure=True).content.decode()
    stops = re.findall(r'<(?:input(?=[^>]*id=)|a(?= ))[^>]*?(?:id="(\w+)"|href="([^"]+)")', page[page.index("<form") :])
    assert [one or other for one, other in stops][:3] == ["id_login", "id_password", reverse("account_reset_password")]


def test_after_a_wrong_password_the_page_says_so_in_its_own_words_and_waits_for_the_password():
    page = give_password(Client(), UserFactory(), password="wrong").content.decode()
    assert "E-mail or password is not right." in page
    assert re.findall(r'<input[^>]*id="(\w+)"[^>]* autofocus', page) == ["id_password"]
