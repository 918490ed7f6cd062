"""The sign-ins of the demonstration: what the accounts know agrees with what the audit trail says."""

import datetime as dt

import pytest

from cpms import clock
from cpms.accounts.roles import Role
from helpdesk.demo.sign_ins import load_sign_ins
from helpdesk.queries.today import gone, part_of
from helpdesk.states import NudgeKind
from tests.factories import UserFactory, give_role

pytestmark = pytest.mark.django_db


def test_who_stopped_coming_is_listed_from_the_longest_away():
    me = UserFactory(role="none")
    give_role(me, Role.CORE_HELPDESK)
    long_ago = clock.now() - dt.timedelta(days=900)
    load_sign_ins([UserFactory(activated_at=long_ago) for _turn in range(12)], fewest=2, most=4, faithful=1)
    since = [person.since for person in gone(me)]
    assert len(set(since)) > 5
    assert since == sorted(since)
    assert [row.since for row in part_of(NudgeKind.RETURN, me).rows] == since[:8]
