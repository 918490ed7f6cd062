"""The running product on this test's database."""

from __future__ import annotations

import os
import time

import pytest
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import expect

from tests.conftest import env_of_processes
from tests.journeys.product import Product, website, worker

BUSY = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""


@pytest.fixture(scope="session")
def site(django_db_setup, tmp_path_factory):
    """Web server and mail catcher, started once for all journeys of this process: neither knows what a test left."""
    folder, base = tmp_path_factory.mktemp("site"), tmp_path_factory.getbasetemp()
    static = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "static"
    with website(env_of_processes(folder) | {"CPMS_STATIC_ROOT": str(static)}, folder) as product:
        yield product


def settle() -> None:
    """Wait until the web server has answered: the tables are emptied next, and would wait for its locks."""
    deadline = time.monotonic() + 10
    with connection.cursor() as cursor:
        while cursor.execute(BUSY) or cursor.fetchone()[0]:
            assert time.monotonic() < deadline, "The web server is still at work."
            time.sleep(0.02)


@pytest.fixture
def pages(site: Product, transactional_db, browser):
    """The website alone, for what needs no worker. What was tried before counts against no rate limit of this test."""
    cache.clear()
    yield site
    for context in browser.contexts:
        context.close()
    settle()


@pytest.fixture
def product(pages: Product, tmp_path):
    """The website, and a worker with beat inside for this test."""
    pages.mailbox.clear()
    with worker(pages, tmp_path):
        yield pages


@pytest.fixture(autouse=True)
def patience():
    """Two cores carry browser, server, worker and suite: what normally takes a blink may take seconds."""
    expect.set_options(timeout=20_000)
