"""A guest sees a closed panel no more, and its document until their date: they may be the one who treats the patient."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.models import User
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from outcomes import actions as outcomes
from panels import actions as panels
from panels.models import Invitation
from tests.clients import signed_in
from tests.factories import CANARIES, Story, UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def story():
    """A closed panel that had a guest, and a document that is made."""
    story = Story()
    story.open()
    story.seat(story.expert)
    invitation = story.invite_guest()
    story.guest = invitation.invitee
    User.objects.filter(pk=story.guest.pk).update(activated_at=clock.now())
    panels.accept(invitation, by=story.guest)
    panels.mark(story.contribute(story.expert), marked=True, by=story.lead)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    outcomes.write_outcome(story.fresh(), conclusion="Salt.", items=[], version=outcome.version, by=story.lead)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    story.document = story.panel.documents.get()
    outcomes.make_document(str(story.document.pk), by=None)
    return story


def codes(story, person):
    """How the panel, its outcome, the document's page and the file answer."""
    client, key = signed_in(person), [story.document.pk]
    pages = [story.panel.get_absolute_url(), reverse("outcomes:edit", args=[story.panel.ref])]
    pages += [reverse("outcomes:handed", args=key), reverse("outcomes:download", args=key)]
    return [client.get(page).status_code for page in pages]


def test_a_guest_is_mailed_where_the_document_is_and_each_download_is_recorded(story, mailoutbox):
    assert codes(story, story.guest) == [404, 404, 200, 200]
    page = signed_in(story.guest).get(reverse("outcomes:handed", args=[story.document.pk])).content.decode()
    assert ("Download the PDF" in page, [token for token in CANARIES if token in page]) == (True, [])
    read = AuditEvent.objects.filter(event=Event.DOCUMENT_READ, actor_id=story.guest.pk)
    assert read.get().patient_id == story.patient.pk
    notifications.dispatch_outbox()
    mails = [mail.body for mail in mailoutbox if mail.to == [story.guest.email] and "is closed" in mail.body]
    assert [reverse("outcomes:handed", args=[story.document.pk]) in body for body in mails] == [True]
    assert codes(story, UserFactory()) == [404] * 4


def test_it_ends_with_the_date_and_with_consent(story):
    asked = signed_in(story.guest).post(reverse("outcomes:language", args=[story.document.pk]), {"language": "fr"})
    assert asked.url == reverse("outcomes:handed", args=[story.document.pk])
    seat = Invitation.objects.guests().filter(panel=story.panel)
    until = seat.get().guest_until
    seat.update(guest_until=clock.now() - dt.timedelta(minutes=1))
    assert codes(story, story.guest) == [404] * 4
    seat.update(guest_until=until)
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    assert codes(story, story.guest) == [404] * 4


def test_a_correction_is_told_to_the_guest_too(story):
    words = {"conclusion": "Less salt.", "items": [], "reason": "A slip.", "version": story.fresh().outcome.version}
    outcomes.correct_outcome(story.fresh(), by=story.lead, **words)
    second = story.panel.documents.get(number=2)
    told = OutboxMessage.objects.get(notice=Notice.OUTCOME_CORRECTED, recipient=story.guest)
    assert told.link == reverse("outcomes:handed", args=[second.pk])
    assert "Version 2" in signed_in(story.guest).get(told.link).content.decode()
