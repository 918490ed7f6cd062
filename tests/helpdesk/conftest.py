"""Networks whose helpdesks look at their lists."""

from __future__ import annotations

import pytest

from tests.factories import NetworkFactory


@pytest.fixture
def bond():
    return NetworkFactory(code="BOND", name="ERN BOND")


@pytest.fixture
def skin():
    """A network that the staff of these tests do not serve."""
    return NetworkFactory(code="SKIN", name="ERN SKIN")
