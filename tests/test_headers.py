"""Every answer carries the headers; in production the cookies and the transport are locked down."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.test import Client

from tests.access.cells import EXTRA, LINKS
from tests.access.routes import address, ours
from tests.access.world import World
from tests.clients import signed_in
from tools.local import places

pytestmark = [pytest.mark.long, pytest.mark.django_db(databases=["default", "cachedb"])]
WANTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",  # why: docs/adr/0003-front-end-assets.md
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
}
OF_FILES = {"sandbox", "default-src 'none'"}


def faults(name, response):
    found = [f"{name}: {header}" for header, value in WANTED.items() if response.headers.get(header) != value]
    policy = {one.strip() for one in response.headers.get("Content-Security-Policy", "").split(";")}
    if policy not in (POLICY, OF_FILES):
        found.append(f"{name}: {sorted(policy)}")
    if "no-store" not in response.headers.get("Cache-Control", ""):
        found.append(f"{name}: may be cached")
    missing = [key for key in ("X-Request-ID", "Permissions-Policy") if key not in response.headers]
    return found + [f"{name}: {key}" for key in missing]


def test_every_answer_of_every_route_carries_the_headers():
    world, found = World("outcome"), []
    for client in (signed_in(world.people["lead"]), signed_in(world.people["outsider"]), Client()):
        for name, _pattern, route in ours():
            if "GET" not in route.methods:
                continue
            thing = world.thing_for(route.model.__name__, "lead") if route.model else None
            more = {**EXTRA, **LINKS}.get(name, {})
            found += faults(name, client.get(address(name, route, thing, more), secure=True))
    staff = signed_in(world.people["helpdesk"])
    for path in ("/helpdesk/", "/helpdesk/accounts/user/", "/nowhere/"):
        found += faults(path, staff.get(path, secure=True))
    assert found == []


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
