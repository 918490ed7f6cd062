"""Signed out with a word: why, in general words; and how long to wait after too many tries."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import reverse

from cpms.accounts import actions
from cpms.accounts.roles import Role
from cpms.accounts.views.refusals import spoken
from tests.access.knocking import browser
from tests.clients import signed_in
from tests.factories import UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
PAGE = reverse("security")


def set_back(client, **seconds):
    session = client.session
    for name, by in seconds.items():
        session[name] -= by
    session.save()


def lands_on(client, method="get"):
    """Why, by the address, and the page behind it."""
    address = getattr(client, method)(PAGE, secure=True).url
    return address.rpartition("over=")[2], client.get(address, secure=True).content.decode()


def test_an_idle_session_says_so_and_leads_back():
    client = signed_in(UserFactory())
    set_back(client, seen_at=31 * 60)
    assert client.get(PAGE, secure=True).url == f"{reverse('account_login')}?next=%2Faccounts%2Fsecurity%2F&over=idle"
    client = signed_in(UserFactory())
    set_back(client, seen_at=31 * 60)
    why, page = lands_on(client)
    assert (why, "nothing happened here for a while" in page) == ("idle", True)
    assert f'value="{PAGE}"' in page


def test_a_session_at_its_limit_says_so():
    client = signed_in(UserFactory())
    set_back(client, started_at=13 * 3600)
    assert "lasts some hours at most" in lands_on(client)[1]


def test_a_session_that_was_ended_or_a_role_that_changed_says_so_once():
    user = UserFactory()
    client, other = signed_in(user), signed_in(user)
    actions.end_sessions(user, by=user)
    why, page = lands_on(client)
    assert (why, "this session has ended" in page) == ("ended", True)
    assert user.email not in page
    assert lands_on(other, "post")[0] == "ended"
    assert "over=" not in client.get(PAGE, secure=True).url
    staff = UserFactory(role="none")
    held = give_role(staff, Role.CORE_HELPDESK)
    client = signed_in(staff)
    boss = UserFactory(role="none")
    give_role(boss, Role.CORE_HELPDESK)
    actions.end_role(held, by=boss)
    assert lands_on(client)[0] == "ended"


def test_whoever_was_not_signed_in_is_told_nothing_of_a_session():
    assert browser().get(PAGE, secure=True).url == f"{reverse('account_login')}?next=%2Faccounts%2Fsecurity%2F"
    made_up = browser()
    made_up.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    assert lands_on(made_up)[0] == "ended"  # the same as for a session that was there
    page = browser().get(f"{reverse('account_login')}?over=<b>anything</b>", secure=True).content.decode()
    assert "signed out" not in page
    assert "anything" not in page


def test_a_form_that_is_too_much_says_how_long_to_wait(settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "reset_password": "2/h/key"}
    address, client = reverse("account_reset_password"), browser()
    answers = [client.post(address, {"email": "Nobody@far.example"}, secure=True) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "Try again in 60 minutes." in answers[-1].content.decode()
    assert 3590 < int(answers[-1]["Retry-After"]) <= 3600


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 minute"), (61, "2 minutes"), (3601, "2 hours"), (7200, "2 hours"), (86400, "24 hours"), (86401, "2 days")],
)
def test_a_wait_is_said_in_the_unit_of_a_clock(seconds, words):
    assert spoken(seconds) == words
