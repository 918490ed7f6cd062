"""The lead hears of every change of state that somebody else makes, and the panel's log names it; so does its urgency."""

from __future__ import annotations

import datetime as dt

import pytest

from consent import actions as consent
from consent.states import Answer, Giver, Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import Delegation
from cpms.accounts.roles import Role
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from outcomes import actions as outcomes
from panels import actions as panels
from tests.clients import signed_in
from tests.factories import NetworkFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def assistant(story):
    person = UserFactory(role="none", centre=story.lead.centre)
    Delegation.objects.create(assistant=person, clinician=story.lead)
    return person


def told(person, *notices):
    return OutboxMessage.objects.filter(recipient=person, notice__in=notices).count()


def written(story, by):
    story.contribute(story.expert)
    outcome = outcomes.start_outcome(story.fresh(), by=by)
    outcomes.write_outcome(story.fresh(), by=by, conclusion="Salt.", items=[], version=outcome.version)
    outcomes.send_for_signature(story.fresh(), by=by)


def closed(story, by):
    written(story, by)
    outcomes.close_panel(story.fresh(), by=by, although=9)


def reopened(story, by):
    closed(story, story.lead)
    panels.reopen(story.fresh(), by=by)


def archived(story, by):
    closed(story, story.lead)
    panels.archive(story.fresh(), by=by)


def unarchived(story, by):
    archived(story, story.lead)
    panels.unarchive(story.fresh(), by=by)


def given_again(story, by):
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    words = {"answer": Answer.GIVEN, "given_by": Giver.PARENT, "given_on": clock.today()}
    consent.record_consent(story.patient, by=by, stage=Stage.CARE, **words)


