"""Which passwords are refused, and why."""

from __future__ import annotations

import hashlib

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from cpms.accounts.passwords import holds
from cpms.accounts.roles import Role
from tests.factories import NetworkFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db
LONG_ENOUGH = "quiet-lake-41"


def refusals(password, user=None):
    try:
        validate_password(password, user)
    except ValidationError as refused:
        return {error.code for error in refused.error_list}
    return set()


def hashed(*passwords):
    return sorted(hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper() for password in passwords)


def test_clinicians_need_twelve_characters_and_the_helpdesk_fifteen():
    clinician, staff = UserFactory(), UserFactory(role="none")
    give_role(staff, Role.HELPDESK_ADULT, network=NetworkFactory())
    assert refusals("quiet-lake1", clinician) == {"password_too_short"}
    assert refusals(LONG_ENOUGH, clinician) == set()
    assert refusals(LONG_ENOUGH, staff) == {"staff_length"}
    assert refusals("quiet-lake-41-ab", staff) == set()


@pytest.mark.parametrize("count", ["", ":3"])
def test_stolen_passwords_are_refused_by_the_operators_file(tmp_path, settings, count):
    stolen = [f"stolen-harbour-{n}" for n in range(40)]
    path = tmp_path / "hashes.txt"
    path.write_text("".join(f"{line}{count}\n" for line in hashed(*stolen)))
    assert refusals(stolen[7]) == set()
    settings.BREACHED_PASSWORDS = str(path)
    assert [refusals(password) for password in stolen] == [{"breached_password"}] * 40
    assert not any(refusals(f"never-stolen-{n}") for n in range(200))


def test_a_list_of_one_and_an_empty_one(tmp_path):
    path = tmp_path / "hashes.txt"
    (wanted,) = hashed("stolen-harbour")
    path.write_text("")
    assert not holds(path, wanted.encode())
    path.write_text(wanted.lower())
    assert holds(path, wanted.encode())
    assert not holds(path, hashed("another")[0].encode())
