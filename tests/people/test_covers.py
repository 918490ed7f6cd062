"""A whole unit may see: who switches it on and off, for how long, and who hears of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import UnitCover, User
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from helpdesk.people import actions
from tests.clients import signed_in
from tests.factories import CANARIES, UserFactory, give_role
from tests.panels.covering import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return House()


def test_the_unit_is_told_on_and_off_and_nothing_clinical_leaves(house, mailoutbox):
    OutboxMessage.objects.all().delete()
    cover = house.cover()
    told = OutboxMessage.objects.filter(notice=Notice.UNIT_COVER)
    assert {row.recipient for row in told} == {house.story.lead, house.colleague}
    actions.end_cover(cover, by=house.representative)
    assert sorted(told.all().values_list("recipient", flat=True)) == sorted(
        [house.story.lead.pk, house.colleague.pk] * 2
    )
    notifications.dispatch_outbox()
    assert not [canary for canary in CANARIES if any(canary in mail.body for mail in mailoutbox)]
    trail = AuditEvent.objects.filter(event=Event.COVER_CHANGED, actor_id=house.representative.pk)
    assert [row.detail["verb"] for row in trail.order_by("pk")] == ["on", "off"]


def test_only_who_represents_the_hospital_switches_it(house):
    coordinator, elsewhere = UserFactory(role="none"), UserFactory(role="none")
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=house.story.group.network)
    give_role(elsewhere, Role.REPRESENTATIVE, centre=house.story.expert.centre)
    cover = house.cover()
    for person in (house.story.lead, house.colleague, coordinator, elsewhere):
        with pytest.raises(Refused, match="Only who represents the hospital"):
            house.cover(begins=20, by=person)
        with pytest.raises(Refused, match="Only who represents the hospital"):
            actions.end_cover(cover, by=person)
    assert list(UnitCover.objects.current()) == [cover]


def test_days_are_ahead_few_and_said_once(house):
    for begins, lasts, why in ((-1, 5, "lie ahead"), (2, -1, "lie ahead"), (0, 61, "At most 60 days")):
        with pytest.raises(Refused, match=why):
            house.cover(begins=begins, lasts=lasts)
    cover = house.cover(lasts=60)
    with pytest.raises(Refused, match="already"):
        house.cover(begins=60, lasts=3)
    house.cover(begins=61, lasts=3)
    actions.end_cover(cover, by=house.representative)
    with pytest.raises(Refused, match="over already"):
        actions.end_cover(cover, by=house.representative)


def test_a_unit_that_could_see_stays_with_its_record(house):
    house.cover()
    User.objects.filter(unit=house.unit).update(unit=None)
    with pytest.raises(Refused, match="that record is kept"):
        accounts.drop_unit(house.unit, by=house.representative)


def test_the_page_of_the_hospital_asks_for_a_fresh_code_and_keeps_what_was_typed(house):
    client = signed_in(house.representative, fresh=False)
    here = reverse("people:centre", args=[house.unit.centre_id])
    send = reverse("people:cover_unit", args=[house.unit.centre_id])
    today = clock.rights_day()
    typed = {"unit": house.unit.pk, "valid_from": today.isoformat(), "reason": "Holidays"}
    last = {"valid_to": (today + dt.timedelta(days=14)).isoformat()}
    assert "/confirm/" in client.post(send, {**typed, **last}, secure=True).url
    assert not UnitCover.objects.exists()
    client = signed_in(house.representative)
    late = client.post(send, {**typed, "valid_to": (today + dt.timedelta(days=99)).isoformat()}, secure=True)
    assert late.status_code == 422
    assert "At most 60 days" in late.content.decode()
    assert 'value="Holidays"' in late.content.decode()
    assert client.post(send, {**typed, **last}, secure=True).status_code == 302
    cover = UnitCover.objects.get()
    assert "May see now" in client.get(here, secure=True).content.decode()
    end = reverse("people:end_cover", args=[house.unit.centre_id, cover.pk])
    assert client.post(end, secure=True).status_code == 302
    again = client.post(end, secure=True, follow=True)
    assert "This is over already." in again.content.decode()
    elsewhere = reverse("people:end_cover", args=[house.story.expert.centre_id, cover.pk])
    assert client.post(elsewhere, secure=True).status_code == 404
