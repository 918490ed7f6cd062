"""Who was asked into a panel twice stands in its list once, with what came before in the same row."""

from __future__ import annotations

import re

import pytest

from cpms.words import day
from panels import actions as panels
from panels import queries
from panels.models import Invitation
from tests.clients import signed_in
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    """Asked, declined for a better name; asked again, out again; and asked once more. Somebody else was asked once."""
    story = Story()
    story.open(story.expert, story.second)
    first = story.invitation(story.expert)
    panels.decline(first, reason="time", better_name="Prof. Berg", by=story.expert)
    panels.invite_experts(story.fresh(), people=[story.expert], by=story.lead)
    panels.end_invitation(story.fresh().invitations.get(invitee=story.expert, state="pending"), by=story.lead)
    panels.invite_experts(story.fresh(), people=[story.expert], by=story.lead)
    return story


def rows(page) -> list[str]:
    """The words of each row of the list of people, the lead's first."""
    people = page.content.decode().partition('id="experts"')[2].partition("</section>")[0].partition("</ul>")[0]
    return [" ".join(re.sub(r"<[^>]+>", "", row.replace("><", "> <")).split()) for row in people.split("<li>")[1:]]


def test_each_person_stands_there_once_with_the_newest_invitation(story):
    seats = queries.seats(story.panel, seen={})
    assert [(seat.invitation.invitee, seat.invitation.state) for seat in seats] == [
        (story.second, "pending"),
        (story.expert, "pending"),
    ]
    assert [[one.state for one in seat.earlier] for seat in seats] == [[], ["declined", "withdrawn"]]


def test_the_row_tells_what_became_of_the_earlier_ones_and_people_are_counted_once(story):
    page = signed_in(story.lead).get(story.fresh().get_absolute_url())
    assert 'href="#experts">Experts <span class="count">2</span>' in page.content.decode()
    lead, second, expert = rows(page)
    asked = day(Invitation.objects.filter(invitee=story.expert).earliest("sent_at").sent_at)
    assert f"First asked {asked}, declined: No time. Better: Prof. Berg." in expert
    assert f"Then {asked}, withdrawn." in expert
    assert expert.count("Not answered") == 1
    assert "First asked" not in lead + second
    asked_already = signed_in(story.lead).get(f"/panels/{story.panel.ref}/invite/").content.decode()
    assert asked_already.partition("Asked already")[2].count(story.expert.display_name) == 1


def test_a_guest_as_typed_is_not_put_together_with_an_account_of_that_address():
    story, known = Story(), UserFactory(display_name="Dr Known", role="none", centre=None, country="IE")
    story.open(story.expert)
    story.invite_guest(email=known.email)
    guest = story.invitation(known)
    panels.decline(guest, reason="time", by=known)
    Invitation.objects.filter(pk=guest.pk).update(kind="expert", guest_until=None)
    story.invite_guest(email=known.email)
    names = [(seat.invitation.shown.display_name, len(seat.earlier)) for seat in queries.seats(story.panel, seen={})]
    assert sorted(names) == [("Dr Expert Person", 0), ("Dr Guest", 0), ("Dr Known", 0)]
