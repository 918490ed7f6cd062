"""The running product on this test's database."""

from __future__ import annotations

import pytest

from tests.journeys.product import environment, running


@pytest.fixture
def product(process_env, tmp_path):
    with running(environment(process_env), tmp_path) as product:
        yield product
