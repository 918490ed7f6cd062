"""Hand-overs against one another and against what else happens at that moment: one wins, nothing deadlocks, nothing is half done."""

from __future__ import annotations

import os

import pytest

from consent import actions as consent
from consent.models import Consent
from consent.states import Stage
from cpms.accounts import actions as accounts
from cpms.audit.models import AuditEvent
from cpms.notifications.models import WorkItem
from panels import actions
from tests.factories import UserFactory
from tests.panels.test_races import race, rights  # noqa: F401 the fixture is taken by its name
from tests.patients.house import House

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])
ROUNDS = int(os.environ.get("CPMS_RACES", "2"))


def give(house, to):
    """Each time read anew, as a request does."""
    return lambda: actions.hand_over([house.patient()], to=to, by=house.lead)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_two_hand_overs_one_wins(_round):
    house, other = House(), None
    house.story.open(house.story.expert)
    other = UserFactory(centre=house.centre)
    won = race(give(house, house.colleague), give(house, other))
    rows = AuditEvent.objects.filter(event="patient_handed_over")
    assert (sum(won), rows.count()) == (1, 1)
    now = house.patient().enrolled_by
    assert str(now.pk) == rows.get().detail["to"]
    assert house.story.fresh().lead == now
    assert actions.mend_sight(by=None) == 0


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_hand_over_against_a_withdrawal_does_both_or_leaves_the_withdrawal_to_the_next_lead(_round):
    house = House()
    story = house.story
    story.open()
    story.seat(story.expert)
    withdraw = lambda: consent.withdraw_consent(story.patient, by=house.lead, stage=Stage.CARE)  # noqa: E731
    won = race(withdraw, give(house, house.colleague))
    assert won[1] == 1
    assert house.patient().enrolled_by == story.fresh().lead == house.colleague
    assert Consent.objects.in_force(Stage.CARE).filter(patient=story.patient).exists() is (won[0] == 0)
    assert WorkItem.objects.open().filter(ref=story.panel.ref).exists() is (won[0] == 0)
    assert actions.mend_sight(by=None) == 0


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_panel_whose_lead_changes_is_found_by_whoever_waits_for_it(_round):
    house = House()
    house.story.open()
    withdraw = lambda: actions.withdraw(house.story.panel, by=house.lead)  # noqa: E731
    won = race(withdraw, give(house, house.colleague))
    assert won[1] == 1
    assert (house.story.fresh().state == "withdrawn") == (won[0] == 1)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_a_hand_over_and_an_erasure_one_wins(_round):
    """The patient is held before the rules are asked: whoever was erased meanwhile is not handed over."""
    house = House()
    house.story.open()
    erase = lambda: consent.erase_patient(house.patient(), by=house.lead)  # noqa: E731
    won = race(erase, give(house, house.colleague))
    patient = house.patient()
    assert won in ([1, 0], [0, 1])
    assert (patient.erased_at is not None, patient.enrolled_by == house.colleague) == (won[0] == 1, won[1] == 1)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_hand_over_against_the_next_leads_own_acceptance_leaves_no_seat(_round):
    house = House()
    story = house.story
    story.open(house.colleague)
    invitation = story.invitation(house.colleague)
    race(lambda: actions.accept(invitation, by=house.colleague), give(house, house.colleague))
    assert story.fresh().lead == house.colleague
    assert story.invitation(house.colleague).state in {"ended", "withdrawn"}
    assert actions.mend_sight(by=None) == 0


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_hand_over_against_the_colleagues_leaving_never_loses_the_patient(_round):
    """Either nobody took the patient, or it waits for the representative."""
    house = House()
    house.story.open()
    race(
        lambda: accounts.switch_account(house.colleague, on=False, by=house.representative),
        give(house, house.colleague),
    )
    taken = house.patient().enrolled_by == house.colleague
    waiting = WorkItem.objects.open().filter(who=house.representative, verb="hand_over")
    assert waiting.exists() is taken
