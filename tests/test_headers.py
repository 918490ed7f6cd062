"""Every answer carries the headers; in production the cookies and the transport are locked down."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.test import Client

from tests.access.cells import LINKS
from tests.access.routes import address, ours
from tests.access.world import World
from tests.clients import signed_in
from tests.factories import UserFactory
from tests.headers import faults
from tools.local import places

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def test_answers_beside_the_pages_carry_the_headers():
    """Those of every other address are looked at with each request of the access matrix."""
    world, found = World("draft"), []
    lead, staff = signed_in(world.people["lead"]), signed_in(world.people["helpdesk"])
    for client, path, status in (
        (Client(), "/livez", 200),
        (Client(), "/accounts/login/", 200),
        (Client(), "/nowhere/", 404),
        (lead, "/nowhere/", 404),
        (staff, "/helpdesk/", 200),
        (staff, "/helpdesk/accounts/user/", 200),
    ):
        answer = client.get(path, secure=True)
        assert answer.status_code == status, path
        found += faults(path, answer)
    for name, _pattern, route in ours():
        if route.public and "GET" in route.methods:
            found += faults(name, Client().get(address(name, route, None, LINKS.get(name, {})), secure=True))
    assert found == []


def test_a_page_is_as_long_as_it_says_after_marks_were_taken_out():
    client = signed_in(UserFactory(display_name="Dr \u202eOne"))
    answer = client.get("/accounts/profile/", secure=True)
    assert "Dr One" in answer.content.decode()
    assert answer.headers["Content-Length"] == str(len(answer.as_sent))


PROBE = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
client = Client(headers={"host": "localhost"})
plain = client.get("/accounts/login/")
page = client.get("/accounts/login/", secure=True)
cookie = page.cookies[settings.CSRF_COOKIE_NAME]
print(json.dumps({
    "redirect": [plain.status_code, plain.headers["Location"]],
    "hsts": page.headers["Strict-Transport-Security"],
    "names": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME],
    "flags": [bool(cookie["secure"]), bool(cookie["httponly"]), cookie["samesite"], cookie["path"], cookie["domain"]],
    "session": [settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE],
}))
"""


def test_production_locks_cookies_and_transport(process_env, tmp_path):
    env = {**process_env, "CPMS_HTTPS": "1", "CPMS_LOG_LEVEL": "ERROR", "CPMS_DEBUG": "1"}
    command = [sys.executable, "-W", "ignore", "-c", PROBE]
    done = subprocess.run(command, env=env, cwd=places.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["redirect"] == [301, "https://localhost/accounts/login/"]
    assert seen["hsts"] == "max-age=31536000; includeSubDomains"
    assert seen["names"] == ["__Host-sid", "__Host-csrf"]
    assert seen["flags"] == [True, True, "Lax", "/", ""]
    assert seen["session"] == [True, True, "Lax"]


@pytest.mark.parametrize("name", ["SECRET_KEY", "CPMS_KEK", "DATABASE_URL", "REDIS_URL"])
def test_a_missing_setting_stops_the_start_with_a_hint(name):
    env = {key: value for key, value in os.environ.items() if key != name}
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, env=env, cwd=places.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert f"Set {name}:" in done.stderr
