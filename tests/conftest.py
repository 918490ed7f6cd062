"""The ground every test stands on: own database and broker per process, no network beyond loopback, a real browser."""

from __future__ import annotations

import gc
import os
import re
import sys
import time
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import TransactionTestCase, client
from django.test.client import store_rendered_templates
from hypothesis import settings as drawing

from cpms import rights
from tests import holding  # noqa: F401 every test is a sweep
from tests.canaries import pytest_runtest_call, pytest_runtest_setup  # noqa: F401 and another
from tests.packing import folder_of
from tools import native
from tools.local import keys, places, processes
from tools.local.broker import Redis

QUIET_BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def own_redis(url: str) -> str:
    """Each process of the suite has a Redis database of its own: 1 alone, 2 and up in parallel."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    number = int(worker.removeprefix("gw")) + 2 if worker else 1
    return urlunsplit(urlsplit(url)._replace(path=f"/{number}"))


os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the test's thread
os.environ["REDIS_URL"] = settings.REDIS_URL = settings.CELERY_BROKER_URL = own_redis(settings.REDIS_URL)

drawing.register_profile("here", deadline=None)  # a busy machine is no fault of the code
drawing.load_profile("here")

# Whatever a killed process or a thread of a test left open would keep the test database from being dropped
OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The suite owns the tables; the processes it starts work as the role that gets its rights here. The audit refuses
    TRUNCATE, which transactional tests need to clean up; every other guard of it stays."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        rights.give()
        for table in rights.APPEND_ONLY:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER audit_no_truncate")
        cursor.execute(f"CREATE SCHEMA {SHIPPED}")
        for table in filled_tables(cursor) - set(rights.APPEND_ONLY):
            cursor.execute(f"CREATE TABLE {SHIPPED}.{table} AS TABLE {table}")
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        connections["cachedb"].close()  # the cache's own connection would hold the database open
        cursor.execute(OTHERS)


SHIPPED = "shipped"
"""The schema that remembers what the migrations ship: forms, texts. They are there before every test, whatever ran before."""
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


GUARDS = """
    SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND tgtype & 8 = 8 AND relname = ANY(%s)
