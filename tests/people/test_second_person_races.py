"""A wish is asked for anew while a second person decides the one before: no two wait for each other."""

from __future__ import annotations

import pytest

from cpms.accounts.policy import Post
from cpms.accounts.roles import Role
from helpdesk.people import actions
from helpdesk.people.models import GlassBreak, LostPhone, PlaceProposal, RoleProposal
from helpdesk.people.states import ProposalState
from tests.factories import CentreFactory, NetworkFactory, Story, UserFactory, give_role, totp_device
from tests.panels.test_races import ROUNDS, race, rights  # noqa: F401 a fixture

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])


@pytest.fixture
def story():
    story = Story()
    story.open()
    return story


@pytest.fixture
def desk(story):
    """Two who are helpdesk and coordinate the network."""
    people = [UserFactory(role="none") for _ in range(2)]
    for person in people:
        for role in (Role.HELPDESK_ADULT, Role.NETWORK_COORDINATOR):
            give_role(person, role, network=story.network)
    return people


def at_most_one_waits(kind):
    assert kind.objects.filter(state=ProposalState.WAITING).count() <= 1


def test_a_lost_phone_reported_again_while_the_first_report_is_confirmed(story, desk):
    owner = totp_device(story.expert).user
    for _ in range(ROUNDS):
        lost = actions.ask_for_factor(owner, how_checked="Call", by=desk[0])
        race(
            lambda: actions.ask_for_factor(owner, how_checked="Call again", by=desk[0]),
            lambda: actions.confirm_factor(lost, by=desk[1]),  # noqa: B023 the race ends here
        )
        at_most_one_waits(LostPhone)


def test_a_look_behind_the_glass_asked_for_again_while_the_first_is_confirmed(story, desk):
    for _ in range(ROUNDS):
        glass = actions.ask_for_glass(story.fresh(), reason="Bug", by=desk[0])
        race(
            lambda: actions.ask_for_glass(story.fresh(), reason="Bug again", by=desk[0]),
            lambda: actions.confirm_glass(glass, by=desk[1]),  # noqa: B023 the race ends here
        )
        at_most_one_waits(GlassBreak)


def test_a_role_proposed_again_while_the_first_proposal_is_confirmed(story, desk):
    post = Post(Role.HELPDESK_ADULT, network=story.network)
    for _ in range(ROUNDS):
        person = UserFactory()
        proposal = actions.propose_role(person, post, by=desk[0])
        race(
            lambda: actions.propose_role(person, post, by=desk[0]),  # noqa: B023 the race ends here
            lambda: actions.confirm_role(proposal, by=desk[1]),  # noqa: B023 the race ends here
        )
        assert RoleProposal.objects.filter(person=person, state=ProposalState.WAITING).count() <= 1


def test_a_hospital_asked_for_twice_at_one_moment_is_asked_for_once():
    bond = NetworkFactory(code="BOND", name="ERN BOND")
    strangers = [UserFactory(role="none") for _ in range(2)]
    for one in strangers:
        give_role(one, Role.HELPDESK_ADULT, network=bond)
    for _ in range(ROUNDS):
        centre = CentreFactory()
        race(
            *(
                lambda one=one, centre=centre: actions.place_or_ask(centre, network=bond, kind="full", by=one)
                for one in strangers
            )
        )
        assert PlaceProposal.objects.filter(centre=centre).count() == 1
