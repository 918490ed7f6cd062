"""What waits is undone, and what is done waits no more: after a consent given again, a reopening, data supplied, a late answer."""

from __future__ import annotations

import datetime as dt

import pytest

from consent import actions as consent
from consent.states import Answer, Giver, Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.roles import Role
from cpms.notifications import actions as notifications
from cpms.notifications.models import MailWish, OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import MailState, Pace, Verb
from outcomes import actions as outcomes
from panels import actions as panels
from panels import queries
from panels.meetings import actions as meetings
from panels.models import Contribution, Dispatch, Panel
from tests.factories import GroupFactory, Story, UserFactory, give_role
from tests.panels.test_idle import age

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def story():
    story = Story()
    story.coordinator = UserFactory(role="none")
    give_role(story.coordinator, Role.GROUP_COORDINATOR, group=story.group)
    story.open(story.expert)
    return story


def waits(person, *verbs):
    rows = WorkItem.objects.open().filter(who=person)
    return sorted(rows.filter(verb__in=verbs) if verbs else rows, key=lambda item: item.verb)


def verbs(person):
    return [item.verb for item in waits(person)]


def unsent(person, notice):
    return OutboxMessage.objects.filter(
        recipient=person, notice=notice, state__in=[MailState.WAITING, MailState.HELD]
    ).count()


def send_all():
    assert notifications.dispatch_outbox()


def send_outcome(story):
    """Written and sent to be signed."""
    started = outcomes.start_outcome(story.fresh(), by=story.lead)
    words = {"conclusion": "Yes.", "items": [], "version": started.version}
    outcomes.write_outcome(story.fresh(), by=story.lead, **words)
    return outcomes.send_for_signature(story.fresh(), by=story.lead)


def withdraw_and_give_again(story):
    consent.withdraw_consent(story.patient, stage=Stage.CARE, by=story.lead)
    panels.freeze(str(story.patient.pk), by=None)
    given = {"answer": Answer.GIVEN, "given_by": Giver.PATIENT, "given_on": clock.today()}
    consent.record_consent(story.patient, stage=Stage.CARE, by=story.lead, **given)
    assert panels.thaw(str(story.patient.pk), by=None) == 1


def test_word_that_a_panel_has_ended_outlives_a_second_freezing(story):
    """And nobody is told who had not heard of the panel before, as a coordinator whose mail was not sent yet."""
    story.seat(second := UserFactory())
    ended = OutboxMessage.objects.filter(notice=Notice.PANEL_ENDED).order_by("written_at")
    consent.withdraw_consent(story.patient, stage=Stage.CARE, by=story.lead)
    assert panels.freeze(str(story.patient.pk), by=None) == 0
    assert [(mail.recipient, mail.state) for mail in ended] == [(second, MailState.WAITING)]


def test_consent_given_again_restarts_what_its_withdrawal_stopped(story):
    second = UserFactory()
    story.seat(second)
    story.contribute(second, kind="need_data")
    before = {who: verbs(who) for who in (story.lead, story.expert, story.coordinator, second)}
    assert before[story.expert] == [Verb.ANSWER]
    assert before[story.coordinator] == [Verb.DISPATCH]
    send_all()
    withdraw_and_give_again(story)
    assert {who: verbs(who) for who in before} == before
    assert unsent(second, Notice.PANEL_MOVED) == 1


@pytest.mark.parametrize("taken_up", [False, True])
def test_who_coordinates_hears_that_it_has_ended_and_that_it_goes_on(story, taken_up):
    """Whatever mail to the lead still waits."""
    send_all()
    if taken_up:
        panels.take_up(Dispatch.objects.get(), by=story.coordinator)
    withdraw_and_give_again(story)
    told = OutboxMessage.objects.filter(recipient=story.coordinator).order_by("written_at", "pk")
    assert [mail.notice for mail in told] == [Notice.DISPATCHED, Notice.PANEL_ENDED, Notice.PANEL_MOVED]
    assert told.last().link == Dispatch.objects.get().get_absolute_url()


def test_consent_given_again_asks_again_for_the_signatures_that_are_missing(story):
    panels.accept(story.invitation(story.expert), by=story.expert)
    panels.mark(story.contribute(story.expert), marked=True, by=story.lead)
    send_outcome(story)
    withdraw_and_give_again(story)
    assert outcomes.thaw(str(story.panel.pk), by=None)
    assert verbs(story.expert) == [Verb.SIGN]
    assert Verb.CLOSE in verbs(story.lead)


