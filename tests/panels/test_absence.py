"""Who is away is not reminded, whoever asks hears of it at once, and who stands in sees what they may see anyway."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpms import clock
from cpms.accounts.models import User
from cpms.notifications import actions as notifications
from cpms.notifications import queries as reminders
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from panels import actions as panels
from panels.models import Invitation, Panel
from panels.queries import late_panels, left_to
from panels.queries.work import MOST_WORK
from panels.states import Rung
from tests.clients import signed_in
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def deputy():
    return UserFactory(display_name="Dr Deputy Person")


def send_away(person, *, deputy=None, days=9):
    User.objects.filter(pk=person.pk).update(away_until=clock.rights_day() + days * DAY, deputy=deputy)
    person.refresh_from_db()


def told(person, notice):
    return OutboxMessage.objects.filter(recipient=person, notice=notice).count()


def due_yesterday(person):
    items = WorkItem.objects.open().filter(who=person)
    items.update(opened_at=clock.now() - 4 * DAY, remind_at=clock.now() - DAY)


def test_a_reminder_waits_until_the_person_is_back(story):
    due_yesterday(story.second)
    send_away(story.second)
    rules = reminders.rules_of(story.group.network)
    assert (notifications.remind(), reminders.preview(story.group.network, rules).count) == (0, 0)
    send_away(story.second, days=-1)
    assert [line.to for line in reminders.preview(story.group.network, rules).items] == [story.second.display_name]
    assert (notifications.remind(), told(story.second, Notice.REMINDER)) == (1, 1)


def test_what_patients_rights_hang_on_is_reminded_all_the_same(story):
    due_yesterday(story.second)
    asked = {"ref": story.panel.ref, "path": "/", "due_at": clock.now()}
    notifications.open_work(story.second, Verb.CONSENT_AGAIN, on=story.patient, **asked)
    due_yesterday(story.second)
    send_away(story.second, days=300)
    assert (notifications.remind(), told(story.second, Notice.CONSENT_AGAIN)) == (1, 1)


def test_a_late_panel_climbs_on_and_reminds_only_who_is_here(story):
    Panel.objects.update(wanted_by=clock.today() - DAY)
    send_away(story.second)
    assert panels.escalate(by=None) == 1
    assert (told(story.expert, Notice.ANSWER_LATE), told(story.second, Notice.ANSWER_LATE)) == (1, 0)


def test_the_ladder_is_climbed_sooner_where_everybody_asked_is_away(story):
    network = story.group.network
    Panel.objects.update(wanted_by=clock.today() - DAY)
    send_away(story.expert)
    send_away(story.second)
    lines = reminders.preview(network, reminders.rules_of(network)).items
    assert [line.to for line in lines] == ["The lead"]
    assert [panels.escalate(by=None), panels.escalate(by=None)] == [1, 0]
    assert (story.fresh().escalated, told(story.lead, Notice.SUBSTITUTE_WANTED)) == (Rung.SUBSTITUTE, 1)
    Panel.objects.update(wanted_by=clock.today() - 4 * DAY)
    assert panels.escalate(by=None) == 1
    assert told(story.coordinator, Notice.HELP_WANTED) == 1


def test_whoever_asks_hears_of_it_at_once_and_invites_the_deputy_by_one_click(story, deputy):
    third = UserFactory(display_name="Dr Third Person")
    for person in (third, story.expert):
        send_away(person, deputy=deputy)
    lead, address = signed_in(story.lead), f"/panels/{story.panel.ref}/"
    page = lead.post(f"{address}invite/", {"experts": [str(third.pk)]}, follow=True).content.decode()
    assert "Dr Third Person is away until" in page
    assert page.count("Invite the deputy") == 2
    seat = story.invitation(story.expert)
    assert "is away until" in lead.post(f"{address}invitations/{seat.pk}/nudge/", follow=True).content.decode()
    mention = {"kind": "message", "text": "Could you look?", "mentions": [str(story.expert.pk)]}
    assert "Deputy: Dr Deputy Person." in lead.post(f"{address}reply/", mention, follow=True).content.decode()
    page = lead.post(f"{address}invite/", {"experts": [str(deputy.pk)]}, follow=True).content.decode()
    assert ("Invite the deputy" in page, "asked already" in page) == (False, True)
    assert Invitation.objects.filter(invitee=deputy, panel=story.panel).count() == 1


def test_a_deputy_who_is_no_clinician_any_more_is_named_nowhere(story, deputy):
    send_away(story.expert, deputy=deputy)
    third = UserFactory(display_name="Dr Third Person")
    send_away(third, deputy=deputy)
    client, page = signed_in(story.lead), f"/panels/{story.panel.ref}/"
    beside = f"{page}experts/?q=Third+Person"
    assert "Deputy:" in client.get(page).content.decode()
    assert "deputy: Dr Deputy Person" in client.get(beside).content.decode()
    yesterday = clock.rights_day() - DAY
    deputy.memberships.update(valid_from=yesterday, valid_to=yesterday)
    assert "Dr Deputy Person" not in client.get(page).content.decode() + client.get(beside).content.decode()


def test_no_button_reminds_whom_the_page_says_reminders_wait_for(story, deputy):
    def reminded() -> list[str]:
        page = signed_in(story.lead).get(f"/panels/{story.panel.ref}/").content.decode()
        return re.findall(r"Remind<span[^>]*>: ([^<]+)", page)

    both = [story.expert.display_name, story.second.display_name]
    assert sorted(reminded()) == sorted(both)
    send_away(story.expert, deputy=deputy)
    assert reminded() == [story.second.display_name]
    send_away(story.expert, days=-1)
    assert sorted(reminded()) == sorted(both)


def test_a_guest_who_has_not_come_in_is_away_for_nobody(story, deputy):
    guest = story.invite_guest()
    send_away(guest.invitee)
    nudged = signed_in(story.lead).post(f"/panels/{story.panel.ref}/invitations/{guest.pk}/nudge/", follow=True)
    assert "away until" not in nudged.content.decode()
    send_away(story.expert)
    send_away(story.second)
    Panel.objects.update(wanted_by=clock.today() - DAY)
    assert not late_panels().get(pk=story.panel.pk).deserted
    assert panels.escalate(by=None) == 1
    assert (told(guest.invitee, Notice.ANSWER_LATE), told(story.second, Notice.ANSWER_LATE)) == (1, 0)


def test_a_deputy_sees_of_the_absent_what_the_deputy_sees_anyway(story, deputy):
    send_away(story.expert, deputy=deputy)
    send_away(story.second, deputy=deputy)
    home = signed_in(deputy).get("/").content.decode()
    assert "You stand in for Dr Expert Person" in home
    assert story.panel.ref not in home
    panels.invite_experts(story.fresh(), people=[deputy], by=story.lead)
    panels.accept(story.invitation(deputy), by=deputy)
    home = signed_in(deputy).get("/").content.decode()
    assert "Dr Expert Person: advice awaited." in home
    assert f"{story.second.display_name}: yes or no awaited." in home
    notifications.open_work(
        story.expert, Verb.MEET, on=story.panel, ref=story.panel.ref, path="/", due_at=clock.now() + DAY
    )
    assert "calling a meeting" not in signed_in(deputy).get("/").content.decode()
    send_away(story.expert, days=-1)
    assert "Dr Expert Person" not in signed_in(deputy).get("/").content.decode()


def test_the_deputys_list_is_cut_after_what_the_deputy_does_not_see_and_finds_every_verb(story, deputy):
    """Invitations and ways through the groups hang on rows of their own. A guest who has not come in is named by nobody's account."""
    coordinator, guest = story.coordinator, story.invite_guest().invitee
    for person in (coordinator, story.second, guest):
        send_away(person, deputy=deputy)
    panels.invite_experts(story.fresh(), people=[deputy], by=story.lead)
    panels.accept(story.invitation(deputy), by=deputy)
    row = story.panel.dispatches.first()
    hidden, soon = Story("b"), {"ref": "EN-2026-00000", "path": "/", "due_at": clock.now()}
    for verb in [Verb.REPLY] * MOST_WORK:
        WorkItem.objects.create(
            who=coordinator,
            verb=verb,
            subject_type="panels.panel",
            subject_id=uuid.uuid4(),
            opened_at=clock.now(),
            **soon,
        )
    notifications.open_work(coordinator, Verb.CLOSE, on=hidden.panel, **soon)
    late = {**soon, "due_at": clock.now() + 5 * DAY}
    for verb in (Verb.DISPATCH, Verb.HELP):
        notifications.open_work(coordinator, verb, on=row, **late)
    with CaptureQueriesContext(connection) as caught:
        found = {(left.item.who, left.item.verb) for left in left_to(deputy)}
    assert found == {(coordinator, Verb.DISPATCH), (coordinator, Verb.HELP), (story.second, Verb.ANSWER)}
    assert len(caught) == 3
