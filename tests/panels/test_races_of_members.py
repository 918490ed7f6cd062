"""Answers, views, guests and keys at one moment."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.notifications.models import OutboxMessage
from cpms.patients.models import Patient
from outcomes import actions as outcomes
from panels import actions as panels
from panels.models import Contribution, Invitation, Message, Panel
from tests.clients import signed_in
from tests.factories import Story, UserFactory
from tests.panels.test_races import ROUNDS, THREADS, race, rights, seated  # noqa: F401 a fixture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=range(ROUNDS))
def story(request):
    story = Story()
    story.open(story.expert)
    return story


def hand_back_and_forth(story, taker):
    """Each turn gives the patient to the other of two, who loses the seat in the panel."""
    patient = Patient.objects.select_related("enrolled_by").get(pk=story.patient.pk)
    giver = patient.enrolled_by
    to = taker if giver.pk == story.lead.pk else story.lead
    panels.hand_over([patient], to=to, by=giver)


@pytest.mark.parametrize("answer", [panels.accept, partial(panels.decline, reason="time")])
def test_answering_against_a_hand_over_to_the_same_person(answer):
    """Both touch the panel and the seat; neither ends in an error."""
    for _ in range(ROUNDS):
        story = Story()
        taker = UserFactory(centre=story.lead.centre)
        story.open(taker)
        invitation = story.invitation(taker)
        race(lambda: answer(invitation, by=taker), lambda: hand_back_and_forth(story, taker))  # noqa: B023 the race ends here
        assert not story.fresh().invitations.live().filter(invitee=story.fresh().lead).exists()


def test_the_first_view_against_the_start_of_the_outcome(story):
    """The view stops the clock of the first reply, which the panel keeps; the outcome takes the statement in."""
    seated(story)
    said = story.contribute(story.lead)
    panels.mark(said, marked=True, by=story.lead)
    race(
        lambda: panels.take_stance(said, kind="agree", by=story.expert),
        lambda: outcomes.start_outcome(story.fresh(), by=story.lead),
    )
    assert story.fresh().outcome.items.count() == 1


def test_a_guests_time_is_over_at_the_second(story, monkeypatch):
    """The clock passes the end of the guest's time while eight threads write: what counts is the moment of asking."""
    invitation = story.invite_guest()
    guest, end, ticks = invitation.invitee, invitation.guest_until, itertools.count(-40)
    User.objects.filter(pk=guest.pk).update(activated_at=clock.now())
    panels.accept(invitation, by=guest)
    monkeypatch.setattr(clock, "now", lambda: end + dt.timedelta(milliseconds=next(ticks)))
    (won,) = race(lambda: story.contribute(guest))
    assert Contribution.objects.filter(author=guest).count() == won
    monkeypatch.setattr(clock, "now", lambda: end)
    assert not Panel.objects.visible_to(guest).exists()
    with pytest.raises(Refused):
        story.contribute(guest)


@pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])
def test_one_key_sent_by_eight_threads_does_one_thing(story):
    """Each tap leads to the same place; one message stands there, and everybody hears of it once."""
    seated(story)
    cookies, path = signed_in(story.lead).cookies, reverse("panels:reply", args=[story.panel.ref])
    words = {"kind": "message", "text": "Once.", "idempotency_key": str(uuid.uuid4())}
    mails, led = OutboxMessage.objects.count(), []

    def tap():
        client = Client(headers={"host": "localhost"})
        client.cookies = cookies
        answer = client.post(path, words, secure=True)
        led.append((answer.status_code, answer.headers.get("Location")))

    assert race(tap) == [THREADS]
    assert (len(led), set(led)) == (THREADS, {(302, led[0][1])})
    assert Message.objects.count() == 1
    assert OutboxMessage.objects.count() == mails + 1


def test_one_person_is_asked_once_however_many_ask(story):
    """Two tabs, the lead and the assistant: and who takes a no back at that moment waits with one invitation, too."""
    panels.decline(story.invitation(story.expert), reason="time", by=story.expert)
    declined, other = story.invitation(story.expert), UserFactory()
    race(
        lambda: panels.invite_experts(story.fresh(), people=[other, story.expert], by=story.lead),
        lambda: panels.reconsider(declined, by=story.expert),
    )
    live = story.panel.invitations.live()
    assert (live.filter(invitee=story.expert).count(), live.filter(invitee=other).count()) == (1, 1)


def test_one_guest_is_asked_once_however_many_ask(story):
    elsewhere = Story()
    elsewhere.open()
    race(story.invite_guest, elsewhere.invite_guest)
    asked = Invitation.objects.guests().live().values_list("panel", "invitee")
    assert ({panel for panel, _who in asked}, len(asked)) == ({story.panel.pk, elsewhere.panel.pk}, 2)
    assert len({who for _panel, who in asked}) == 1
