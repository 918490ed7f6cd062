"""The running product on this test's database."""

from __future__ import annotations

import os
import signal
import time

import pytest
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import expect

from tests.conftest import env_of_processes
from tests.journeys.kept import kept_rooms
from tests.journeys.product import Product, website, worker
from tests.journeys.rooms import Rooms
from tests.packing import folder_of

BUSY = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""


@pytest.fixture(scope="session")
def site(django_db_setup, tmp_path_factory):
    """Web server and mail catcher, started once for all journeys of this process: neither knows what a test left."""
    folder, static = tmp_path_factory.mktemp("site"), folder_of(tmp_path_factory.getbasetemp())
    with website(env_of_processes(folder) | {"CPMS_STATIC_ROOT": str(static)}, folder) as product:
        yield product


@pytest.fixture(scope="session")
def crew(site: Product, tmp_path_factory):
    """A worker with beat inside, started once as well. It stands still but in the tests that ask for it."""
    with worker(site, tmp_path_factory.mktemp("crew")):
        yield site


def is_at_work() -> bool:
    """Whether somebody else asks the database something, or is in the middle of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(BUSY)
        return cursor.fetchone()[0] > 0


def settle() -> None:
    """Wait until the web server has answered: the tables are emptied next, and would wait for its locks."""
    deadline = time.monotonic() + 10
    while is_at_work():
        assert time.monotonic() < deadline, "The web server is still at work."
        time.sleep(0.02)


def stand_still(product: Product) -> None:
    """Stop the worker between two transactions."""
    deadline = time.monotonic() + 20
    while True:
        os.killpg(product.working.pid, signal.SIGSTOP)
        if not is_at_work():
            return
        os.killpg(product.working.pid, signal.SIGCONT)
        assert time.monotonic() < deadline, "The worker never ends its work."
        time.sleep(0.05)


@pytest.fixture
def pages(site: Product, transactional_db, browser):
    """The website alone, for what needs no worker. What was tried before counts against no rate limit of this test."""
    cache.clear()
    yield site
    for context in browser.contexts:
        context.close()
    settle()


@pytest.fixture
def rooms(pages: Product) -> Rooms:
    """A network to look at, for tests that need no worker."""
    return kept_rooms()


@pytest.fixture
def product(pages: Product, crew):
    """The website, and the worker at work."""
    pages.mailbox.clear()
    os.killpg(pages.working.pid, signal.SIGCONT)
    yield pages
    stand_still(pages)


@pytest.fixture(autouse=True)
def patience():
    """Two cores carry browser, server, worker and suite: what normally takes a blink may take seconds."""
    expect.set_options(timeout=20_000)
