"""A document that fails, whose worker dies, or whose patient may not be discussed: retried, told of, and never stuck."""

from __future__ import annotations

import pytest

from consent import actions as consent
from consent.states import Stage
from cpms import paper
from cpms.jobs.models import Job
from cpms.jobs.states import JobState
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from cpms.paper import CannotLayOut
from outcomes import actions as outcomes
from outcomes.models import OutcomeDocument
from outcomes.states import DocumentState
from tests.clients import signed_in
from tests.outcomes.test_corrections import sent

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
TASK = "outcomes.make_document"


@pytest.fixture
def story():
    story = sent()
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    story.document = OutcomeDocument.objects.get(panel=story.panel)
    return story


def state(story):
    story.document.refresh_from_db()
    return story.document.state


def waiting():
    return Job.objects.filter(task=TASK, state=JobState.WAITING).count()


def told(person):
    return OutboxMessage.objects.filter(notice=Notice.DOCUMENT_FAILED, recipient=person).count()


def test_a_failed_layout_is_tried_three_times_and_then_its_lead_hears_of_it(story, monkeypatch):
    monkeypatch.setattr(paper, "SECONDS", 0.01)
    for _ in range(2):
        with pytest.raises(CannotLayOut):
            outcomes.make_document(str(story.document.pk), by=None)
        assert (state(story), told(story.lead)) == (DocumentState.WAITING, 0)
    outcomes.make_document(str(story.document.pk), by=None)
    assert (state(story), told(story.lead)) == (DocumentState.FAILED, 1)
    monkeypatch.undo()
    outcomes.retry_document(story.document, by=story.lead)
    outcomes.make_document(str(story.document.pk), by=None)
    assert state(story) == DocumentState.READY


def test_a_document_that_kills_each_worker_fails_at_the_fourth_try(story):
    for place in (DocumentState.GATHERING, DocumentState.LAYOUT):
        OutcomeDocument.objects.update(tries=3, state=place)
        outcomes.make_document(str(story.document.pk), by=None)
        assert state(story) == DocumentState.FAILED
    assert told(story.lead) == 2


def test_a_document_whose_job_was_given_up_can_be_asked_for_again_and_the_clock_finds_it(story):
    OutcomeDocument.objects.update(state=DocumentState.LAYOUT, tries=1)
    outcomes.retry_document(story.document, by=story.lead)
    assert Job.objects.filter(task=TASK).count() == 1
    assert outcomes.look_after_documents(by=None) == 0
    Job.objects.filter(task=TASK).update(state=JobState.GIVEN_UP)
    page = signed_in(story.lead).get(f"/documents/{story.document.pk}/progress/").content.decode()
    assert "Try again" in page
    outcomes.retry_document(story.document, by=story.lead)
    assert (state(story), waiting()) == (DocumentState.WAITING, 1)
    Job.objects.filter(task=TASK).update(state=JobState.GIVEN_UP)
    assert [outcomes.look_after_documents(by=None) for _ in range(2)] == [1, 0]
    assert (state(story), waiting(), told(story.lead)) == (DocumentState.WAITING, 1, 0)
    Job.objects.filter(task=TASK).update(state=JobState.GIVEN_UP)
    OutcomeDocument.objects.update(tries=3)
    assert [outcomes.look_after_documents(by=None) for _ in range(2)] == [1, 0]
    assert (state(story), told(story.lead)) == (DocumentState.FAILED, 1)


def test_nothing_is_gathered_while_the_patient_may_not_be_discussed(story):
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    outcomes.make_document(str(story.document.pk), by=None)
    assert (state(story), bytes(story.document.pdf)) == (DocumentState.WAITING, b"")
    Job.objects.filter(task=TASK).update(state=JobState.GIVEN_UP)
    assert (outcomes.look_after_documents(by=None), told(story.lead)) == (0, 0)
    story.give_consent(story.patient)
    assert [outcomes.look_after_documents(by=None) for _ in range(2)] == [1, 0]
    assert waiting() == 1
    outcomes.make_document(str(story.document.pk), by=None)
    assert state(story) == DocumentState.READY
