"""What is corrected, amended or dissented from reaches those whom it concerns, by mail and on the page; a lively panel is no flood."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.notifications import actions as notifications
from cpms.notifications import notices
from cpms.notifications.models import MailWish, OutboxMessage
from cpms.notifications.notices import Notice
from cpms.notifications.states import Pace
from panels import actions as panels
from panels import queries
from panels.models import Contribution, Message, Stance, Visit
from tests.clients import signed_in
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db
SINCE = "since your last visit"


@pytest.fixture
def story():
    """A lead and two members; everything that was to be mailed so far has gone out."""
    return Story.of_two()


def told(person, *kinds):
    mails = OutboxMessage.objects.filter(recipient=person)
    return mails.filter(notice__in=kinds).count() if kinds else mails.count()


def look(story, *people):
    for person in people:
        page(story, person)


def page(story, person, query=""):
    return signed_in(person).get(f"/panels/{story.panel.ref}/{query}").content.decode()


def news(story, person, after):
    answer = signed_in(person).get(f"/panels/{story.panel.ref}/news/", {"after": after.isoformat()})
    return answer.status_code, answer.content.decode()


def amend(said, text, *, by, kind="amend"):
    return panels.take_stance(Contribution.objects.with_surroundings().get(pk=said.pk), kind=kind, text=text, by=by)


def earlier(story, minutes=30):
    """Everything said and seen so far was said and seen that long ago."""
    for rows in (Contribution.objects, Message.objects, Stance.objects, Visit.objects):
        for row in rows.all():
            type(row).objects.filter(pk=row.pk).update(at=row.at - dt.timedelta(minutes=minutes))


def test_an_amended_dose_reaches_its_author_and_the_lead(story):
    said = story.contribute(story.expert)
    look(story, story.lead, story.expert)
    earlier(story)
    before = clock.now() - dt.timedelta(minutes=1)
    amend(said, story.canary("amendment"), by=story.second)
    assert [told(one, Notice.VIEW_TAKEN) for one in (story.expert, story.lead, story.second)] == [1, 1, 0]
    for person in (story.expert, story.lead):
        assert news(story, person, before)[0] == 200
        shown = page(story, person)
        assert f"This was corrected or objected to {SINCE}" in shown
        assert shown.count('id="fresh"') == 1
        assert SINCE not in page(story, person)
    assert news(story, story.second, before)[0] == 204
    assert SINCE not in page(story, story.second)


def test_a_dissent_reaches_the_author_whoever_dissents(story):
    said = story.contribute(story.expert)
    amend(said, "No.", by=story.lead, kind="dissent")
    assert (told(story.expert, Notice.VIEW_TAKEN), told(story.lead, Notice.VIEW_TAKEN)) == (1, 0)
    amend(said, "Nor I.", by=story.second, kind="dissent")
    assert told(story.lead, Notice.MEETING_PROPOSED, Notice.VIEW_TAKEN) == 1, "one mail for one dissent"


def test_agreeing_is_mailed_to_nobody_and_marks_nothing(story):
    said = story.contribute(story.expert)
    look(story, story.expert, story.lead)
    earlier(story)
    panels.take_stance(said, kind="agree", by=story.second)
    assert (told(story.expert, Notice.VIEW_TAKEN), told(story.lead, Notice.VIEW_TAKEN)) == (0, 0)
    assert news(story, story.lead, clock.now() - dt.timedelta(minutes=1))[0] == 204
    assert SINCE not in page(story, story.lead)


def test_a_corrected_dose_reaches_the_lead_and_who_agreed(story):
    said, third = story.contribute(story.expert), UserFactory()
    story.seat(third)
    panels.take_stance(said, kind="agree", by=story.second)
    look(story, story.lead, story.second)
    earlier(story)
    panels.reword(said, text=story.canary("corrected"), by=story.expert)
    assert [told(one, Notice.REWORDED) for one in (story.lead, story.second, story.expert, third)] == [1, 1, 0, 0]
    assert news(story, story.second, clock.now() - dt.timedelta(minutes=1))[0] == 200
    assert f"This was corrected or objected to {SINCE}" in page(story, story.second)
    assert SINCE not in page(story, story.expert)


def test_a_corrected_message_reaches_who_answered_it_and_who_was_mentioned(story):
    mentioning = panels.Beside(mentions=(story.second,))
    said = panels.comment(story.fresh(), text="10.", beside=mentioning, by=story.lead)
    panels.comment(story.fresh(), text="Why?", beside=panels.Beside(answers=said), by=story.expert)
    panels.reword(said, text="1.", by=story.lead)
    assert [told(one, Notice.REWORDED) for one in (story.expert, story.second, story.lead)] == [1, 1, 0]


def test_an_objection_says_when_it_was_made(story):
    said = story.contribute(story.expert)
    stance = amend(said, "Less.", by=story.second)
    objection = page(story, story.lead).split('class="objection')[1]
    assert f"{stance.at:%M:%S.%f}" in objection.split("</time>")[0]


def test_an_old_statement_that_is_amended_is_shown_among_the_latest(story):
    said = story.contribute(story.expert)
    for number in range(queries.LATEST):
        panels.comment(story.fresh(), text=f"Message {number}.", by=story.expert)
    look(story, story.lead)
    earlier(story)
    amend(said, story.canary("late"), by=story.second)
    shown = page(story, story.lead)
    assert story.canary("late") in shown
    assert f"This was corrected or objected to {SINCE}" in shown
    assert "earlier</a>" not in shown
    assert "Show 1 earlier" in page(story, story.lead)


def test_the_open_page_is_quiet_once_it_shows_the_newest(story):
    said = story.contribute(story.expert)
    amend(said, "Less.", by=story.second)
    panels.reword(said, text="Otherwise.", by=story.expert)
    assert news(story, story.lead, queries.so_far(story.fresh())[1])[0] == 204
    newest = queries.so_far(story.fresh())[1]
    panels.comment(story.fresh(), text="And?", by=story.second)
    assert "1 new or changed entry, show" in news(story, story.lead, newest)[1]


def test_new_words_stand_below_one_line_and_own_words_below_none(story):
    look(story, story.lead)
    earlier(story)
    for number in range(3):
        panels.comment(story.fresh(), text=f"Message {number}.", by=story.expert)
    assert page(story, story.lead).count(f"New {SINCE}") == 1
    earlier(story)
    panels.comment(story.fresh(), text="Mine.", by=story.lead)
    assert SINCE not in page(story, story.lead)


def test_these_mails_hold_no_clinical_word_and_are_never_left_out(story):
    for notice in (Notice.VIEW_TAKEN, Notice.REWORDED):
        assert notice in notices.ASKED
        assert notices.body(notice, ref="R-1", path="/panels/R-1/").count("R-1") == 2
    MailWish.objects.create(user=story.expert, pace=Pace.OFF)
    amend(story.contribute(story.expert), story.canary("amendment"), by=story.second)
    assert told(story.expert, Notice.VIEW_TAKEN) == 1


def say(story, text="More."):
    panels.comment(story.fresh(), text=text, by=story.expert)


def test_who_has_looked_is_mailed_again_the_same_day(story):
    say(story)
    say(story)
    assert told(story.second, Notice.NEW_MESSAGE) == 1, "the first one is still to be sent"
    notifications.dispatch_outbox()
    say(story)
    assert told(story.second, Notice.NEW_MESSAGE) == 1, "it was sent, and they have not looked"
    look(story, story.second)
    say(story)
    assert (told(story.second, Notice.NEW_MESSAGE), told(story.lead, Notice.NEW_MESSAGE)) == (2, 1)
    notifications.dispatch_outbox()
    look(story, story.second)
    say(story)
    assert told(story.second, Notice.NEW_MESSAGE) == 3


def test_who_does_not_look_is_mailed_once_a_day(story):
    say(story)
    notifications.dispatch_outbox()
    OutboxMessage.objects.filter(notice=Notice.NEW_MESSAGE).update(sent_at=clock.now() - dt.timedelta(hours=25))
    say(story)
    assert told(story.second, Notice.NEW_MESSAGE) == 2


def test_a_mail_that_was_taken_back_stands_for_nothing(story):
    say(story)
    notifications.cancel_mails([story.panel.pk], Notice.NEW_MESSAGE)
    say(story)
    assert told(story.second, Notice.NEW_MESSAGE) == 2


def test_advice_and_data_are_mailed_each_time_after_a_look(story):
    for number in range(2):
        asked = story.contribute(story.second, f"asked{number}", kind="need_data")
        panels.supply(asked, by=story.lead)
        notifications.dispatch_outbox()
        look(story, story.lead, story.second)
    assert told(story.lead, Notice.NEW_ADVICE) == 2
    assert told(story.second, Notice.DATA_ADDED) == 2


def test_each_mention_is_mailed(story):
    for _ in range(2):
        panels.comment(story.fresh(), text="And you?", beside=panels.Beside(mentions=(story.second,)), by=story.expert)
    assert told(story.second, Notice.MENTIONED) == 2
