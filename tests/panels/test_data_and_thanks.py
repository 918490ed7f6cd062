"""Asked-for data becomes the lead's task; a better name comes first; those who helped are thanked."""

from __future__ import annotations

import pytest

from cpms.accounts.access import Refused
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from outcomes import actions as outcomes
from panels import actions as panels
from panels import queries
from panels.models import Thanks
from tests.clients import signed_in
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db


def waits(story):
    return list(WorkItem.objects.open().filter(verb=Verb.ADD_DATA).values_list("who", "ref"))


def told(notice):
    return set(OutboxMessage.objects.filter(notice=notice).values_list("recipient", flat=True))


def test_a_request_for_data_waits_for_the_lead_until_all_of_it_is_there():
    story, second = Story(), UserFactory()
    story.open(story.expert, second)
    for person in (story.expert, second):
        panels.accept(story.invitation(person), by=person)
    first, other = story.contribute(story.expert, kind="need_data"), story.contribute(second, "more", kind="need_data")
    assert waits(story) == [(story.lead.pk, story.panel.ref)]
    panels.supply(first, by=story.lead)
    assert waits(story) == [(story.lead.pk, story.panel.ref)]
    panels.supply(other, by=story.lead)
    assert waits(story) == []
    assert told(Notice.DATA_ADDED) == {story.expert.pk, second.pk}


def test_saying_twice_that_data_is_there_counts_once():
    story = Story()
    story.open()
    story.seat(story.expert)
    asked = story.contribute(story.expert, kind="need_data")
    at = panels.supply(asked, by=story.lead).supplied_at
    panels.supply(asked, by=story.lead)
    asked.refresh_from_db()
    assert asked.supplied_at == at
    with pytest.raises(Refused, match="Only the lead"):
        panels.supply(asked, by=story.expert)


def test_the_page_offers_it_to_the_lead_alone():
    story = Story()
    story.open()
    story.seat(story.expert)
    asked = story.contribute(story.expert, kind="need_data")
    path = f"/statements/{asked.pk}/supplied/"
    assert path in signed_in(story.lead).get(story.fresh().get_absolute_url()).content.decode()
    assert path not in signed_in(story.expert).get(story.fresh().get_absolute_url()).content.decode()
    assert signed_in(story.lead).post(path).status_code == 302
    page = signed_in(story.lead).get(story.fresh().get_absolute_url()).content.decode()
    assert path not in page
    assert "Added today" in page


def test_a_better_name_is_offered_first():
    story, better = Story(), UserFactory(display_name="Prof. Rosalind Okonkwo-Berg")
    UserFactory(display_name="Dr Rosalind Other")
    story.open(story.expert)
    panels.decline(
        story.invitation(story.expert), reason="field", better_name="Professor Okonkwo Berg", by=story.expert
    )
    first = queries.suggestions(story.fresh(), by=story.lead)[0]
    assert first.person == better
    assert first.reasons[0] == f"Named as a better choice by {story.expert.display_name}"


def closed_story():
    story = Story()
    story.open()
    story.seat(story.expert)
    panels.mark(story.contribute(story.expert), marked=True, by=story.lead)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    rows = [{"id": item.pk, "text": item.text, "strength": "strong"} for item in outcome.items.all()]
    outcomes.write_outcome(story.fresh(), by=story.lead, conclusion="Salt.", items=rows, version=outcome.version)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    return story


def test_the_lead_rates_and_thanks_once_and_members_are_told():
    story = closed_story()
    client = signed_in(story.lead)
    path = f"/panels/{story.panel.ref}/thank/"
    refused = client.post(path, {"useful": "11", "text": story.canary("thanks")})
    assert refused.status_code == 422
    assert story.canary("thanks") in refused.content.decode()
    assert client.post(path, {"useful": "9", "text": story.canary("thanks")}).status_code == 302
    thanks = Thanks.objects.get()
    assert (thanks.useful, thanks.text) == (9, story.canary("thanks"))
    assert told(Notice.THANKED) == {story.expert.pk}
    page = signed_in(story.expert).get(story.fresh().get_absolute_url()).content.decode()
    assert "9 of 10" in page
    assert story.canary("thanks") in page
    assert client.post(path, {"useful": "1"}).status_code == 403


def test_nobody_thanks_before_the_end():
    story = Story()
    story.open()
    with pytest.raises(Refused, match="when the panel is closed"):
        panels.thank(story.fresh(), useful=5, text="", by=story.lead)
