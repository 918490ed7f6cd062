"""A decision that the worker has not brought in yet, one that is corrected late, and advice that the lead made their own."""

from __future__ import annotations

import pytest

from cpms.accounts.access import Refused
from outcomes import actions as outcomes
from outcomes import queries
from outcomes.models import Outcome
from outcomes.states import OutcomeState
from panels import actions as panels
from panels.meetings import actions as meetings
from panels.meetings.models import MeetingDecision
from tests.clients import signed_in
from tests.factories import Story
from tests.outcomes.test_advice import meet

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def story():
    """A panel with a meeting and one marked statement."""
    story = Story()
    story.open()
    story.seat(story.expert)
    panels.mark(story.contribute(story.expert, kind="treatment"), marked=True, by=story.lead)
    meet(story)
    return story


def decide(story, text, *, late=False):
    words = {"dissent": "", "owner": None, "due_on": None}
    made = meetings.decide(story.panel.agenda_items.get(), text=text, by=story.lead, **words)
    if not late:
        outcomes.take_decision(str(made.pk), by=None)
    return made


def redecide(story, decision, text):
    decision.refresh_from_db()
    decision.item.panel = story.fresh()
    values = {"text": text, "dissent": "", "owner": None, "due_on": None}
    meetings.redecide(decision, values=values, version=decision.version, by=story.lead)
    outcomes.take_decision(str(decision.pk), by=None)


def write(story, **texts):
    """The whole outcome; ``texts`` maps what an advice says to what it shall say."""
    outcome = queries.outcome_of(story.fresh())
    rows = [{"id": item.pk, "text": texts.get(item.text.strip(".").lower(), item.text)} for item in outcome.items.all()]
    words = {"conclusion": "Give salt.", "version": outcome.version}
    outcomes.write_outcome(story.fresh(), items=rows, by=story.lead, **words)


def advice(story):
    return [item.text for item in Outcome.objects.get(panel=story.panel).items.all()]


def through(story):
    """Closed and opened again."""
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    panels.reopen(story.fresh(), by=story.lead)


def test_after_reopening_a_correction_reaches_the_advice_only_where_the_lead_left_it_alone(story):
    kept, edited = decide(story, "Scan."), decide(story, "Salt.")
    outcomes.start_outcome(story.fresh(), by=story.lead)
    write(story, salt="Half the salt.")
    through(story)
    redecide(story, kept, "Scan twice.")
    redecide(story, edited, "More salt.")
    assert advice(story)[:2] == ["Scan twice.", "Half the salt."]
    outcomes.take_decision(str(edited.pk), by=None)
    assert advice(story)[:2] == ["Scan twice.", "Half the salt."]


def test_advice_that_the_lead_took_out_does_not_come_back(story):
    decision = decide(story, "Scan.")
    outcomes.start_outcome(story.fresh(), by=story.lead)
    write(story, scan="")
    assert outcomes.take_decision(str(decision.pk), by=None) is None
    assert len(advice(story)) == 1
    through(story)
    redecide(story, decision, "Scan twice.")
    assert len(advice(story)) == 1


def test_a_correction_whose_worker_is_behind_reaches_the_draft_of_a_started_outcome(story):
    decision = decide(story, "Scan.")
    decision.refresh_from_db()
    values = {"text": "Scan twice.", "dissent": "", "owner": None, "due_on": None}
    meetings.redecide(decision, values=values, version=1, by=story.lead)
    outcomes.start_outcome(story.fresh(), by=story.lead)
    outcomes.take_decision(str(decision.pk), by=None)
    assert advice(story)[0] == "Scan twice."


def test_a_late_decision_is_in_the_text_before_anybody_is_asked_to_sign(story):
    outcomes.start_outcome(story.fresh(), by=story.lead)
    decide(story, "Late word.", late=True)
    with pytest.raises(Refused, match="on its way"):
        outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcome = queries.outcome_of(story.fresh())
    (item,) = outcome.items.all()
    form = {
        "version": outcome.version,
        "conclusion": "Give salt.",
        "advice-TOTAL_FORMS": 1,
        "advice-INITIAL_FORMS": 1,
        "advice-0-id": item.pk,
        "advice-0-text": item.text,
        "advice-0-strength": "strong",
        "do": "send",
    }
    client, address = signed_in(story.lead), f"/panels/{story.panel.ref}/outcome/"
    page = client.post(f"{address}save/", form, follow=True).content.decode()
    assert ("has come in" in page, "Late word." in page) == (True, True)
    assert queries.outcome_of(story.fresh()).state == OutcomeState.DRAFT
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    assert "Late word." in queries.version_of(queries.outcome_of(story.fresh()), 1).body


def test_a_late_decision_is_not_closed_over(story):
    outcomes.start_outcome(story.fresh(), by=story.lead)
    write(story)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    decide(story, "Late word.", late=True)
    with pytest.raises(Refused, match="on its way"):
        outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    page = signed_in(story.lead).post(f"/panels/{story.panel.ref}/close/", {"although": "9"}, follow=True)
    assert "has come in" in page.content.decode()
    assert (story.fresh().state, queries.outcome_of(story.fresh()).state) == ("outcome", OutcomeState.DRAFT)
    assert "Late word." in advice(story)


def test_what_was_taken_before_its_words_were_kept_is_left_to_the_lead(story):
    decision = decide(story, "Scan.")
    MeetingDecision.objects.update(taken_version=0)
    outcomes.start_outcome(story.fresh(), by=story.lead)
    write(story, scan="Scan later.")
    outcomes.take_decisions(story.fresh(), by=story.lead)
    through(story)
    MeetingDecision.objects.update(taken_version=0)
    redecide(story, decision, "Scan twice.")
    assert advice(story)[0] == "Scan later."
