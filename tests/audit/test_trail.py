"""The trail cannot be changed, says who read what, and when it cannot be written nothing is shown."""

from __future__ import annotations

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.urls import reverse

from cpms.audit import actions as audit
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from tests.clients import signed_in
from tests.factories import CANARIES, DelegationFactory, Story, UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
REFUSED = (InternalError, ProgrammingError)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_auditevent SET event = 'x'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
    ],
)
def test_the_database_itself_refuses_changes(sql):
    audit.record(Event.SIGNED_IN, on=None, by=UserFactory())
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditevent ENABLE TRIGGER audit_no_truncate")
        with pytest.raises(REFUSED, match="append-only"), transaction.atomic():
            cursor.execute(sql)
    assert AuditEvent.objects.filter(event=Event.SIGNED_IN).count() == 1


def test_only_listed_details_enter_the_trail():
    with pytest.raises(ValueError, match="not allowed"):
        audit.record(Event.CASE_CHANGED, on=None, by=None, text="clinical")


def test_reading_a_panel_is_written_once_with_patient_and_reader():
    story = Story()
    story.open()
    story.seat(story.expert)
    signed_in(story.expert).get(story.fresh().get_absolute_url())
    event = AuditEvent.objects.get(event=Event.PATIENT_READ)
    assert (event.actor_id, event.patient_id) == (story.expert.pk, story.patient.pk)
    assert event.route == "panels:detail"


def test_without_a_trail_no_patient_is_shown():
    story = Story()
    panel = story.open(story.expert)
    client = signed_in(story.lead)
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'disk full'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON audit_auditevent FOR EACH ROW EXECUTE FUNCTION full_disk()"
        )
    for path in (panel.get_absolute_url(), reverse("panels:list"), "/", reverse("patients:list")):
        answer = client.get(path)
        assert answer.status_code == 500
        assert [token for token in CANARIES if token.encode() in answer.content] == []


def test_a_refusal_is_kept_though_the_request_was_rolled_back():
    story = Story()
    panel = story.open()
    outsider = UserFactory()
    assert signed_in(outsider).get(panel.get_absolute_url()).status_code == 404
    event = AuditEvent.objects.get(event=Event.DENIED)
    assert (event.actor_id, event.result, event.subject_id) == (outsider.pk, "refused", "")


def test_an_assistants_deeds_carry_the_assistants_name():
    story = Story()
    event = AuditEvent.objects.get(event=Event.PATIENT_ENROLLED, subject_id=str(story.patient.pk))
    assert event.actor_id == story.lead.pk
    assert str(event) == f"{event.at:%Y-%m-%d %H:%M} patient enrolled"


@pytest.mark.django_db
def test_what_the_trail_knows_of_a_request_ends_with_it():
    story, helper = Story(), UserFactory(role="none")
    helper.centre = story.lead.centre
    helper.save()
    DelegationFactory(assistant=helper, clinician=story.lead)
    assert signed_in(helper).get(story.panel.get_absolute_url()).status_code in {200, 302}
    assert (audit.route.get(), audit.on_behalf_of.get()) == ("", None)
