"""The whole life of a panel at the level of actions, with its refusals."""

from __future__ import annotations

import datetime as dt
import hashlib
import zoneinfo

import pytest

from consent import actions as consent
from consent.states import Answer, Giver, Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.jobs.models import Job
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.states import Verb
from outcomes import actions as outcomes
from outcomes.models import Outcome, OutcomeDocument
from outcomes.states import Decision, DocumentState
from panels import actions as panels
from panels.cases.models import Case, CaseGrant
from panels.models import Panel
from panels.states import State
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db


def test_a_panel_goes_from_draft_to_a_closed_panel_with_its_document():
    story = Story()
    story.open(story.expert)
    assert not Panel.objects.visible_to(story.expert).exists()
    panels.accept(story.invitation(story.expert), by=story.expert)
    assert list(Panel.objects.visible_to(story.expert)) == [story.panel]
    assert list(Case.objects.visible_to(story.expert)) == [story.case]
    said = story.contribute(story.expert)
    panels.take_stance(said, kind="agree", by=story.lead)
    panels.mark(said, marked=True, by=story.lead)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    rows = [{"id": item.pk, "text": item.text, "strength": "strong"} for item in outcome.items.all()]
    assert [row["text"] for row in rows] == [story.canary("advice")]
    written = {"conclusion": "Give salt.", "items": rows, "version": outcome.version}
    outcomes.write_outcome(story.fresh(), by=story.lead, **written)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=1, by=story.expert)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    assert story.fresh().state == State.CLOSED
    document = OutcomeDocument.objects.get(panel=story.panel)
    outcomes.make_document(str(document.pk), by=None)
    document = OutcomeDocument.objects.select_related("key").get(pk=document.pk)
    assert document.state == DocumentState.READY
    assert document.pdf.startswith(b"%PDF-")
    assert document.file_hash == hashlib.sha256(document.pdf).hexdigest()
    assert list(WorkItem.objects.open().values_list("who", "verb")) == [(story.lead.pk, Verb.EFFECT)]
    assert set(Job.objects.values_list("task", flat=True)) == {
        "meetings.call_newcomer",
        "meetings.clear_agendas",
        "outcomes.make_document",
    }


def test_a_panel_without_question_does_not_open():
    story = Story()
    panel = panels.draft_panel(story.case, network=story.group.network, by=story.lead)
    with pytest.raises(Refused, match="needs a question"):
        panels.open_panel(panel, by=story.lead)


def test_only_the_treating_side_moves_a_panel():
    story = Story()
    story.open()
    story.seat(story.expert)
    with pytest.raises(Refused, match="lead"):
        panels.withdraw(story.panel, by=story.expert)


def test_an_outcome_needs_something_said():
    story = Story()
    panel = story.open()
    with pytest.raises(Refused, match="one contribution or one held meeting"):
        outcomes.start_outcome(panel, by=story.lead)


def not_given(story):
    words = {"given_by": Giver.PARENT, "given_on": clock.today()}
    consent.record_consent(story.patient, by=story.lead, stage=Stage.CARE, answer=Answer.REFUSED, **words)


def withdrawn(story):
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)


@pytest.mark.parametrize("end", [withdrawn, not_given])
def test_withdrawn_consent_freezes_the_panel_on_the_next_look(end):
    """Withdrawn by its button, or written down as not given any more: the same."""
    story, waiting = Story(), UserFactory()
    story.open(story.expert, waiting)
    panels.accept(story.invitation(story.expert), by=story.expert)
    end(story)
    assert not CaseGrant.objects.filter(user=story.expert).exists()
    assert not WorkItem.objects.open().filter(who__in=[story.expert, waiting]).exists()
    assert OutboxMessage.objects.filter(recipient=story.expert, notice="panel_ended").count() == 1
    assert AuditEvent.objects.filter(event=Event.CONSENT_WITHDRAWN, patient_id=story.patient.pk).count() == 1
    assert not Panel.objects.visible_to(story.expert).exists()
    assert not Case.objects.visible_to(story.expert).exists()
    with pytest.raises(Refused, match="consent"):
        panels.comment(story.fresh(), text="x", by=story.lead)


def test_declining_tells_the_lead_and_stops_the_asking():
    story = Story()
    story.open(story.expert)
    panels.decline(story.invitation(story.expert), reason="field", better_name="Dr Better", by=story.expert)
    assert not WorkItem.objects.open().filter(who=story.expert).exists()
    assert OutboxMessage.objects.filter(recipient=story.lead, notice="invitation_answered").count() == 1
    with pytest.raises(Refused, match="answered"):
        panels.accept(story.invitation(story.expert), by=story.expert)


def test_a_member_who_is_let_go_sees_nothing_any_more():
    story = Story()
    story.open()
    story.seat(story.expert)
    panels.end_invitation(story.invitation(story.expert), by=story.lead)
    assert not Panel.objects.visible_to(story.expert).exists()
    assert not Case.objects.visible_to(story.expert).exists()


@pytest.mark.parametrize("zone", ["Atlantic/Azores", "Europe/Brussels", "Europe/Helsinki"])
def test_everybody_in_the_networks_reads_the_day_until_which_a_guest_stays(zone):
    story, day = Story(), dt.date(clock.today().year + 1, 7, 10)
    story.open()
    invitation = story.invite_guest(until=day)
    assert invitation.guest_until.astimezone(zoneinfo.ZoneInfo(zone)).date() == day


def test_a_guest_is_out_when_the_date_passes_and_when_the_panel_closes():
    story = Story()
    story.open()
    invitation = story.invite_guest()
    guest = invitation.invitee
    guest.activated_at = invitation.sent_at
    guest.save()
    panels.accept(invitation, by=guest)
    assert Panel.objects.visible_to(guest).exists()
    type(invitation).objects.filter(pk=invitation.pk).update(guest_until=story.yesterday)
    assert not Panel.objects.visible_to(guest).exists()


def test_invitations_wait_for_the_invited_and_nobody_is_asked_twice():
    story = Story()
    panel = story.open(story.expert, story.lead)
    panels.invite_experts(panel, people=[story.expert], by=story.lead)
    assert panel.invitations.count() == 1
    assert list(WorkItem.objects.open().values_list("who", "verb")) == [(story.expert.pk, Verb.ANSWER)]


def test_a_closed_panel_says_silence_where_nobody_answered():
    story = Story()
    story.open()
    story.seat(story.expert)
    other = UserFactory()
    story.seat(other)
    story.contribute(story.expert)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    outcomes.write_outcome(story.fresh(), conclusion="Wait.", items=[], version=outcome.version, by=story.lead)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcomes.sign(story.fresh(), decision=Decision.DISSENT, number=1, text="Not yet.", by=story.expert)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    decisions = dict(Outcome.objects.get(panel=story.panel).signoffs.values_list("who", "decision"))
    assert decisions == {story.lead.pk: "signed", story.expert.pk: "dissent", other.pk: "silent"}


def test_nobody_signs_a_version_they_have_not_read():
    story = Story()
    story.open()
    story.seat(story.expert)
    story.contribute(story.expert)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    for number in (1, 2):
        outcome.refresh_from_db()
        words = {"conclusion": f"Text {number}.", "items": [], "version": outcome.version}
        outcomes.write_outcome(story.fresh(), by=story.lead, **words)
        outcomes.send_for_signature(story.fresh(), by=story.lead)
    with pytest.raises(Refused, match="version 2 is out"):
        outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=1, by=story.expert)
