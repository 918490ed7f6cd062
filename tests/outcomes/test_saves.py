"""What was saved while an outcome was written stays readable afterwards, for the treating side alone."""

from __future__ import annotations

import pytest

from consent import actions as consent
from outcomes import actions as outcomes
from panels import actions as panels
from tests.clients import signed_in
from tests.factories import DelegationFactory, Story, UserFactory

pytestmark = pytest.mark.django_db


def write(story, conclusion):
    words = {"items": [], "conclusion": conclusion, "version": story.fresh().outcome.version}
    outcomes.write_outcome(story.fresh(), by=story.lead, **words)


def test_what_was_saved_on_the_way_to_a_version_stays_readable_for_the_treating_side_alone():
    story = Story()
    story.open()
    story.seat(story.expert)
    panels.mark(story.contribute(story.expert), marked=True, by=story.lead)
    outcomes.start_outcome(story.fresh(), by=story.lead)
    helper = UserFactory(display_name="Invented Assistant", centre=story.lead.centre)
    DelegationFactory(assistant=helper, clinician=story.lead)
    for conclusion in ("First.", "Second.", "Third."):
        write(story, conclusion)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    write(story, "Fourth.")
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    address = f"/panels/{story.panel.ref}/outcome/versions/"
    for person in (story.lead, helper):
        shown = [signed_in(person).get(f"{address}{number}/").context["saves"] for number in (1, 2)]
        assert [[text.conclusion for _save, text in saves] for saves in shown] == [["Second.", "First."], []]
    page = signed_in(story.expert).get(f"{address}1/")
    assert (page.context["saves"], "Saved before" in page.content.decode()) == ([], False)
    consent.erase_patient(story.patient, by=story.lead)
    page = signed_in(story.lead).get(f"{address}1/")
    assert (page.context["saves"], "First." in page.content.decode()) == ([], False)
