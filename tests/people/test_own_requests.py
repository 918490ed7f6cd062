"""Nobody lets themselves in: whoever coordinates a network and works at no hospital asks as everybody does, and another decides."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.accounts.roles import Role
from cpms.notifications.models import OutboxMessage, WorkItem
from helpdesk.people import actions, queries
from helpdesk.people.models import AccessRequest
from tests.clients import signed_in
from tests.factories import CentreFactory, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def centre():
    return CentreFactory()


def coordinator(centre):
    person = UserFactory(role="none", centre=None)
    give_role(person, Role.NETWORK_COORDINATOR, network=centre.networks.get())
    return person


def test_a_coordinator_decides_no_request_of_their_own(centre):
    asker, other = coordinator(centre), coordinator(centre)
    said = {"display_name": asker.display_name, "job_title": "Dr", "role": "clinician", "groups": [], "why": "Work."}
    actions.ask_for_access(asker.email, centre=centre, by=None, **said)
    asked = AccessRequest.objects.get()
    assert list(queries.deciders_of(asked)) == [other]
    assert WorkItem.objects.open().get().who == other
    assert OutboxMessage.objects.get(notice="request_waiting").recipient == other
    client = signed_in(asker)
    assert asker.display_name not in str(client.get(reverse("people:requests"), secure=True).context["waiting"])
    assert client.post(reverse("people:approve", args=[asked.pk]), secure=True).status_code == 404
    with pytest.raises(Refused, match="Somebody else"):
        actions.approve_request(asked, by=asker)
    assert User.objects.get(pk=asker.pk).centre is None
    actions.approve_request(asked, by=other)
    assert User.objects.get(pk=asker.pk).held_roles() == {Role.NETWORK_COORDINATOR, Role.CLINICIAN}