def test_who_may_still_come_in_to_sign_is_asked_again(story):
    """The outcome is being written: a yes or no is still awaited, advice is not."""
    silent, second, guest = UserFactory(), UserFactory(), story.invite_guest("guest@elsewhere.example")
    story.seat(silent)
    story.seat(second)
    panels.mark(story.contribute(second), marked=True, by=story.lead)
    outcomes.start_outcome(story.fresh(), by=story.lead)
    before = [verbs(person) for person in (story.expert, guest.invitee, silent)]
    assert before == [[Verb.ANSWER], [Verb.ANSWER], []]
    withdraw_and_give_again(story)
    assert [verbs(person) for person in (story.expert, guest.invitee, silent)] == before
    assert (unsent(story.expert, Notice.INVITED), unsent(guest.invitee, Notice.GUEST_INVITED)) == (1, 1)


def test_a_frozen_panel_is_not_looked_after_as_idle(story):
    age(story, 90)
    assert panels.look_after_idle(by=None) == 1
    consent.withdraw_consent(story.patient, stage=Stage.CARE, by=story.lead)
    assert panels.look_after_idle(by=None) == 0


def test_what_is_done_leaves_the_mails_that_were_not_sent(story):
    MailWish.objects.create(user=story.expert, pace=Pace.DAILY)
    item = waits(story.expert, Verb.ANSWER)[0]
    WorkItem.objects.filter(pk=item.pk).update(remind_at=clock.now())
    assert notifications.remind() == 1
    assert unsent(story.expert, Notice.REMINDER) == 1
    panels.accept(story.invitation(story.expert), by=story.expert)
    assert unsent(story.expert, Notice.REMINDER) == 0
    late = {"about": story.panel, "ref": story.panel.ref, "path": "/", "by": None}
    notifications.notify([story.expert], notice=Notice.ANSWER_LATE, **late)
    story.contribute(story.expert)
    assert unsent(story.expert, Notice.ANSWER_LATE) == 0


def close(story):
    send_outcome(story)
    outcomes.close_panel(story.fresh(), by=story.lead, although=1)


def test_a_reopened_panel_asks_its_members_anew(story):
    panels.accept(story.invitation(story.expert), by=story.expert)
    panels.mark(story.contribute(story.expert), marked=True, by=story.lead)
    assert queries.replies(story.panel) == 1
    close(story)
    panels.reopen(story.fresh(), by=story.lead)
    assert queries.replies(story.panel) == 0
    assert Verb.REPLY in verbs(story.expert)
    send_all()
    panels.set_terms(story.fresh(), quorum=1, wanted_by=story.fresh().wanted_by, by=story.lead)
    story.contribute(story.expert)
    assert unsent(story.lead, Notice.ENOUGH_ADVICE) == 1


def test_who_asked_for_data_is_asked_for_advice_once_it_is_there(story):
    panels.accept(story.invitation(story.expert), by=story.expert)
    asked = story.contribute(story.expert, kind="need_data")
    assert Verb.REPLY not in verbs(story.expert)
    panels.supply(Contribution.objects.get(pk=asked.pk), by=story.lead)
    assert Verb.REPLY in verbs(story.expert)
    story.contribute(story.expert)
    assert Verb.REPLY not in verbs(story.expert)


def test_help_and_substitutes_are_wanted_no_more_once_enough_is_said(story):
    panels.accept(story.invitation(story.expert), by=story.expert)
    late = story.fresh()
    Panel.objects.filter(pk=late.pk).update(quorum=1, wanted_by=clock.today() - dt.timedelta(days=40))
    for _rung in range(3):
        panels.escalate(by=None)
    assert Verb.HELP in verbs(story.coordinator)
    assert Verb.SUBSTITUTE in verbs(story.lead)
    story.panel = story.fresh()
    story.contribute(story.expert)
    assert Verb.HELP not in verbs(story.coordinator)
    assert Verb.SUBSTITUTE not in verbs(story.lead)


def test_nobody_is_asked_by_a_day_that_has_passed(story):
    Panel.objects.filter(pk=story.panel.pk).update(wanted_by=clock.today() - dt.timedelta(days=5))
    substitute = UserFactory()
    panels.invite_experts(story.fresh(), people=[substitute], by=story.lead)
    assert waits(substitute)[0].due_at > clock.now()
    panels.accept(story.invitation(substitute), by=substitute)
    assert waits(substitute)[0].due_at > clock.now()


