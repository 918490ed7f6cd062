"""What became of the advice: asked once, by the clock, of the right person; topics for those who coordinate."""

from __future__ import annotations

import datetime as dt

import pytest
from dateutil.relativedelta import relativedelta

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.roles import Role
from cpms.drafts import actions as drafts
from cpms.jobs.models import Job
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from outcomes import actions as outcomes
from outcomes import queries
from outcomes.models import AdviceDone, Effect, FollowUp, Topic
from panels import actions as panels
from panels.models import Panel
from tests.clients import signed_in
from tests.factories import GroupFactory, NetworkFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def story():
    """A closed panel with two pieces of advice."""
    story = Story()
    story.open()
    story.seat(story.expert)
    for name in ("advice", "second-advice"):
        panels.mark(story.contribute(story.expert, name), marked=True, by=story.lead)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    outcomes.write_outcome(story.fresh(), conclusion="Salt.", items=[], version=outcome.version, by=story.lead)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    return story


def close_ago(story, *, days=0, **ago):
    Panel.objects.filter(pk=story.panel.pk).update(closed_at=clock.now() - relativedelta(**ago) - days * DAY)


def open_work(story):
    return WorkItem.objects.open().filter(verb=Verb.FOLLOW_UP, who=story.lead)


def asked(story, months=3):
    close_ago(story, months=months)
    assert outcomes.ask_follow_ups(by=None) == 1
    return FollowUp.objects.get(panel=story.panel, months=months)


ANSWERS = {1: ("done", ""), 2: ("not", "The parents declined.")}


def answer(story, follow_up, *, answers=ANSWERS, by=None, **more):
    words = {"answers": answers, "benefit": "yes", "patient_view": "More energy.", "version": 1} | more
    return outcomes.answer_follow_up(follow_up, by=by or story.lead, **words)


@pytest.mark.parametrize(
    ("ago", "times"),
    [
        ({"months": 3, "days": -1}, 0),
        ({"months": 3}, 1),
        ({"months": 3, "days": 29}, 1),
        ({"months": 3, "days": 31}, 0),
        ({"months": 12}, 1),
        ({"years": 4}, 0),
    ],
)
def test_it_is_asked_when_the_months_are_over_and_once(story, ago, times):
    close_ago(story, **ago)
    assert [outcomes.ask_follow_ups(by=None) for _ in range(3)] == [times, 0, 0]
    assert FollowUp.objects.count() == open_work(story).count() == times
    assert OutboxMessage.objects.filter(notice=Notice.FOLLOW_UP_WANTED).count() == times


def test_a_reminder_follows_and_stops_with_the_answer(story):
    follow_up = asked(story)
    item = open_work(story).get()
    WorkItem.objects.filter(pk=item.pk).update(remind_at=clock.now())
    assert notifications.remind() == 1
    answer(story, follow_up)
    WorkItem.objects.filter(pk=item.pk).update(remind_at=clock.now())
    assert notifications.remind() == 0
    assert not open_work(story).exists()
    with pytest.raises(Refused, match="answered already"):
        answer(story, follow_up)
    assert [(row.number, row.done, row.because) for row in AdviceDone.objects.all()] == [
        (1, "done", ""),
        (2, "not", "The parents declined."),
    ]


def test_the_twelve_months_take_the_place_of_three_that_were_never_answered(story):
    asked(story)
    close_ago(story, months=12)
    assert outcomes.ask_follow_ups(by=None) == 1
    assert open_work(story).count() == 1
    page = signed_in(story.lead).get(f"/panels/{story.panel.ref}/after/").content.decode()
    assert "12 months after the panel" in page


def test_nobody_is_asked_once_consent_is_withdrawn_and_what_was_asked_ends(story):
    asked(story)
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    assert not open_work(story).exists()
    FollowUp.objects.all().delete()
    assert outcomes.ask_follow_ups(by=None) == 0


def test_a_reopened_panel_is_not_asked_about(story):
    asked(story)
    panels.reopen(story.fresh(), by=story.lead)
    assert not open_work(story).exists()
    assert outcomes.ask_follow_ups(by=None) == 0


def test_only_the_treating_side_answers_and_says_why_not(story):
    follow_up = asked(story)
    with pytest.raises(Refused, match="treating physician"):
        answer(story, follow_up, by=story.expert)
    with pytest.raises(Refused, match="why an advice was not followed"):
        answer(story, follow_up, answers={1: ("done", ""), 2: ("not", " ")})
    with pytest.raises(Refused, match="corrected meanwhile"):
        answer(story, follow_up, answers={1: ("done", "")})
    assert FollowUp.objects.answered().count() == 0


def test_what_was_typed_about_a_corrected_advice_is_not_said_of_the_new_one(story):
    asked(story)
    client, path = signed_in(story.lead), f"/panels/{story.panel.ref}/after/"
    typed = {"version": "1", "done-1": "done", "done-2": "not", "because-2": "No time.", "benefit": "partly"}
    drafts.save_draft(form=f"after:{story.panel.ref}", label="", path=path, fields=typed, by=story.lead)
    outcome = queries.outcome_of(story.fresh())
    items = [{"id": item.pk, "text": f"Rather {item.position}"} for item in outcome.items.all()]
    words = {"conclusion": "Salt.", "reason": "A wrong dose.", "version": outcome.version}
    outcomes.correct_outcome(story.fresh(), items=items, by=story.lead, **words)
    answered = client.post(path, typed, follow=True)
    assert "corrected meanwhile" in answered.content.decode()
    form = answered.context["form"]
    shown = [form[name].value() for name in ("version", "done-1", "done-2", "because-2", "benefit")]
    assert shown == [2, None, None, "No time.", "partly"]
    assert FollowUp.objects.answered().count() == 0