"""


def filled_tables(cursor: CursorWrapper) -> set[str]:
    """Those with rows, by one question."""
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    has_rows = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in sorted(tables))  # noqa: S608 our names
    cursor.execute(" UNION ALL ".join(has_rows))
    return {table for (table,) in cursor.fetchall()}


def empty_tables(_test: TransactionTestCase) -> None:
    """Empty what a test with real transactions left, where there are rows: to truncate every table costs four times as much.
    Kinds and permissions keep their numbers: a process that outlives the test has learned them, as in production, where they
    never change; what the migrations ship stands there again. What was tried how often goes with the cache."""
    with transaction.atomic(), connection.cursor() as cursor:
        filled = filled_tables(cursor) - set(rights.APPEND_ONLY)
        cursor.execute(GUARDS, [sorted(filled)])
        guards = cursor.fetchall()
        for table, guard in guards:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")
        for table in sorted(filled):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 our names
        cursor.execute(f"DELETE FROM {settings.CACHES['default']['LOCATION']}")  # noqa: S608 our name
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SHIPPED])
        for (table,) in cursor.fetchall():
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {SHIPPED}.{table}")  # noqa: S608 our names
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, guard in guards:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {guard}")
        cursor.execute(f"TRUNCATE {', '.join(rights.APPEND_ONLY)}")


TransactionTestCase._fixture_teardown = empty_tables


def note_first_template(store, signal, sender, template, context, **rest) -> None:
    """Django's client copies the context of every part of a page; a test looks at the page's own."""
    if "templates" not in store:
        store_rendered_templates(store, signal, sender, template, context, **rest)


client.store_rendered_templates = note_first_template


class ReadsAsBrowsersDo(client.ClientHandler):
    """A line break that a template is indented by is a space to whoever reads the page, and to the tests; ``as_sent`` has it still."""

    def __call__(self, environ: dict[str, Any]) -> HttpResponseBase:
        response = super().__call__(environ)
        if isinstance(response, HttpResponse) and response.headers.get("Content-Type", "").startswith("text/html"):
            response.as_sent = response.content
            response.content = INDENTED.sub(b" ", response.content)
        return response


INDENTED = re.compile(rb"[ \n]*\n +")
client.ClientHandler = ReadsAsBrowsersDo  # type: ignore[misc]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Of two processes each gets a half of the list. The browser's tests begin the first and the other long ones the second:
    one product runs, and nobody waits at the end for what was begun last. Within each block the order is the drawn one."""
    blocks: dict[str, list[pytest.Item]] = {"journey": [], "long": [], "": []}
    for item in items:
        blocks["journey" if item.get_closest_marker("journey") else "long" if is_long(item) else ""].append(item)
    beside = max(0, len(items) // 2 - len(blocks["journey"]))
    items[:] = [*blocks["journey"], *blocks[""][:beside], *blocks["long"], *blocks[""][beside:]]


def is_long(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in ("long", "kills"))


def pytest_collection_finish():
    """What is loaded by now stays: the garbage collector need not walk it again, nor look for rubbish every blink."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The system's Chromium, or the one CHROMIUM names."""
    program = native.find_browser()
    if program is None:
        pytest.fail("No Chromium found. Run bin/setup --browser, or set CHROMIUM to its path.")
    return {**browser_type_launch_args, "executable_path": program, "args": QUIET_BROWSER}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A clinician at a hospital desk in Europe."""
    size = {"width": 1280, "height": 900}
    return {**browser_context_args, "viewport": size, "locale": "en-GB", "timezone_id": "Europe/Berlin"}


class Mailbox:
    """The mails a local SMTP server caught, oldest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def messages(self, to: str = ""):
        """All mails, or those to one address."""
        parsed = [
            message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(self.folder.glob("*.eml"))
        ]
        return [mail for mail in parsed if to in mail["X-Envelope-To"]]

    def clear(self) -> None:
        for path in self.folder.glob("*.eml"):
            path.unlink()

    def wait(self, to: str, count: int = 1, seconds: float = 15):
        """At least ``count`` mails to one address, as soon as they are there."""
        deadline = time.monotonic() + seconds
        while len(found := self.messages(to)) < count:
            assert time.monotonic() < deadline, f"{len(found)} of {count} mails to {to} within {seconds} s"
            time.sleep(0.05)
        return found


@pytest.fixture
def mailbox(tmp_path, settings):
    """A real SMTP server on loopback; Django sends to it for this test."""
    folder, port = tmp_path / "mail", places.free_port()
    command = [sys.executable, "-m", "tools.local.mail_sink", str(port), str(folder)]
    with (tmp_path / "mail.log").open("wb") as log:
        process = processes.spawn(command, log=log, cwd=places.ROOT, env=dict(os.environ))
    places.wait_for_port(port, process)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.MAIL_DIR = "127.0.0.1", port, folder
    yield Mailbox(folder)
    processes.end(process, processes.TERM, patience=5)


@pytest.fixture
def own_broker(tmp_path):
    """A Redis of this test's own, to be stopped, killed and started again."""
    broker = Redis(tmp_path / "redis", keys.fresh())
    broker.start()
    yield broker
    broker.stop()


def address_of_processes() -> str:
    """The test database for the role that the processes have."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}"))


def env_of_processes(folder: Path) -> dict[str, str]:
    """The environment for real processes that work on the test database, with ``folder`` for what they write."""
    known = {name: value for name, value in os.environ.items() if name != "CPMS_OWNER_DATABASE_URL"}
    paths = {"CPMS_RUN_DIR": str(folder / "run"), "CPMS_STATIC_ROOT": str(folder / "static")}
    return {**known, "DATABASE_URL": address_of_processes(), "DJANGO_SETTINGS_MODULE": "cpms.settings", **paths}


@pytest.fixture
def process_env(transactional_db, tmp_path, tmp_path_factory):
    """The environment for real processes (worker, beat, web) of this test; static files are the run's."""
    return env_of_processes(tmp_path) | {"CPMS_STATIC_ROOT": str(folder_of(tmp_path_factory.getbasetemp()))}