def test_a_text_taken_back_waits_for_the_lead_again(story):
    panels.accept(story.invitation(story.expert), by=story.expert)
    story.contribute(story.expert)
    outcome = send_outcome(story)
    outcomes.write_outcome(story.fresh(), conclusion="No.", items=[], version=outcome.version, by=story.lead)
    assert [item.verb for item in waits(story.lead, Verb.CLOSE, Verb.WRITE_OUTCOME)] == [Verb.WRITE_OUTCOME]
    assert unsent(story.expert, Notice.SIGN_WANTED) == 0


def test_a_wish_to_meet_lives_on_when_the_meeting_is_called_off(story):
    panels.accept(story.invitation(story.expert), by=story.expert)
    panels.wish_meeting(story.fresh(), by=story.expert)
    when = {"starts_at": clock.now() + dt.timedelta(days=3), "minutes": 30, "link": "https://video.example/x"}
    meeting = meetings.schedule(story.fresh(), by=story.lead, **when)
    assert Verb.MEET not in verbs(story.lead)
    meetings.call_off(meeting, by=story.lead)
    assert Verb.MEET in verbs(story.lead)
    held = meetings.schedule(story.fresh(), by=story.lead, **(when | {"starts_at": clock.now()}))
    meetings.hold(held, present=[], by=story.lead)
    assert not story.panel.meeting_wishes.exists()


def test_the_lead_hears_that_an_invitation_ran_out(story):
    story.panel.invitations.update(
        sent_at=clock.now() - dt.timedelta(days=20), expires_at=clock.now() - dt.timedelta(days=1)
    )
    assert panels.expire_invitations(by=None) == 1
    assert unsent(story.lead, Notice.INVITATION_LAPSED) == 1


def test_a_view_ends_the_silence_and_so_does_an_answer(story):
    panels.accept(story.invitation(story.expert), by=story.expert)
    said = story.contribute(story.expert)
    second = UserFactory()
    panels.invite_experts(story.fresh(), people=[second], by=story.lead)

    def revive():
        due = clock.now() + dt.timedelta(days=7)
        notifications.open_work(story.lead, Verb.REVIVE, on=story.panel, ref=story.panel.ref, path="/", due_at=due)

    revive()
    panels.accept(story.invitation(second), by=second)
    assert Verb.REVIVE not in verbs(story.lead)
    revive()
    panels.take_stance(said, kind="agree", by=second)
    assert Verb.REVIVE not in verbs(story.lead)


def test_who_was_asked_and_who_coordinates_hear_that_a_panel_ended(story):
    send_all()
    panels.withdraw(story.fresh(), by=story.lead)
    assert [unsent(person, Notice.PANEL_ENDED) for person in (story.expert, story.coordinator)] == [1, 1]


def test_the_lead_is_no_guest_of_the_own_panel(story):
    who = {"name": "Myself", "hospital": "Here", "country": "FI"}
    with pytest.raises(Refused, match="lead"):
        panels.invite_guest(story.fresh(), email=story.lead.email, by=story.lead, **who)


def test_everything_of_an_urgent_panel_goes_out_at_once(story):
    MailWish.objects.create(user=story.lead, pace=Pace.DAILY)
    Panel.objects.filter(pk=story.panel.pk).update(urgency="urgent")
    panels.accept(story.invitation(story.expert), by=story.expert)
    story.panel = story.fresh()
    story.contribute(story.expert)
    held = OutboxMessage.objects.filter(recipient=story.lead, state=MailState.HELD)
    assert not held.exists()
    assert unsent(story.lead, Notice.NEW_ADVICE) == 1


def test_a_forwarded_dispatch_wants_no_help_any_more(story):
    dispatch = Dispatch.objects.get()
    due = clock.now() + dt.timedelta(days=3)
    notifications.open_work(
        story.coordinator, Verb.HELP, on=dispatch, ref=story.panel.ref, path=dispatch.get_absolute_url(), due_at=due
    )
    other = GroupFactory(number=2, name="Thyroid")
    panels.forward(dispatch, network=other.network, group=other, reason="Theirs.", by=story.coordinator)
    assert verbs(story.coordinator) == []
