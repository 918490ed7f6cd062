"""A closed outcome is corrected at a desk; months later its follow-up is answered on a phone."""

from __future__ import annotations

import pytest
from dateutil.relativedelta import relativedelta

from cpms import clock
from outcomes import actions as outcomes
from outcomes.models import FollowUp
from panels import actions as panels
from panels.models import Panel
from tests.factories import Story
from tests.journeys.person import Person
from tests.journeys.test_drafts_in_browser import take_session

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]


def closed_panel() -> Story:
    story = Story()
    story.open()
    story.seat(story.expert)
    panels.mark(story.contribute(story.expert), marked=True, by=story.lead)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    outcomes.write_outcome(story.fresh(), conclusion="Give 200 mg.", items=[], version=outcome.version, by=story.lead)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    return story


def test_a_correction_and_a_follow_up_on_a_phone(live_server, browser):
    story = closed_panel()
    lead = Person(browser, live_server.url)
    take_session(lead, story.lead)
    lead.go(f"/panels/{story.panel.ref}/outcome/")
    lead.click("Correct the outcome", role="link")
    lead.type("Why is it corrected?", "A nought too many.")
    lead.type("Conclusion", "Give 20 mg.")
    lead.click("Send version 2")
    lead.sees("The outcome is corrected.")
    lead.sees("Give 20 mg.")
    lead.click("Version 1", role="link", exact=True)
    lead.sees("Give 200 mg.")
    lead.sees("Version 2 has taken its place.")
    lead.close()
    Panel.objects.update(closed_at=clock.now() - relativedelta(months=3))
    outcomes.ask_follow_ups(by=None)
    phone = Person(browser, live_server.url, width=390, height=844)
    take_session(phone, story.lead)
    phone.go("/")
    phone.start_counting()
    phone.click("Say what became", role="link")
    phone.choose("What became of advice 1?", "Partly")
    phone.type("Because", "Half the dose is enough.")
    phone.choose("Did the patient benefit?", "Yes")
    phone.click("Send")
    phone.sees("The follow-up is answered")
    phone.sees("Half the dose is enough.")
    assert phone.hands <= 6
    wide = phone.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    assert FollowUp.objects.get().answered_by == story.lead
    phone.go("/")
    assert phone.page.get_by_role("link", name="Say what became").count() == 0
    phone.close()
