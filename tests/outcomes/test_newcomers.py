"""Who joins while the outcome is out for signature signs it; what nobody can answer any more waits for nobody."""

from __future__ import annotations

import pytest

from cpms import clock
from cpms.accounts.models import User
from cpms.notifications import actions as notifications
from cpms.notifications.context import nav
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import MailState, Verb
from outcomes import actions as outcomes
from outcomes.models import SignOff
from outcomes.states import Decision
from panels import actions as panels
from panels import queries
from tests.clients import signed_in
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    """One expert has advised; a second and a third are asked and have not answered."""
    story = Story()
    story.second, story.third = UserFactory(), UserFactory()
    story.open(story.expert, story.second, story.third)
    panels.accept(story.invitation(story.expert), by=story.expert)
    panels.mark(story.contribute(story.expert), marked=True, by=story.lead)
    return story


def start(story):
    return outcomes.start_outcome(story.fresh(), by=story.lead)


def send(story):
    version = story.fresh().outcome.version
    outcomes.write_outcome(story.fresh(), by=story.lead, conclusion="Salt.", items=[], version=version)
    return outcomes.send_for_signature(story.fresh(), by=story.lead)


def close(story):
    return outcomes.close_panel(story.fresh(), by=story.lead, although=9)


def accept(story, person):
    return panels.accept(story.invitation(person), by=person)


def verbs(person):
    return sorted(WorkItem.objects.open().filter(who=person).values_list("verb", flat=True))


def told(person, notice, *states):
    rows = OutboxMessage.objects.filter(recipient=person, notice=notice)
    return rows.filter(state__in=states).count() if states else rows.count()


def agree(story, rf, person):
    """The number beside My work is the number of its rows."""
    request = rf.get("/")
    request.user = User.objects.get(pk=person.pk)
    return nav(request)[0].count == len(queries.worklist(request.user).rows)


def test_who_accepts_while_it_is_out_for_signature_is_asked_to_sign_and_not_to_advise(story):
    start(story)
    outcome = send(story)
    accept(story, story.second)
    assert verbs(story.second) == [Verb.SIGN]
    assert SignOff.objects.get(who=story.second).decision == Decision.PENDING
    assert told(story.second, Notice.SIGN_WANTED) == 1
    assert not outcomes.ask_newcomer(str(story.panel.pk), str(story.third.pk), by=None), "has not accepted"
    assert outcomes.ask_newcomer(str(story.panel.pk), str(story.second.pk), by=None), "again, which changes nothing"
    assert (SignOff.objects.filter(who=story.second).count(), told(story.second, Notice.SIGN_WANTED)) == (1, 1)
    outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=outcome.number, by=story.second)
    assert verbs(story.second) == []
    assert not outcomes.ask_newcomer(str(story.panel.pk), str(story.second.pk), by=None), "has signed"


def test_who_accepts_while_it_is_written_is_asked_when_it_is_sent(story):
    start(story)
    accept(story, story.second)
    assert verbs(story.second) == []
    send(story)
    assert verbs(story.second) == [Verb.SIGN]


def test_a_guest_is_asked_for_neither(story):
    guest = story.invite_guest()
    User.objects.filter(pk=guest.invitee_id).update(activated_at=clock.now())
    start(story)
    send(story)
    panels.accept(guest, by=guest.invitee)
    assert verbs(guest.invitee) == []
    assert not SignOff.objects.filter(who=guest.invitee).exists()


def test_advice_is_asked_for_while_the_panel_is_open(story):
    accept(story, story.second)
    assert verbs(story.second) == [Verb.REPLY]
    start(story)
    assert verbs(story.second) == []


def test_the_number_beside_my_work_is_that_of_its_rows_in_every_state(story, rf):
    for step in (None, start, send, close):
        if step is not None:
            step(story)
        for person in (story.lead, story.expert, story.second):
            assert agree(story, rf, person), step
        assert (verbs(story.second) == [Verb.ANSWER]) is (step is not close)


def test_who_had_not_answered_hears_of_the_close_and_is_asked_again_by_a_reopening(story):
    notifications.dispatch_outbox()
    start(story)
    send(story)
    close(story)
    assert (told(story.second, Notice.PANEL_ENDED), told(story.expert, Notice.PANEL_ENDED)) == (1, 0)
    assert signed_in(story.second).get(story.invitation(story.second).get_absolute_url()).status_code == 404
    panels.reopen(story.fresh(), by=story.lead)
    assert verbs(story.second) == [Verb.ANSWER]
    assert told(story.second, Notice.INVITED) == 2


def test_an_invitation_that_was_not_mailed_yet_is_not_mailed_after_the_close(story):
    start(story)
    send(story)
    close(story)
    assert told(story.second, Notice.INVITED, MailState.CANCELLED) == 1
    assert told(story.second, Notice.PANEL_ENDED) == 0
    panels.reopen(story.fresh(), by=story.lead)
    assert told(story.second, Notice.INVITED, MailState.WAITING) == 1
