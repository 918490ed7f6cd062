"""Mails come as a person wishes: at once, one a day, or only what is asked of them; never lost, never twice."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from django.core import mail

from cpms import clock
from cpms.accounts.models import User
from cpms.notifications import actions as notifications
from cpms.notifications.models import DAILY_OVERDUE, MailWish, OutboxMessage
from cpms.notifications.notices import ALWAYS_AT_ONCE, ASKED, NEWS, Notice
from cpms.notifications.policy import after_quiet, daily_due, plan
from cpms.notifications.states import MailState, Pace
from panels import actions as panels
from tests.clients import signed_in
from tests.factories import Story, UserFactory

UTC = dt.UTC


def test_every_notice_is_of_one_kind():
    assert set(Notice) == ALWAYS_AT_ONCE | NEWS | ASKED
    assert len(ALWAYS_AT_ONCE) + len(NEWS) + len(ASKED) == len(Notice)


@pytest.mark.parametrize(
    ("at", "begins", "ends", "sent"),
    [
        ("2026-03-03T23:30", 22, 7, "2026-03-04T07:00"),
        ("2026-03-03T03:00", 22, 7, "2026-03-03T07:00"),
        ("2026-03-03T06:59", 22, 7, "2026-03-03T07:00"),
        ("2026-03-03T07:00", 22, 7, "2026-03-03T07:00"),
        ("2026-03-03T21:59", 22, 7, "2026-03-03T21:59"),
        ("2026-03-03T22:00", 22, 7, "2026-03-04T07:00"),
        ("2026-03-03T13:10", 13, 15, "2026-03-03T15:00"),
        ("2026-03-03T15:00", 13, 15, "2026-03-03T15:00"),
        ("2026-03-03T23:10", 22, 0, "2026-03-04T00:00"),
        ("2026-03-03T12:00", 9, 9, "2026-03-03T12:00"),
        ("2026-03-28T23:00", 22, 7, "2026-03-29T07:00"),
        ("2026-10-24T23:00", 22, 7, "2026-10-25T07:00"),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Helsinki", "Europe/Lisbon", "Europe/Brussels"])
def test_quiet_hours_are_of_the_readers_zone(zone, at, begins, ends, sent):
    here = zoneinfo.ZoneInfo(zone)
    now = dt.datetime.fromisoformat(at).replace(tzinfo=here)
    wish = MailWish(quiet_from=begins, quiet_to=ends)
    assert after_quiet(wish, zone=zone, now=now).astimezone(here) == dt.datetime.fromisoformat(sent).replace(
        tzinfo=here
    )


def test_the_plan_for_each_kind_and_pace():
    now = dt.datetime(2026, 3, 3, 12, tzinfo=UTC)

    def state(notice, pace, **more):
        return plan(notice, MailWish(pace=pace), zone="Europe/Brussels", now=now, **more).state

    assert state(Notice.NEW_MESSAGE, Pace.AT_ONCE) == MailState.WAITING
    assert state(Notice.NEW_MESSAGE, Pace.DAILY) == MailState.HELD
    assert state(Notice.NEW_MESSAGE, Pace.OFF) is None
    assert state(Notice.INVITED, Pace.DAILY) == MailState.HELD
    assert state(Notice.INVITED, Pace.OFF) == MailState.WAITING
    assert state(Notice.INVITED, Pace.DAILY, urgent=True) == MailState.WAITING
    assert state(Notice.ACCOUNT_READY, Pace.DAILY) == MailState.WAITING
    assert plan(Notice.INVITED, None, zone="Europe/Brussels", now=now).state == MailState.WAITING


def test_the_daily_hour_is_of_the_readers_zone():
    wish = MailWish(pace=Pace.DAILY, daily_at=7)
    at = dt.datetime(2026, 3, 3, 5, 30, tzinfo=UTC)
    assert daily_due(wish, zone="Europe/Helsinki", now=at)
    assert not daily_due(wish, zone="Europe/Lisbon", now=at)
    wish.last_daily_on = dt.date(2026, 3, 3)
    assert not daily_due(wish, zone="Europe/Helsinki", now=at)
    assert daily_due(wish, zone="Europe/Helsinki", now=at + dt.timedelta(days=1))


def wish(person, pace, daily_at=0, quiet=(None, None)):
    return notifications.wish_mails(pace=pace, daily_at=daily_at, quiet_from=quiet[0], quiet_to=quiet[1], by=person)


def states(person):
    return sorted(OutboxMessage.objects.filter(recipient=person).values_list("notice", "state"))


@pytest.mark.django_db
def test_a_day_is_one_mail_with_numbers_and_no_words():
    story = Story()
    wish(story.lead, Pace.DAILY)
    story.open()
    story.seat(story.expert)
    story.contribute(story.expert)
    panels.comment(story.fresh(), text=story.canary("message"), by=story.expert)
    assert {state for _notice, state in states(story.lead)} == {MailState.HELD}
    assert notifications.send_daily() == 1
    assert notifications.send_daily() == 0
    notifications.dispatch_outbox()
    mine = [m for m in mail.outbox if m.to == [story.lead.email]]
    assert len(mine) == 1
    assert mine[0].subject == "CPMS: your day"
    for words in (f"- {story.panel.ref}: New advice", f"- {story.panel.ref}: New message"):
        assert words in mine[0].body
    assert "CNRY" not in mine[0].body
    assert {state for _notice, state in states(story.lead)} == {MailState.DIGESTED, MailState.SENT}


@pytest.mark.django_db
def test_who_wants_only_what_is_asked_gets_invitations_and_no_news():
    story = Story()
    wish(story.lead, Pace.OFF)
    wish(story.expert, Pace.OFF)
    story.open(story.expert)
    panels.accept(story.invitation(story.expert), by=story.expert)
    story.contribute(story.expert)
    assert states(story.lead) == []
    assert states(story.expert) == [(Notice.INVITED, MailState.CANCELLED)]  # answered before it was sent


@pytest.mark.django_db
def test_changing_the_wish_lets_out_what_was_held():
    story = Story()
    wish(story.expert, Pace.DAILY)
    story.open(story.expert)
    assert states(story.expert) == [(Notice.INVITED, MailState.HELD)]
    wish(story.expert, Pace.AT_ONCE)
    assert states(story.expert) == [(Notice.INVITED, MailState.WAITING)]


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["Europe/Helsinki", "Europe/Lisbon"])
def test_what_was_held_goes_out_after_the_quiet_hours(zone):
    story = Story()
    wish(story.expert, Pace.DAILY, daily_at=23)
    story.open(story.expert)
    story.expert.zone, here = zone, clock.now().astimezone(zoneinfo.ZoneInfo(zone))
    quiet = {"quiet_from": here.hour, "quiet_to": (here.hour + 8) % 24}
    notifications.wish_mails(pace=Pace.AT_ONCE, daily_at=7, by=story.expert, **quiet)
    mail = OutboxMessage.objects.get(recipient=story.expert)
    assert mail.not_before > clock.now()
    assert mail.not_before.astimezone(here.tzinfo).hour == quiet["quiet_to"]
    assert not OutboxMessage.objects.filter(pk=mail.pk).overdue().exists()


@pytest.mark.django_db
def test_held_news_goes_out_no_more_to_who_wants_only_what_is_asked():
    story = Story()
    wish(story.lead, Pace.DAILY)
    wish(story.expert, Pace.DAILY)
    story.open(story.expert)
    panels.accept(story.invitation(story.expert), by=story.expert)
    story.contribute(story.expert)
    panels.wish_meeting(story.fresh(), by=story.expert)
    wish(story.lead, Pace.OFF)
    assert {state for notice, state in states(story.lead) if notice in NEWS} == {MailState.CANCELLED}
    assert (Notice.MEETING_PROPOSED, MailState.WAITING) in states(story.lead)


@pytest.mark.django_db
def test_what_is_held_for_somebody_switched_off_is_dropped_and_nobody_need_look():
    story = Story()
    wish(story.expert, Pace.DAILY, daily_at=23)
    story.open(story.expert)
    User.objects.filter(pk=story.expert.pk).update(is_active=False)
    OutboxMessage.objects.update(due_at=clock.now() - 2 * DAILY_OVERDUE)
    OutboxMessage.objects.exclude(recipient=story.expert).delete()
    assert OutboxMessage.objects.overdue().exists()
    assert notifications.send_daily() == 0
    assert states(story.expert) == [(Notice.INVITED, MailState.CANCELLED)]
    assert not OutboxMessage.objects.overdue().exists()


@pytest.mark.django_db
def test_what_is_no_longer_true_leaves_the_daily_mail():
    story = Story()
    wish(story.expert, Pace.DAILY)
    story.open(story.expert)
    panels.end_invitation(story.invitation(story.expert), by=story.lead)
    assert states(story.expert) == [(Notice.INVITED, MailState.CANCELLED)]
    assert notifications.send_daily() == 0


def written(story):
    """A daily mail that waits for the mail server; beside the invitation something that stays true."""
    wish(story.expert, Pace.DAILY, daily_at=0)
    story.open(story.expert)
    notifications.notify([story.expert], notice=Notice.ROLE_ENDS, by=None, about=story.expert)
    assert notifications.send_daily() == 1
    mail.outbox.clear()


ENDS = {
    "taken back": lambda story: panels.end_invitation(story.invitation(story.expert), by=story.lead),
    "answered": lambda story: panels.decline(story.invitation(story.expert), reason="time", by=story.expert),
    "ended by itself": lambda story: story.expert.memberships.update(
        valid_from=clock.rights_day() - dt.timedelta(days=2), valid_to=clock.rights_day() - dt.timedelta(days=1)
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("end", ENDS)
def test_what_is_no_longer_true_leaves_a_daily_mail_that_waits_to_be_sent(end):
    story = Story()
    written(story)
    ENDS[end](story)
    notifications.dispatch_outbox()
    [sent] = [one for one in mail.outbox if one.to == [story.expert.email]]
    assert story.panel.ref not in sent.body
    assert Notice.ROLE_ENDS.label in sent.body


@pytest.mark.django_db
def test_a_daily_mail_of_which_nothing_is_true_any_more_is_not_sent():
    story = Story()
    written(story)
    OutboxMessage.objects.filter(notice=Notice.ROLE_ENDS).update(state=MailState.CANCELLED)
    panels.end_invitation(story.invitation(story.expert), by=story.lead)
    notifications.dispatch_outbox()
    assert [one for one in mail.outbox if one.to == [story.expert.email]] == []
    assert (Notice.DIGEST, MailState.CANCELLED) in states(story.expert)


@pytest.mark.django_db
def test_where_a_daily_mail_led_is_forgotten_once_it_is_sent():
    story = Story()
    written(story)
    parts = OutboxMessage.objects.filter(state=MailState.DIGESTED)
    assert {part.leads_somewhere for part in parts} == {True}
    notifications.dispatch_outbox()
    assert {part.leads_somewhere for part in parts.all()} == {False}


@pytest.mark.django_db
def test_the_page_keeps_what_was_chosen_and_asks_for_both_hours():
    person = UserFactory()
    client = signed_in(person)
    refused = client.post("/mails/", {"pace": "daily", "daily_at": "6", "quiet_from": "22", "quiet_to": ""})
    assert refused.status_code == 422
    assert "a beginning and an end" in refused.content.decode()
    fields = {"pace": "daily", "daily_at": "6", "quiet_from": "22", "quiet_to": "7"}
    assert client.post("/mails/", fields).status_code == 302
    wished = MailWish.objects.get(user=person)
    assert (wished.pace, wished.daily_at, wished.quiet_from, wished.quiet_to) == (Pace.DAILY, 6, 22, 7)
    shown = client.get("/mails/").context["form"]
    assert [shown[name].value() for name in ("pace", "daily_at", "quiet_from", "quiet_to")] == ["daily", 6, 22, 7]


@pytest.mark.django_db
@pytest.mark.parametrize("wish", [{"pace": Pace.DAILY}, {"quiet_from": 0, "quiet_to": 23}])
def test_news_of_a_panel_that_is_urgent_now_does_not_wait_behind_news_that_was_held(wish, monkeypatch):
    story = Story()
    story.open()
    story.seat(story.expert)
    MailWish.objects.create(user=story.lead, **wish)
    noon = clock.now().replace(hour=12, minute=0)
    monkeypatch.setattr(clock, "now", lambda: noon)
    due = []
    for urgent in (False, True, True):
        more = {"notice": Notice.NEW_MESSAGE, "about": story.panel, "by": None, "looked": {}, "urgent": urgent}
        notifications.notify([story.lead], **more)
        rows = OutboxMessage.objects.filter(notice=Notice.NEW_MESSAGE, recipient=story.lead)
        due.append(rows.filter(state=MailState.WAITING, not_before__lte=noon).count())
    assert due == [0, 1, 1]
