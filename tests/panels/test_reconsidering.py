"""A no that was pressed by mistake is taken back while it is fresh."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.drafts.queries import fields_of
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import MailState, Verb
from panels import actions as panels
from panels.models import Invitation
from panels.states import RECALL_WITHIN, InvitationState
from tests.clients import signed_in
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db
BETTER = "Professor Okonkwo Berg"


@pytest.fixture
def story():
    story = Story()
    story.open(story.expert)
    panels.decline(story.invitation(story.expert), reason="other", better_name=BETTER, by=story.expert)
    return story


def told(story):
    return [
        state
        for state in OutboxMessage.objects.filter(recipient=story.lead, notice=Notice.INVITATION_ANSWERED).values_list(
            "state", flat=True
        )
        if state != MailState.CANCELLED
    ]


def test_the_invitation_waits_again_and_the_lead_hears_only_of_the_answer_that_holds(story):
    back = panels.reconsider(story.invitation(story.expert), by=story.expert)
    assert (back.state, back.answered_at, back.reason, back.better_name) == (InvitationState.PENDING, None, "", "")
    assert WorkItem.objects.open().filter(who=story.expert, verb=Verb.ANSWER).count() == 1
    assert told(story) == []
    assert AuditEvent.objects.filter(event=Event.ANSWER_TAKEN_BACK, actor_id=story.expert.pk).count() == 1
    panels.accept(story.invitation(story.expert), by=story.expert)
    assert told(story) == [MailState.WAITING]


def test_what_was_typed_waits_in_the_form(story):
    panels.reconsider(story.invitation(story.expert), by=story.expert)
    assert fields_of(f"decline:{story.invitation(story.expert).pk}", by=story.expert) == {
        "better_name": BETTER,
        "text": "",
    }


def test_a_lead_who_was_told_of_the_no_is_told_of_the_yes(story):
    notifications.dispatch_outbox()
    assert told(story) == [MailState.SENT]
    panels.reconsider(story.invitation(story.expert), by=story.expert)
    panels.accept(story.invitation(story.expert), by=story.expert)
    notifications.dispatch_outbox()
    assert told(story) == [MailState.SENT] * 2


def too_late(story):
    Invitation.objects.update(answered_at=clock.now() - RECALL_WITHIN - dt.timedelta(seconds=1))


def asked_again(story):
    panels.invite_experts(story.fresh(), people=[story.expert], by=story.lead)


def accepted_meanwhile(story):
    panels.reconsider(story.invitation(story.expert), by=story.expert)
    panels.accept(story.invitation(story.expert), by=story.expert)


def withdrawn_consent(story):
    consent.withdraw_consent(story.patient, stage=Stage.CARE, by=story.lead)


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        (too_late, "five minutes"),
        (asked_again, "asked again meanwhile"),
        (accepted_meanwhile, "no answer of yours"),
        (withdrawn_consent, "consent"),
        (lambda story: panels.withdraw(story.fresh(), by=story.lead), "not open"),
    ],
)
def test_a_no_stands_once_it_is_too_late_or_moot(story, before, reason):
    declined = story.invitation(story.expert)
    before(story)
    with pytest.raises(Refused, match=reason):
        panels.reconsider(declined, by=story.expert)


def test_nobody_takes_back_the_no_of_another(story):
    declined = story.invitation(story.expert)
    for person in (story.lead, UserFactory()):
        with pytest.raises(Refused, match="no answer of yours"):
            panels.reconsider(declined, by=person)
        answer = signed_in(person).post(reverse("panels:reconsider", args=[declined.pk]), secure=True)
        assert answer.status_code == 404
    declined.refresh_from_db()
    assert declined.state == InvitationState.DECLINED


def test_the_page_after_a_no_offers_to_undo_it():
    story = Story()
    story.open(story.expert)
    invitation, client = story.invitation(story.expert), signed_in(story.expert)
    decline, undo = (reverse(f"panels:{name}", args=[invitation.pk]) for name in ("decline", "reconsider"))
    said = client.post(decline, {"reason": "away"}, secure=True, follow=True).content.decode()
    assert f'action="{undo}"' in said
    assert f'action="{undo}"' not in client.get("/", secure=True).content.decode()
    back = client.post(undo, secure=True, follow=True)
    assert back.redirect_chain[-1][0] == invitation.get_absolute_url()
    assert "waits for your answer again" in back.content.decode()
    assert reverse("panels:accept", args=[invitation.pk]) in back.content.decode()
