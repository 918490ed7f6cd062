"""Who sees a case follows the invitations; what differs is found and mended, and a consent given anew opens eyes again."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.management import call_command

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.access import grants
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from panels import actions as panels
from panels import tasks
from panels.cases.models import Case, CaseGrant
from panels.models import Invitation, Panel
from tests.factories import GroupFactory, NetworkFactory, Story, UserFactory

pytestmark = pytest.mark.django_db


def sees(person, story) -> bool:
    return Case.objects.visible_to(person).filter(pk=story.case.pk).exists()


def seated() -> Story:
    story = Story()
    story.open()
    story.seat(story.expert)
    return story


def another_panel(story: Story) -> Panel:
    """A second panel on the same case."""
    panel = panels.draft_panel(story.case, network=NetworkFactory(), by=story.lead)
    panel = panels.prepare(panel, by=story.lead, version=panel.version, question="And this?", group=GroupFactory())
    return panels.open_panel(panel, by=story.lead)


def test_every_difference_is_mended_with_a_row_in_the_trail_and_only_once():
    story, other = seated(), Story("b")
    other.open()
    guest = story.invite_guest()
    type(guest.invitee).objects.filter(pk=guest.invitee_id).update(activated_at=clock.now())
    panels.accept(guest, by=guest.invitee)
    assert panels.mend_sight(by=None) == 0
    CaseGrant.objects.filter(user=story.expert).delete()
    CaseGrant.objects.filter(user=guest.invitee).update(until=None)
    intruder = UserFactory()
    grants.grant(intruder, "view_case", other.case)
    before = set(AuditEvent.objects.values_list("pk", flat=True))
    out = io.StringIO()
    call_command("check_grants", stdout=out)
    assert out.getvalue() == "3 grants mended\n"
    assert sees(story.expert, story)
    assert not sees(intruder, other)
    assert CaseGrant.objects.get(user=guest.invitee).until == guest.guest_until
    rows = (
        AuditEvent.objects.exclude(pk__in=before)
        .exclude(event=Event.ROW_CHANGED)
        .values_list("event", "actor_id", "detail")
    )
    assert sorted((event, actor, detail["ids"]) for event, actor, detail in rows) == sorted(
        [
            (Event.ACCESS_GRANTED, None, [str(story.expert.pk)]),
            (Event.ACCESS_GRANTED, None, [str(guest.invitee_id)]),
            (Event.ACCESS_ENDED, None, [str(intruder.pk)]),
        ],
        key=lambda row: (row[0], None, row[2]),
    )
    tasks.check_grants()
    assert panels.mend_sight(by=None) == 0


def test_consent_given_anew_lets_members_see_the_case_again():
    story = seated()
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    assert not CaseGrant.objects.exists()
    assert not sees(story.expert, story)
    story.give_consent(story.patient)
    assert sees(story.expert, story)
    assert Panel.objects.visible_to(story.expert).filter(pk=story.panel.pk).exists()


def test_a_first_consent_asks_for_no_mending():
    assert Story().patient.consents.count() == 1
    assert not AuditEvent.objects.filter(event=Event.ACCESS_GRANTED).exists()


def test_the_date_of_one_seat_does_not_shorten_another():
    story = seated()
    second = another_panel(story)
    Invitation.objects.filter(panel=story.panel, invitee=story.expert).update(
        kind="guest", guest_until=clock.now() + dt.timedelta(days=5)
    )
    panels.mend_sight(by=None)
    assert CaseGrant.objects.get(user=story.expert).until is not None
    panels.invite_experts(second, people=[story.expert], by=story.lead)
    panels.accept(second.invitations.get(invitee=story.expert), by=story.expert)
    assert CaseGrant.objects.get(user=story.expert).until is None
    panels.withdraw(second, by=story.lead)
    assert CaseGrant.objects.get(user=story.expert).until is not None


def test_leaving_one_panel_leaves_the_sight_that_another_gives():
    story = seated()
    second = another_panel(story)
    panels.invite_experts(second, people=[story.expert], by=story.lead)
    panels.accept(second.invitations.get(invitee=story.expert), by=story.expert)
    panels.end_invitation(story.invitation(story.expert), by=story.lead)
    assert sees(story.expert, story)
    panels.withdraw(second, by=story.lead)
    assert not sees(story.expert, story)


def test_a_grant_of_somebody_else_on_the_case_is_left_to_the_night():
    """An action mends the people it is about; what it does not know it leaves to the comparison."""
    story = seated()
    newcomer, lost = UserFactory(), UserFactory()
    grants.grant(lost, "view_case", story.case)
    story.seat(newcomer)
    assert sees(lost, story)
    assert panels.mend_sight(by=None) == 1
    assert not sees(lost, story)
