"""Whether an address has an account already is no business of whoever invites a guest: they read what they typed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cpms import clock
from panels import actions as panels
from panels import queries
from panels.models import Invitation
from panels.queries import sight
from panels.queries.suggestions import better_names
from tests.clients import signed_in
from tests.factories import CentreFactory, Story, UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
TYPED = {"name": "Dr As Typed", "hospital": "Typed Hospital", "country": "IE", "until": ""}


@pytest.fixture
def story():
    story = Story("a")
    story.open()
    return story


@pytest.fixture
def known():
    """An account that the inviter's address leads to; away, with a deputy."""
    away = {
        "away_until": clock.today() + dt.timedelta(days=9),
        "deputy": UserFactory(role="none", display_name="Dr Deputy"),
    }
    centre = CentreFactory(name="Real Hospital", country="PT")
    return UserFactory(role="none", display_name="Dr Real Person", email="known@far.example", centre=centre, **away)


def pages(story) -> str:
    """Every page on which the inviter reads of the guest."""
    client, ref = signed_in(story.lead), story.panel.ref
    named = (story.fresh().get_absolute_url(), reverse("panels:invite", args=[ref]))
    seen = (*named, reverse("panels:sight", args=[story.patient.pseudonym]))
    return "".join(client.get(path, secure=True).content.decode() for path in seen)


def invite(story, email: str):
    address = reverse("panels:invite", args=[story.panel.ref])
    return signed_in(story.lead).post(address, TYPED | {"email": email}, secure=True, follow=True)


@pytest.mark.parametrize("email", ["known@far.example", "new@far.example"])
def test_the_inviter_reads_what_was_typed_until_the_guest_accepts(story, known, email):
    answer = invite(story, email)
    assert "The guest gets a mail with a link of their own." in answer.content.decode()
    shown = pages(story)
    assert shown.count("Dr As Typed") >= 4
    assert "Typed Hospital" in shown
    for word in ("Dr Real Person", "Real Hospital", ", Portugal", "Dr Deputy", "Away until"):
        assert word not in shown
    assert queries.substitutes(story.panel) == []
    assert list(queries.search(story.lead, "Real Person")) == []
    assert [panel.pk for panel in queries.search(story.lead, "As Typed")] == [story.panel.pk]


def test_an_acceptance_shows_the_account_and_a_refusal_does_not(story, known):
    invite(story, known.email)
    invitation = Invitation.objects.get(invitee=known)
    panels.decline(invitation, reason="time", better_name="Professor Okonkwo Berg", by=known)
    assert "Dr Real Person" not in pages(story)
    assert [who for _words, who in better_names(story.panel)] == ["Dr As Typed"]
    invite(story, known.email)
    panels.accept(Invitation.objects.get(invitee=known, state="pending"), by=known)
    shown = pages(story)
    assert "Dr Real Person" in shown
    assert [row.person for row in sight.seers(story.patient, consented=True)][1:] == [known]


def test_what_was_typed_is_sealed(story, known):
    invite(story, known.email)
    [raw] = Invitation.objects.filter(invitee=known).values("asked_name", "asked_hospital", "asked_country")
    assert not [value for value in raw.values() if b"Typed" in bytes(value) or bytes(value) == b"IE"]
