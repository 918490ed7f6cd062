"""The sign-ins of the demonstration: what the accounts know agrees with what the audit trail says."""

import datetime as dt

import pytest
from django_otp.oath import TOTP

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from helpdesk.demo.arriving import enrol, sign_in
from helpdesk.demo.sign_ins import last_whole_month, load_sign_ins, who_comes
from helpdesk.queries.today import gone, part_of
from helpdesk.states import NudgeKind
from tests.factories import UserFactory, give_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(settings):
    settings.DEMO = True
    long_ago = clock.now() - dt.timedelta(days=900)
    return {"BOND": [UserFactory(activated_at=long_ago) for _turn in range(12)]}


def test_who_stopped_coming_is_listed_from_the_longest_away(people):
    me = UserFactory(role="none")
    give_role(me, Role.CORE_HELPDESK)
    for ago in range(400, 1000, 45):
        load_sign_ins(people, (clock.now() - dt.timedelta(days=ago)).date().replace(day=1))
    since = [person.since for person in gone(me)]
    assert len(set(since)) > 5
    assert since == sorted(since)
    assert [row.since for row in part_of(NudgeKind.RETURN, me).rows] == since[:8]


def test_a_month_is_written_once(people):
    month = last_whole_month()
    many = load_sign_ins(people, month)
    assert 4 <= many <= 6
    assert load_sign_ins(people, month) == 0
    assert AuditEvent.objects.filter(event=Event.SIGNED_IN).count() == many


def test_who_first_comes_in_a_month_counts_among_its_active_people(people):
    month = last_whole_month()
    came = dt.datetime.combine(month.replace(day=3), dt.time(9), dt.UTC)
    old, new = people["BOND"], [UserFactory(activated_at=came) for _turn in range(5)]
    coming = who_comes([*old, *new], month, 9, 9, 3)
    assert set(coming) < set(old)
    assert len(coming) == 9 - len(new)


def test_the_last_sign_in_never_goes_back(people):
    person = people["BOND"][0]
    now = clock.now()
    for at in (now, now - dt.timedelta(days=700)):
        sign_in(person, at=at)
    person.refresh_from_db()
    assert person.last_login == now


@pytest.mark.parametrize("seed", [b"", bytes(20)], ids=["own phone", "shown phone"])
def test_a_phone_is_taken_when_the_next_code_comes_at_this_very_moment(seed, monkeypatch):
    person, moments = UserFactory(), iter([59.999])
    device = accounts.pending_device(person, by=person)
    monkeypatch.setattr("time.time", lambda: next(moments, 60.001))
    enrol(device, seed)
    device.refresh_from_db()
    assert device.confirmed
    shown = TOTP(device.seed, 30, 0, 6)
    shown.time = 60.001
    assert device.accepts(f"{shown.token():06d}")
    assert not device.accepts(f"{shown.token():06d}")