DEEDS = {
    "start the outcome": (written, Notice.PANEL_MOVED),
    "close": (closed, Notice.PANEL_CLOSED),
    "reopen": (reopened, Notice.PANEL_MOVED),
    "withdraw": (lambda story, by: panels.withdraw(story.fresh(), by=by), Notice.PANEL_ENDED),
    "withdraw the consent": (
        lambda story, by: consent.withdraw_consent(story.patient, by=by, stage=Stage.CARE),
        Notice.PANEL_ENDED,
    ),
    "give it again": (given_again, Notice.PANEL_MOVED),
    "archive": (archived, Notice.PANEL_SHELVED),
    "unarchive": (unarchived, Notice.PANEL_SHELVED),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_the_lead_is_told_of_what_an_assistant_does(story, assistant, deed):
    do, notice = DEEDS[deed]
    do(story, assistant)
    assert told(story.lead, notice) >= 1


@pytest.mark.parametrize("deed", ["withdraw", "withdraw the consent", "archive"])
def test_nobody_is_told_of_their_own_deed(story, deed):
    do, notice = DEEDS[deed]
    do(story, story.lead)
    assert told(story.lead, notice) == 0


def test_opening_by_an_assistant_is_told_too(db):
    story = Story("opened")
    person = UserFactory(role="none", centre=story.lead.centre)
    Delegation.objects.create(assistant=person, clinician=story.lead)
    panels.open_panel(story.panel, by=person, experts=[story.expert])
    assert told(story.lead, Notice.PANEL_MOVED) == 1


def test_the_log_names_what_leaves_the_state_as_it_is(story, assistant):
    given_again(story, assistant)
    closed(story, story.lead)
    panels.archive(story.fresh(), by=assistant)
    panels.unarchive(story.fresh(), by=story.lead)
    steps = list(story.fresh().steps.values_list("verb", "by"))
    assert ("freeze", story.lead.pk) in steps
    assert ("archive", assistant.pk) in steps
    assert steps[-1] == ("unarchive", story.lead.pk)
    page = signed_in(story.lead).get(story.fresh().get_absolute_url()).content.decode()
    assert "Stopped, consent was withdrawn" in page
    assert "Put into the archive" in page


def test_what_cannot_be_done_now_says_why_to_the_treating_side_alone(story):
    page = signed_in(story.lead).get(story.fresh().get_absolute_url()).content.decode()
    assert "Only a closed or withdrawn panel goes into the archive." in page
    assert "Reopen the panel" in page
    other = signed_in(story.expert).get(story.fresh().get_absolute_url()).content.decode()
    assert "Put it into the archive" not in other
    assert "Reopen the panel" not in other


def test_a_physician_hears_that_another_network_has_the_question(story):
    words = {"name": "Dr Outside", "hospital": "Far", "country": "IE", "text": "Salt?", "urgency": "routine"}
    place = {"network": story.group.network, "group": story.group}
    referral = panels.refer("far@outside.example", by=None, **words, **place)
    other = NetworkFactory(code="BOND", name="ERN BOND")
    panels.pass_referral_on(referral, network=other, group=None, reason="Bones.", by=story.coordinator)
    mail = OutboxMessage.objects.get(notice=Notice.REFERRAL_PASSED_ON)
    assert (mail.address, mail.recipient) == ("far@outside.example", None)


def test_a_physician_hears_of_an_acceptance_after_it_was_passed_on_too(story):
    words = {"name": "Dr Outside", "hospital": "Far", "country": "IE", "text": "Salt?", "urgency": "routine"}
    place = {"network": story.group.network, "group": story.group}
    referral = panels.refer("far@outside.example", by=None, **words, **place)
    panels.accept_referral(referral, clinician=story.expert, by=story.coordinator)
    panels.pass_referral_on(referral, network=story.network, group=None, reason="No.", by=story.coordinator)
    head = UserFactory(role="none")
    give_role(head, Role.NETWORK_COORDINATOR, network=story.network)
    panels.accept_referral(referral, clinician=story.second, by=head)
    told = OutboxMessage.objects.filter(address="far@outside.example").order_by("written_at", "pk")
    heard = [Notice.REFERRAL_RECEIVED, Notice.REFERRAL_ANSWERED, Notice.REFERRAL_PASSED_ON, Notice.REFERRAL_ANSWERED]
    assert [mail.notice for mail in told] == heard


def test_another_urgency_halves_what_waits_and_everybody_asked_is_told(story):
    seat, terms = story.invitation(story.second), {"quorum": 2, "wanted_by": story.fresh().wanted_by}
    item = WorkItem.objects.open().get(who=story.second, verb=Verb.ANSWER)
    panels.set_terms(story.fresh(), urgency="urgent", by=story.lead, **terms)
    hurried, halved = WorkItem.objects.get(pk=item.pk), story.invitation(story.second)
    assert hurried.urgent
    assert hurried.remind_at - item.opened_at == (item.remind_at - item.opened_at) / 2
    assert halved.expires_at - seat.sent_at == (seat.expires_at - seat.sent_at) / 2
    assert (told(story.second, Notice.URGENCY_CHANGED), told(story.expert, Notice.URGENCY_CHANGED)) == (1, 1)
    assert told(story.lead, Notice.URGENCY_CHANGED) == 0
    assert story.fresh().steps.last().verb == "urgency"
    panels.set_terms(story.fresh(), urgency="routine", by=story.lead, **terms)
    calm = WorkItem.objects.get(pk=item.pk)
    assert (calm.urgent, calm.remind_at) == (False, item.remind_at)
    assert story.invitation(story.second).expires_at == seat.expires_at


def test_an_old_invitation_does_not_end_at_once_and_one_mail_says_both(story):
    seat = story.invitation(story.second)
    story.fresh().invitations.filter(pk=seat.pk).update(sent_at=clock.now() - dt.timedelta(days=10))
    day = story.fresh().wanted_by + dt.timedelta(days=1)
    panels.set_terms(story.fresh(), quorum=2, wanted_by=day, urgency="urgent", by=story.lead)
    assert story.invitation(story.second).expires_at > clock.now() + dt.timedelta(hours=23)
    assert (told(story.second, Notice.TERMS_CHANGED), told(story.second, Notice.URGENCY_CHANGED)) == (1, 0)


def test_the_urgency_is_chosen_beside_the_day(story):
    client = signed_in(story.lead)
    assert 'name="urgency"' in client.get(story.fresh().get_absolute_url()).content.decode()
    typed = {"wanted_by": story.fresh().wanted_by.isoformat(), "quorum": "2", "urgency": "soon"}
    assert client.post(f"/panels/{story.panel.ref}/terms/", typed).status_code == 302
    assert story.fresh().urgency == "soon"
    with pytest.raises(Refused):
        panels.set_terms(story.fresh(), quorum=2, wanted_by=clock.today(), urgency="urgent", by=story.expert)
