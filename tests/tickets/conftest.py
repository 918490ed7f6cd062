import pytest

from tests.tickets.house import House


@pytest.fixture
def house(db):
    return House()
