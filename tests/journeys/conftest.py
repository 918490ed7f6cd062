"""The running product on this test's database."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.product import environment, running


@pytest.fixture
def product(process_env, tmp_path):
    with running(environment(process_env), tmp_path) as product:
        yield product


@pytest.fixture(autouse=True)
def patience():
    """Two cores carry browser, server, worker and suite: what normally takes a blink may take seconds."""
    expect.set_options(timeout=20_000)
