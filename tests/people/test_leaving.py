"""Who may end what: leaving a hospital, and switching an account off, for those entitled to all that ends with it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.accounts.roles import GRANTED_BY, POWERFUL, Role
from cpms.audit.models import AuditEvent
from tests.clients import signed_in
from tests.factories import CentreFactory, NetworkFactory, UserFactory, give_role
from tests.people.test_two_people import holder, post_of

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def centre():
    return CentreFactory()


@pytest.fixture
def person(centre):
    return UserFactory(centre=centre, role="none")


def test_who_works_nowhere_leaves_nothing_and_keeps_every_role(centre, person):
    desk, network = holder("core_helpdesk", centre), NetworkFactory()
    give_role(person, Role.NETWORK_COORDINATOR, network=network)
    give_role(person, Role.NATIONAL_OFFICER, country="FI")
    client, leave = signed_in(desk), reverse("people:leave", args=[person.pk])
    assert client.post(leave, secure=True).status_code == 302
    for _ in range(2):
        answer = client.post(leave, secure=True)
        assert (answer.status_code, "works at no hospital" in answer.content.decode()) == (403, True)
    with pytest.raises(Refused):
        accounts.leave_centre(person, by=desk)  # read before the first one
    assert User.objects.get(pk=person.pk).held_roles() == {Role.NETWORK_COORDINATOR, Role.NATIONAL_OFFICER}
    assert AuditEvent.objects.filter(event="left_centre").count() == 1


@pytest.mark.parametrize("role", sorted(POWERFUL))
def test_who_has_a_role_of_two_people_is_switched_off_by_nobody_below(role, centre, person):
    give_role(person, role, **post_of(role, centre).held_on)
    here, switch = reverse("people:person", args=[person.pk]), reverse("people:switch", args=[person.pk])
    below = {"representative", "substitute", "helpdesk_adult", "helpdesk_paediatric"}
    for lower in sorted(below | ({"network_coordinator"} if role == "core_helpdesk" else set())):
        client = signed_in(holder(lower, centre))
        assert "Switch off" not in client.get(here, secure=True).content.decode()
        answer = client.post(switch, {"on": "0"}, secure=True)
        assert (answer.status_code, "core helpdesk must do this" in answer.content.decode()) == (403, True)
    for higher in sorted({"core_helpdesk", *GRANTED_BY[role]}):
        by = holder(higher, centre)
        for on in (False, True):
            accounts.switch_account(person, on=on, by=by)
            assert User.objects.get(pk=person.pk).is_active is on


@pytest.mark.parametrize("how", ["leaves", "switched off"])
def test_who_is_gone_stands_in_for_nobody(how, centre, person):
    desk = holder("network_coordinator", centre)
    away = UserFactory(centre=centre, away_until=clock.today(), deputy=person)
    User.objects.filter(pk=person.pk).update(away_until=clock.today(), deputy=away)
    if how == "leaves":
        accounts.leave_centre(person, by=desk)
        assert User.objects.get(pk=person.pk).deputy is None
    else:
        accounts.switch_account(person, on=False, by=desk)
    away.refresh_from_db()
    assert (away.deputy, away.is_away) == (None, True)
