"""What is given to a person, or decided about them, is judged by where they work at that moment; and nobody waits for the other."""

from __future__ import annotations

import pytest

from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.actions.addresses import way_in
from cpms.accounts.models import Delegation, User
from cpms.accounts.policy import Post
from cpms.accounts.roles import Role
from helpdesk.people import actions
from helpdesk.people.models import AccessRequest
from helpdesk.people.states import AskedRole, RequestState
from tests.factories import CentreFactory, UserFactory, give_role
from tests.panels.test_races import ROUNDS, race

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])


@pytest.fixture
def centre():
    return CentreFactory()


def holder(role, **held_on):
    person = UserFactory(role="none")
    give_role(person, role, **held_on)
    return person


def fresh(person):
    return User.objects.get(pk=person.pk)


def test_nobody_is_given_a_role_at_a_hospital_that_they_have_just_left(centre):
    person, head = (
        UserFactory(role="none", centre=centre),
        holder(Role.NETWORK_COORDINATOR, network=centre.networks.get()),
    )
    read_before = fresh(person)
    accounts.leave_centre(fresh(person), by=head)
    with pytest.raises(Refused):
        accounts.give_post(read_before, Post(Role.REPRESENTATIVE, centre=centre), by=fresh(head))
    assert not person.memberships.current().exists()


def test_nobody_assists_whose_hospital_they_have_just_left(centre):
    lead, helper = UserFactory(centre=centre), UserFactory(role="none", centre=centre)
    read_before = fresh(helper)
    accounts.leave_centre(fresh(helper), by=holder(Role.CORE_HELPDESK))
    with pytest.raises(Refused):
        accounts.name_assistant(read_before, until=None, by=lead)


def test_nobody_assists_a_clinician_whose_role_has_just_ended(centre):
    lead, helper = UserFactory(centre=centre), UserFactory(role="none", centre=centre)
    begun = fresh(lead)
    assert Role.CLINICIAN in begun.held_roles()  # as the page read it
    accounts.end_role(lead.memberships.get(), by=holder(Role.REPRESENTATIVE, centre=centre))
    with pytest.raises(Refused, match="Only clinicians"):
        accounts.name_assistant(helper, until=None, by=begun)


def test_an_assistant_named_many_times_at_one_moment_is_named_once(centre):
    lead, helper = UserFactory(centre=centre), UserFactory(role="none", centre=centre)
    assert race(lambda: accounts.name_assistant(fresh(helper), until=None, by=fresh(lead))) == [1]
    accounts.end_delegation(Delegation.objects.get(), by=lead)
    assert fresh(helper).serves() == []


def test_a_request_is_approved_while_who_asked_changes_their_address(centre):
    """Both hold the person first and the request then, whichever of the two comes first."""
    head = holder(Role.NETWORK_COORDINATOR, network=centre.networks.get())
    for number in range(ROUNDS):
        guest = UserFactory(role="none", centre=None, email=f"old{number}@hospital.example")
        typed = {"display_name": "Dr Guest", "job_title": "Doctor", "why": "We met."}
        actions.ask_for_access(guest.email, centre=centre, role=AskedRole.CLINICIAN, groups=[], by=None, **typed)
        request = AccessRequest.objects.get(email=guest.email)
        new = {"user": str(guest.pk), "old": guest.email, "new": f"new{number}@hospital.example"}
        token = way_in(new, taken=False).rstrip("/").rpartition("/")[2]
        moved, approved = race(
            lambda: accounts.change_address(fresh(guest), token=token, by=guest),  # noqa: B023 the race ends here
            lambda: actions.approve_request(request, by=fresh(head)),  # noqa: B023 the race ends here
        )
        request.refresh_from_db()
        assert (moved, approved, request.state) == (1, 1, RequestState.APPROVED)
        assert request.account == guest
