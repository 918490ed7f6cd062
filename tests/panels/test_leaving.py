"""A member leaves of their own will, proposes a colleague, is reminded by the lead; what waits is said with its day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit.models import AuditEvent
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import MailState, Verb
from outcomes import actions as outcomes
from outcomes import queries as outcomes_of
from outcomes.states import Decision
from panels import actions as panels
from panels import queries
from panels.cases.models import CaseGrant
from panels.models import Contribution, Invitation, MeetingWish, Panel
from panels.states import DispatchState, InvitationState
from tests.clients import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def told(person, notice):
    return OutboxMessage.objects.filter(recipient=person, notice=notice).count()


def sees(story, person):
    panel = Panel.objects.visible_to(person).filter(pk=story.panel.pk).exists()
    return panel, CaseGrant.objects.filter(user=person, content_object=story.case).exists()


def open_verbs(person):
    return set(WorkItem.objects.open().filter(who=person).values_list("verb", flat=True))


def waiting(story, reader):
    panel = story.fresh()
    seats, way = queries.seats(panel, seen={}), queries.addressed(panel)
    treating = reader == story.lead
    return {(row.who, row.what) for row in queries.awaited(panel, seats, way, user=reader, treating=treating)}


def test_who_leaves_sees_nothing_owes_nothing_and_the_words_stay(story):
    said = story.contribute(story.expert)
    panels.wish_meeting(story.fresh(), by=story.expert)
    assert Verb.MEET in open_verbs(story.lead)
    words = {"reason": "field", "text": "Bones, not glands.", "better_name": "Dr Better, Far Hospital"}
    seat = panels.leave(story.fresh(), by=story.expert, **words)
    assert (seat.state, seat.reason, seat.better_name) == (InvitationState.ENDED, "field", words["better_name"])
    assert sees(story, story.expert) == (False, False)
    assert open_verbs(story.expert) == set()
    assert not MeetingWish.objects.exists()
    assert Verb.MEET not in open_verbs(story.lead)
    assert Contribution.objects.get(pk=said.pk).author == story.expert
    assert told(story.lead, Notice.MEMBER_LEFT) == 1
    step = story.fresh().steps.last()
    assert (step.verb, step.by, step.source, step.target) == ("leave", story.expert, "open", "open")
    assert AuditEvent.objects.filter(event="invitation_ended", actor_id=story.expert.pk).count() == 1
    page = signed_in(story.lead).get(story.fresh().get_absolute_url()).content.decode()
    assert "Better: Dr Better, Far Hospital." in page
    assert "A member left: Dr Expert Person" in page
    with pytest.raises(Refused, match="members and guests"):
        panels.leave(story.fresh(), by=story.expert, reason="time")


def test_the_button_leads_to_a_page_that_asks_again(story):
    client = signed_in(story.expert)
    here = f"/panels/{story.panel.ref}/leave/"
    assert here in client.get(story.fresh().get_absolute_url()).content.decode()
    assert "You lose sight of the case at once" in client.get(here).content.decode()
    bad = client.post(here, {"better_name": "Dr Kept As Typed"})
    assert bad.status_code == 422
    assert "Dr Kept As Typed" in bad.content.decode()
    assert client.post(here, {"reason": "time"}).status_code == 302
    assert client.get(here).status_code == 404
    assert here not in signed_in(story.lead).get(story.fresh().get_absolute_url()).content.decode()


def test_a_guest_leaves_too_and_the_treating_side_does_not(story):
    guest = story.invite_guest()
    guest.invitee.activated_at = clock.now()
    guest.invitee.save(update_fields=["activated_at"])
    panels.accept(guest, by=guest.invitee)
    panels.leave(story.fresh(), by=guest.invitee, reason="away")
    assert sees(story, guest.invitee) == (False, False)
    for somebody in (story.lead, story.second, UserFactory()):
        with pytest.raises(Refused):
            panels.leave(story.fresh(), by=somebody, reason="time")


def test_who_leaves_is_not_awaited_for_a_signature(story):
    story.contribute(story.expert)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    outcomes.write_outcome(story.fresh(), by=story.lead, conclusion="Salt.", items=[], version=outcome.version)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    assert [row.who for row in outcomes_of.awaited(story.fresh().outcome)] == [story.expert]
    panels.leave(story.fresh(), by=story.expert, reason="conflict")
    assert outcomes_of.awaited(story.fresh().outcome) == []
    assert open_verbs(story.expert) == set()
    with pytest.raises(Refused):
        outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=1, by=story.expert)


def test_a_closed_panel_can_be_left_too(story):
    story.contribute(story.expert)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    outcomes.write_outcome(story.fresh(), by=story.lead, conclusion="Salt.", items=[], version=outcome.version)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=1, by=story.expert)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    assert sees(story, story.expert) == (True, True)
    panels.leave(story.fresh(), by=story.expert, reason="time")
    assert sees(story, story.expert) == (False, False)
    assert [row.decision for row in outcomes_of.signatures(story.fresh().outcome) if row.who == story.expert] == [
        "signed"
    ]


def test_a_member_proposes_a_colleague_and_stays(story):
    client = signed_in(story.expert)
    assert "Propose a colleague" in client.get(story.fresh().get_absolute_url()).content.decode()
    answer = client.post(f"/panels/{story.panel.ref}/colleague/", {"better_name": "Dr Knows More"})
    assert answer.status_code == 302
    assert story.invitation(story.expert).better_name == "Dr Knows More"
    assert told(story.lead, Notice.COLLEAGUE_PROPOSED) == 1
    assert sees(story, story.expert) == (True, True)
    assert "Proposes: Dr Knows More." in signed_in(story.lead).get(story.fresh().get_absolute_url()).content.decode()
    with pytest.raises(Refused, match="invite a colleague yourself"):
        panels.propose_colleague(story.fresh(), better_name="x", by=story.lead)


@pytest.mark.parametrize("goes", [True, False])
def test_the_colleague_of_who_goes_or_stays_is_offered_to_the_lead_as_after_a_no(story, goes):
    better = UserFactory(display_name="Prof. Okonkwo Berg")
    if goes:
        panels.leave(story.fresh(), by=story.expert, reason="field", better_name="Professor Okonkwo Berg")
    else:
        panels.propose_colleague(story.fresh(), by=story.expert, better_name="Professor Okonkwo Berg")
    first = queries.suggestions(story.fresh(), by=story.lead)[0]
    assert first.person == better
    assert first.reasons[0] == f"Named as a better choice by {story.expert.display_name}"


def test_more_data_is_asked_for_with_one_tap(story):
    client = signed_in(story.expert)
    assert "?kind=need_data#reply" in client.get(story.fresh().get_absolute_url()).content.decode()
    page = client.get(f"{story.fresh().get_absolute_url()}?kind=need_data")
    assert page.context["form"]["kind"].value() == "need_data"
    assert client.get(f"{story.fresh().get_absolute_url()}?kind=nonsense").context["form"]["kind"].value() is None


@pytest.mark.parametrize("whom", ["expert", "second"])
def test_the_lead_reminds_a_member_once_in_three_days_until_they_answer(story, whom):
    person = getattr(story, whom)
    seat = story.invitation(person)
    panels.nudge(seat, by=story.lead)
    assert told(person, Notice.NUDGED) == 1
    with pytest.raises(Refused, match="less than three days ago"):
        panels.nudge(seat, by=story.lead)
    Invitation.objects.filter(pk=seat.pk).update(nudged_at=clock.now() - dt.timedelta(days=3, minutes=1))
    panels.nudge(seat, by=story.lead)
    assert told(person, Notice.NUDGED) == 2
    OutboxMessage.objects.filter(notice=Notice.NUDGED).update(state=MailState.WAITING)
    if whom == "second":
        panels.decline(seat, reason="time", by=person)
    else:
        story.contribute(person, kind="no_experience")
    assert not OutboxMessage.objects.filter(notice=Notice.NUDGED, state=MailState.WAITING).exists()
    Invitation.objects.filter(pk=seat.pk).update(nudged_at=None)
    with pytest.raises(Refused, match="Nothing is awaited"):
        panels.nudge(seat, by=story.lead)


def test_only_the_treating_side_reminds_and_a_guest_without_account_gets_a_fresh_link(story):
    guest = story.invite_guest()
    with pytest.raises(Refused):
        panels.nudge(guest, by=story.expert)
    before = told(guest.invitee, Notice.GUEST_INVITED)
    client = signed_in(story.lead)
    here = f"/panels/{story.panel.ref}/invitations/{guest.pk}/nudge/"
    assert client.post(here).status_code == 302
    assert told(guest.invitee, Notice.GUEST_INVITED) == before + 1
    page = client.get(story.fresh().get_absolute_url()).content.decode()
    assert "again after three days" in page
    assert here not in page


def test_what_waits_is_named_with_its_day_for_each_reader(story):
    story.contribute(story.expert, kind="need_data")
    dispatch = story.fresh().dispatches.get()
    expected = {
        (story.second.display_name, "yes or no"),
        (story.lead.display_name, "more data"),
        (f"coordinators of {dispatch.addressee}", "taking it up"),
    }
    assert waiting(story, story.expert) == expected
    panels.return_with_question(dispatch, reason="Which centre?", by=story.coordinator)
    panels.wish_meeting(story.fresh(), by=story.expert)
    assert ("you", "an answer to the coordinators") in waiting(story, story.lead)
    assert ("you", "calling a meeting") in waiting(story, story.lead)
    assert "calling a meeting" not in {what for _who, what in waiting(story, story.expert)}
    assert story.fresh().dispatches.get().state == DispatchState.RETURNED


def test_what_is_late_says_by_how_many_days(story):
    WorkItem.objects.filter(verb=Verb.ANSWER).update(due_at=clock.now() - dt.timedelta(days=4))
    page = signed_in(story.expert).get(story.fresh().get_absolute_url()).content.decode()
    assert "overdue by 4 days" in page
    assert "You: advice, " in page


@pytest.mark.parametrize("ahead", [-1, 0, 1])
def test_days_late_are_days_of_the_reader(story, ahead):
    nearly_a_day = dt.timedelta(hours=23, minutes=59) * ahead
    row = queries.Awaited("Dr Ek", "advice", clock.now() - dt.timedelta(days=4))
    with timezone.override(dt.timezone(nearly_a_day)):
        assert row.overdue == 4


def test_missing_signatures_are_among_what_waits(story):
    story.contribute(story.expert)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    assert ("you", "the outcome") in waiting(story, story.lead)
    outcomes.write_outcome(story.fresh(), by=story.lead, conclusion="Salt.", items=[], version=outcome.version)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    assert (story.expert.display_name, "signature") in waiting(story, story.lead)


def test_what_waits_is_asked_of_the_database_once(story, django_assert_num_queries):
    panel = story.fresh()
    seats, way = queries.seats(panel, seen={}), queries.addressed(panel)
    with django_assert_num_queries(1):
        queries.awaited(panel, seats, way, user=story.lead, treating=True)
    panels.invite_experts(panel, people=[UserFactory() for _ in range(5)], by=story.lead)
    seats = queries.seats(panel, seen={})
    with django_assert_num_queries(1):
        assert len(queries.awaited(panel, seats, way, user=story.lead, treating=True)) == 8
