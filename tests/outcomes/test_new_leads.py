"""A patient is handed over while the outcome is out for signature: what was asked of the lead is asked of who leads now."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.accounts.access import Refused
from cpms.jobs.models import Job
from outcomes import actions as outcomes
from outcomes.models import Outcome, SignOff
from outcomes.states import Decision
from panels import actions as panels
from tests.patients.house import House, waits

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def house():
    """The outcome of the patient's panel is written; its expert has advised."""
    house = House()
    story = house.story
    story.open()
    story.seat(story.expert)
    panels.mark(story.contribute(story.expert), marked=True, by=story.lead)
    return house


def send(house, by):
    story = house.story
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    outcomes.write_outcome(story.fresh(), by=by, conclusion="Salt.", items=[], version=outcome.version)
    outcomes.send_for_signature(story.fresh(), by=by)


def hand_over(house):
    """With the job that follows, twice; gives whether the new lead was asked."""
    panels.hand_over([house.patient()], to=house.colleague, by=house.lead)
    ids = {"panel_id": str(house.story.panel.pk), "giver_id": str(house.lead.pk)}
    assert Job.objects.filter(task="outcomes.ask_new_lead", ids=ids).count() == 1
    asked = [outcomes.ask_new_lead(**ids, by=None) for _ in range(2)]
    assert asked[0] == asked[1]
    return asked[0]


def sign(house, by):
    return outcomes.sign(house.story.fresh(), decision=Decision.SIGNED, number=1, by=by)


def test_the_signature_that_an_assistant_asked_of_the_lead_is_asked_of_who_leads_now(house):
    send(house, house.assistant)
    assert hand_over(house)
    assert "sign" in waits(house.colleague)
    with pytest.raises(Refused):
        outcomes.close_panel(house.story.fresh(), by=house.colleague, although=1)
    assert sign(house, house.colleague).decision == Decision.SIGNED
    outcomes.close_panel(house.story.fresh(), by=house.colleague, although=1)
    signed = SignOff.objects.filter(outcome__panel=house.story.panel)
    assert dict(signed.values_list("who", "decision")) == {
        house.colleague.pk: Decision.SIGNED,
        house.story.expert.pk: Decision.SILENT,
    }


def test_a_lead_who_has_signed_leaves_no_signature_to_who_leads_now(house):
    send(house, house.lead)
    assert not hand_over(house)
    assert "sign" not in waits(house.colleague)
    assert not SignOff.objects.filter(who=house.colleague).exists()


def test_a_member_who_leads_now_is_still_asked_for_their_own_signature(house):
    house.story.seat(house.colleague)
    send(house, house.lead)
    assert hand_over(house)
    assert "sign" in waits(house.colleague)
    assert sign(house, house.colleague).decision == Decision.SIGNED


def test_of_two_hand_overs_in_a_row_the_last_to_lead_is_asked(house):
    send(house, house.assistant)
    panels.hand_over([house.patient()], to=house.colleague, by=house.lead)
    last = house.story.expert
    house.story.fresh()
    type(last).objects.filter(pk=last.pk).update(centre=house.centre)
    panels.hand_over([house.patient()], to=type(last).objects.get(pk=last.pk), by=house.colleague)
    for giver in (house.lead, house.colleague):
        outcomes.ask_new_lead(str(house.story.panel.pk), str(giver.pk), by=None)
    assert "sign" in waits(last)
    assert "sign" not in waits(house.colleague)


def corrected(house, by):
    """A closed panel whose corrected outcome waits for signatures."""
    story = house.story
    send(house, house.lead)
    outcomes.close_panel(story.fresh(), by=house.lead, although=9)
    words = {"conclusion": "Less salt.", "items": [], "reason": "A nought too many.", "plain": ""}
    outcomes.correct_outcome(story.fresh(), version=story.fresh().outcome.version, by=by, **words)


def test_a_correction_that_waits_for_the_lead_waits_for_who_leads_now_and_is_theirs_to_sign(house):
    corrected(house, house.assistant)
    assert "sign" in waits(house.lead)
    assert hand_over(house)
    assert house.story.fresh().lead == house.colleague
    assert ("sign" in waits(house.lead), "sign" in waits(house.colleague)) == (False, True)
    signed = outcomes.sign(house.story.fresh(), decision=Decision.SIGNED, number=2, by=house.colleague)
    assert signed.decision == Decision.SIGNED
    assert "sign" not in waits(house.colleague)
    with pytest.raises(Refused):
        outcomes.sign(house.story.fresh(), decision=Decision.SIGNED, number=2, by=house.lead)


def test_a_correction_that_the_lead_has_signed_leaves_the_lead_on_record(house):
    corrected(house, house.lead)
    assert not hand_over(house)
    assert house.story.fresh().lead == house.lead
    assert "sign" not in waits(house.colleague)


def test_nobody_is_asked_once_the_correction_is_over(house):
    corrected(house, house.assistant)
    Outcome.objects.update(sent_at=clock.now() - dt.timedelta(days=8))
    ids = (str(house.story.panel.pk), str(house.lead.pk))
    assert not outcomes.ask_new_lead(*ids, by=None), "the day has passed"
    outcomes.end_signing(by=None)
    Outcome.objects.update(sent_at=clock.now())
    assert not outcomes.ask_new_lead(*ids, by=None), "nobody is waited for"
