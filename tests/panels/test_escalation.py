"""A panel concludes without a meeting: enough advice ends the asking, too little climbs the ladder, each rung once."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import User
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.notifications.models import OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from outcomes import actions as outcomes
from panels import actions as panels
from panels import queries
from panels.meetings import actions as meetings
from panels.models import Dispatch, MeetingWish, Panel
from panels.states import Rung, State
from tests.clients import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def late(story, days):
    Panel.objects.filter(pk=story.panel.pk).update(wanted_by=clock.today() - dt.timedelta(days=days))


def told(person, notice):
    return OutboxMessage.objects.filter(recipient=person, notice=notice).count()


def working(person, verb):
    return WorkItem.objects.open().filter(who=person, verb=verb).count()


def test_each_rung_is_climbed_once_and_in_order(story):
    assert panels.escalate(by=None) == 0
    late(story, 1)
    assert [panels.escalate(by=None) for _ in range(3)] == [1, 0, 0]
    assert (told(story.expert, Notice.ANSWER_LATE), told(story.second, Notice.ANSWER_LATE)) == (1, 1)
    assert told(story.lead, Notice.SUBSTITUTE_WANTED) == 0
    late(story, 4)
    assert [panels.escalate(by=None) for _ in range(3)] == [1, 0, 0]
    assert (working(story.lead, Verb.SUBSTITUTE), told(story.lead, Notice.SUBSTITUTE_WANTED)) == (1, 1)
    late(story, 9)
    assert [panels.escalate(by=None) for _ in range(3)] == [1, 0, 0]
    assert (working(story.coordinator, Verb.HELP), told(story.coordinator, Notice.HELP_WANTED)) == (1, 1)
    assert told(story.expert, Notice.ANSWER_LATE) == 1
    assert story.fresh().escalated == Rung.COORDINATOR
    rungs = AuditEvent.objects.filter(event=Event.ESCALATED).order_by("pk").values_list("detail__verb", flat=True)
    assert list(rungs) == ["remind", "substitute", "coordinator"]


def test_who_took_a_view_of_advice_owes_no_answer(story):
    panels.accept(story.invitation(story.second), by=story.second)
    said = story.contribute(story.second)
    panels.take_stance(said, kind="agree", by=story.expert)
    late(story, 1)
    panels.escalate(by=None)
    assert (told(story.expert, Notice.ANSWER_LATE), told(story.second, Notice.ANSWER_LATE)) == (0, 0)
    assert [seat.replied for seat in queries.seats(story.fresh(), seen={})] == [True, True]


def test_urgent_halves_the_waits(story):
    Panel.objects.filter(pk=story.panel.pk).update(urgency="urgent", escalated=Rung.REMIND)
    late(story, 1)
    assert panels.escalate(by=None) == 0
    late(story, 3)
    assert panels.escalate(by=None) == 1


def test_enough_advice_stops_the_ladder_and_the_lead_is_told_once(story):
    late(story, 1)
    story.contribute(story.expert)
    assert told(story.lead, Notice.ENOUGH_ADVICE) == 0
    panels.accept(story.invitation(story.second), by=story.second)
    panels.contribute(story.fresh(), kind="no_experience", text="", by=story.second)
    assert (queries.replies(story.fresh()), told(story.lead, Notice.ENOUGH_ADVICE)) == (1, 0)
    story.contribute(story.second, "more advice")
    story.contribute(story.second, "and more")
    assert (queries.replies(story.fresh()), told(story.lead, Notice.ENOUGH_ADVICE)) == (2, 1)
    assert panels.escalate(by=None) == 0
    assert "enough to conclude" in signed_in(story.lead).get(f"/panels/{story.panel.ref}/").content.decode()


def test_nothing_climbs_without_consent_or_once_the_outcome_is_written(story):
    late(story, 9)
    story.contribute(story.expert)
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    assert panels.escalate(by=None) == 0
    story.give_consent(story.patient)
    outcomes.start_outcome(story.fresh(), by=story.lead)
    assert panels.escalate(by=None) == 0


def test_deputies_of_the_absent_are_offered_and_inviting_settles_it(story):
    deputy = UserFactory(display_name="Dr Deputy Person")
    away = {"away_until": clock.today() + dt.timedelta(days=9), "deputy": deputy}
    User.objects.filter(pk=story.second.pk).update(**away)
    Panel.objects.filter(pk=story.panel.pk).update(escalated=Rung.REMIND)
    late(story, 4)
    panels.escalate(by=None)
    assert queries.substitutes(story.fresh()) == [deputy]
    page = signed_in(story.lead).get(f"/panels/{story.panel.ref}/invite/").content.decode()
    assert "Substitutes of those who are away" in page
    panels.invite_experts(story.fresh(), people=[deputy], by=story.lead)
    assert working(story.lead, Verb.SUBSTITUTE) == 0
    assert queries.substitutes(story.fresh()) == []


def test_a_coordinator_who_took_it_up_names_more_people(story):
    panels.take_up(Dispatch.objects.get(), by=story.coordinator)
    Panel.objects.filter(pk=story.panel.pk).update(escalated=Rung.SUBSTITUTE)
    late(story, 9)
    panels.escalate(by=None)
    named = UserFactory()
    named.groups_of_interest.add(story.group)
    path = f"/dispatch/{Dispatch.objects.get().pk}/name/"
    client = signed_in(story.coordinator)
    assert client.post(path, {"people": ["nobody"]}).status_code == 422
    assert client.post(path, {"people": [str(named.pk)]}).status_code == 302
    assert queries.proposed(story.fresh()) == [named]
    assert working(story.coordinator, Verb.HELP) == 0
    assert told(story.lead, Notice.PEOPLE_NAMED) == 1
    panels.name_people(Dispatch.objects.get(), people=[UserFactory()], by=story.coordinator)
    assert told(story.lead, Notice.PEOPLE_NAMED) == 2
    with pytest.raises(Refused):
        panels.name_people(Dispatch.objects.get(), people=[named], by=story.expert)


def test_dissent_proposes_a_meeting_until_one_is_called(story):
    said = story.contribute(story.expert)
    panels.take_stance(said, kind="dissent", text="No.", by=story.lead)
    assert working(story.lead, Verb.MEET) == 1
    when = {"starts_at": clock.now() + dt.timedelta(days=2), "minutes": 30, "link": "https://video.example/x"}
    meetings.schedule(story.fresh(), by=story.lead, **when)
    assert working(story.lead, Verb.MEET) == 0


def test_a_wish_to_meet_counts_once(story):
    client = signed_in(story.expert)
    for _ in range(2):
        assert client.post(f"/panels/{story.panel.ref}/wish/").status_code == 302
    assert MeetingWish.objects.count() == 1
    assert (working(story.lead, Verb.MEET), told(story.lead, Notice.MEETING_PROPOSED)) == (1, 1)
    assert "1 would like to meet" in signed_in(story.lead).get(f"/panels/{story.panel.ref}/").content.decode()
    with pytest.raises(Refused):
        panels.wish_meeting(story.fresh(), by=story.lead)


def test_the_lead_moves_the_day_and_everybody_is_told(story):
    day = clock.today() + dt.timedelta(days=30)
    Panel.objects.filter(pk=story.panel.pk).update(escalated=Rung.REMIND)
    client, path = signed_in(story.lead), f"/panels/{story.panel.ref}/terms/"
    client.post(path, {"wanted_by": day.isoformat(), "quorum": "1", "urgency": "routine"})
    panel = story.fresh()
    assert (panel.wanted_by, panel.quorum, panel.escalated) == (day, 1, 0)
    assert told(story.expert, Notice.TERMS_CHANGED) == 1
    assert WorkItem.objects.get(who=story.expert, verb=Verb.REPLY).due_at.date() == day
    client.post(path, {"wanted_by": day.isoformat(), "quorum": "0", "urgency": "routine"})
    client.post(path, {"wanted_by": "2020-01-01", "quorum": "1", "urgency": "routine"})
    assert story.fresh().wanted_by == day
    with pytest.raises(Refused):
        panels.set_terms(story.fresh(), quorum=1, wanted_by=day, by=story.expert)
    story.contribute(story.expert)
    outcomes.start_outcome(story.fresh(), by=story.lead)
    with pytest.raises(Refused):
        panels.set_terms(story.fresh(), quorum=1, wanted_by=day, by=story.lead)


def test_the_asker_hears_of_every_step(story):
    guest = story.invite_guest()
    User.objects.filter(pk=guest.invitee_id).update(activated_at=clock.now())
    panels.accept(guest, by=guest.invitee)
    story.contribute(story.expert)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    assert told(guest.invitee, Notice.PANEL_MOVED) == 1
    outcomes.write_outcome(story.fresh(), by=story.lead, conclusion="Salt.", items=[], version=outcome.version)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)
    assert told(guest.invitee, Notice.PANEL_CLOSED) == 1
    panels.reopen(story.fresh(), by=story.lead)
    assert told(guest.invitee, Notice.PANEL_MOVED) == 2
    assert story.fresh().wanted_by > clock.today()


def closed(story):
    story.contribute(story.expert)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    outcomes.write_outcome(story.fresh(), by=story.lead, conclusion="Salt.", items=[], version=outcome.version)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    outcomes.close_panel(story.fresh(), by=story.lead, although=9)


def test_the_archive_takes_a_panel_out_of_the_lists_and_keeps_it_readable(story):
    with pytest.raises(Refused):
        panels.archive(story.fresh(), by=story.lead)
    closed(story)
    lead, expert, path = signed_in(story.lead), signed_in(story.expert), f"/panels/{story.panel.ref}"
    assert lead.post(f"{path}/archive/").status_code == 302
    assert story.panel.ref not in expert.get("/panels/").content.decode()
    assert story.panel.ref in expert.get("/panels/?state=archived").content.decode()
    assert story.canary("advice") in expert.get(f"{path}/").content.decode()
    assert {lead.post(f"{path}/{verb}/").status_code for verb in ("reopen", "thank", "archive")} == {403}
    assert story.fresh().state == State.CLOSED
    assert expert.post(f"{path}/unarchive/").status_code == 403
    assert lead.post(f"{path}/unarchive/").status_code == 302
    assert lead.post(f"{path}/unarchive/").status_code == 403
    panels.reopen(story.fresh(), by=story.lead)


@pytest.mark.django_db(transaction=True)
def test_eight_clocks_at_once_climb_one_rung(story):
    late(story, 1)
    barrier, climbed = threading.Barrier(8), []

    def work():
        barrier.wait()
        climbed.append(panels.escalate(by=None))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sum(climbed) == 1
    assert told(story.expert, Notice.ANSWER_LATE) == 1