def test_consent_given_again_asks_the_follow_up_again(story):
    asked(story)
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    panels.freeze(str(story.patient.pk), by=None)
    assert not open_work(story).exists()
    again = {"stage": Stage.CARE, "answer": "given", "given_by": "patient", "given_on": clock.today()}
    consent.record_consent(story.patient, by=story.lead, **again)
    panels.thaw(str(story.patient.pk), by=None)
    job = Job.objects.filter(task="outcomes.thaw").first()
    assert outcomes.thaw(**job.ids, by=None)
    assert open_work(story).count() == 1


def away_from(story, **ago):
    """Consent is withdrawn until so long after the closing."""
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    panels.freeze(str(story.patient.pk), by=None)
    close_ago(story, **ago)
    assert outcomes.ask_follow_ups(by=None) == 0
    story.give_consent(story.patient)
    assert outcomes.ask_follow_ups(by=None) == 0
    return [outcomes.thaw(str(story.panel.pk), by=None) for _ in range(2)]


@pytest.mark.parametrize(("ago", "months"), [({"months": 5}, 3), ({"months": 14}, 12), ({"months": 2}, None)])
def test_what_fell_due_while_consent_was_withdrawn_is_asked_late_and_says_so(story, ago, months):
    assert away_from(story, **ago) == [True, True]
    late = FollowUp.objects.filter(panel=story.panel)
    assert [one.months for one in late] == ([months] if months else [])
    assert OutboxMessage.objects.filter(notice=Notice.FOLLOW_UP_WANTED).count() == open_work(story).count() == len(late)
    if months:
        page = signed_in(story.lead).get(f"/panels/{story.panel.ref}/after/").content.decode()
        assert (f"{months} months after the panel" in page, "It is asked late" in page) == (True, True)
        close_ago(story, years=1, days=1)
        assert outcomes.ask_follow_ups(by=None) == (months == 3), "the next one comes in its time"


def effect_wanted(story):
    return WorkItem.objects.open().filter(verb=Verb.EFFECT, who=story.lead).count()


def test_the_effect_waits_for_who_treats_from_the_closing_on_until_it_is_said(story):
    assert effect_wanted(story) == 1
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    panels.freeze(str(story.patient.pk), by=None)
    assert effect_wanted(story) == 0
    story.give_consent(story.patient)
    outcomes.thaw(str(story.panel.pk), by=None)
    assert effect_wanted(story) == 1
    outcomes.say_effect(story.fresh(), kind="changed", by=story.lead)
    assert effect_wanted(story) == 0
    outcomes.thaw(str(story.panel.pk), by=None)
    assert effect_wanted(story) == 0


def test_a_reopened_panel_waits_for_no_effect(story):
    panels.reopen(story.fresh(), by=story.lead)
    assert effect_wanted(story) == 0


def test_the_form_is_a_minute_and_shows_what_was_answered(story):
    asked(story)
    client, path = signed_in(story.lead), f"/panels/{story.panel.ref}/after/"
    typed = {"version": "1", "done-1": "done", "done-2": "not", "benefit": "partly"}
    refused = client.post(path, typed)
    assert refused.status_code == 422
    assert "why it was not followed" in refused.content.decode()
    assert client.post(path, typed | {"because-2": "Not in the country."}).status_code == 302
    for person in (story.lead, story.expert):
        page = signed_in(person).get(f"/panels/{story.panel.ref}/outcome/").content.decode()
        assert "Not in the country." in page


def test_the_effect_may_be_said_anew_and_makes_a_topic_only_where_experience_was_missing(story):
    words = {"kind": "no_experience", "topic": "Which dose in the first year?"}
    outcomes.say_effect(story.fresh(), by=story.lead, **words)
    assert Topic.objects.get().text == words["topic"]
    outcomes.say_effect(story.fresh(), kind="validated", by=story.lead)
    assert (Effect.objects.get().kind, Topic.objects.count()) == ("validated", 0)
    with pytest.raises(Refused, match="treating physician"):
        outcomes.say_effect(story.fresh(), kind="changed", by=story.expert)


def test_a_topic_is_seen_and_decided_by_the_coordinators_of_its_group_alone(story):
    words = {"kind": "no_experience", "topic": "Which dose in the first year?"}
    outcomes.say_effect(story.fresh(), by=story.lead, **words)
    own, other = UserFactory(role="none"), UserFactory(role="none")
    give_role(own, Role.GROUP_COORDINATOR, group=story.group)
    give_role(other, Role.GROUP_COORDINATOR, group=GroupFactory(network=NetworkFactory(code="BOND"), number=7))
    assert words["topic"] in signed_in(own).get("/topics/").content.decode()
    assert words["topic"] not in signed_in(other).get("/topics/").content.decode()
    topic = Topic.objects.get()
    assert signed_in(other).post(f"/topics/{topic.pk}/", {"state": "webinar"}).status_code == 404
    signed_in(own).post(f"/topics/{topic.pk}/", {"state": "webinar"})
    topic.refresh_from_db()
    assert (topic.state, topic.decided_by) == ("webinar", own)
    outcomes.say_effect(story.fresh(), kind="changed", by=story.lead)
    assert Topic.objects.count() == 1  # what was decided stays
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    assert words["topic"] not in signed_in(own).get("/topics/").content.decode()
