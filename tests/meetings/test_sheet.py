"""The meeting's sheet: whose turn it is, decisions, who is there; for the chair to write and for members to read."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit.models import AuditEvent
from cpms.drafts import actions as drafts
from cpms.drafts.models import Draft
from cpms.jobs.models import Job
from cpms.patients import actions as patients
from outcomes import actions as outcomes
from panels import actions as panels
from panels.meetings import actions, queries
from panels.meetings.models import Meeting, MeetingDecision
from panels.meetings.states import Rhythm, Turn
from tests.clients import signed_in
from tests.factories import CANARIES, Story

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def second(story):
    other = Story("b")
    other.lead, other.group = story.lead, story.group
    other.open()
    return other


@pytest.fixture
def meeting(story, second, chair):
    """A meeting of a series that has just begun, with two panels; the expert takes part in the first alone."""
    when = {"rhythm": Rhythm.WEEKLY, "first_on": clock.today() + dt.timedelta(days=1), "at": dt.time(16)}
    size = {"minutes": 60, "slots": 4, "link": "https://video.example/board"}
    people = [chair, story.expert]
    series = actions.start_series(groups=[story.group], name="Board", people=people, by=chair, **when, **size)
    first = series.meetings.first()
    for one in (story, second):
        actions.bring(one.fresh(), to=first, invite=False, by=story.lead)
    Meeting.objects.filter(pk=first.pk).update(starts_at=clock.now() - dt.timedelta(minutes=2))
    first.refresh_from_db()
    return first


def page(user, meeting, query=""):
    return signed_in(user).get(reverse("meetings:sheet", args=[meeting.pk]) + query).content.decode()


def ago(item, minutes):
    type(item).objects.filter(pk=item.pk).update(begun_at=clock.now() - dt.timedelta(minutes=minutes))


def test_the_clock_runs_pauses_gets_more_and_goes_on_to_the_next_panel(story, second, meeting, chair):
    item = actions.turn(meeting, ref=story.panel.ref, do=Turn.BEGIN, by=chair)
    ago(item, 3)
    actions.turn(meeting, ref=story.panel.ref, do=Turn.PAUSE, by=chair)
    actions.turn(meeting, ref=story.panel.ref, do=Turn.MORE, by=chair)
    item = meeting.agenda.get(panel=story.panel)
    assert (item.used, item.running, item.minutes, item.done_at) == (180, False, 20, None)
    ago(actions.turn(meeting, ref=story.panel.ref, do=Turn.BEGIN, by=chair), 2)
    now = actions.turn(meeting, ref=story.panel.ref, do=Turn.NEXT, by=chair)
    item.refresh_from_db()
    assert (item.used, item.running, item.done_at is not None) == (300, False, True)
    assert now.panel.ref == second.panel.ref
    assert [one.running for one in meeting.agenda.order_by("position")] == [False, True]
    assert actions.turn(meeting, ref=second.panel.ref, do=Turn.NEXT, by=chair) is None
    with pytest.raises(Refused):
        actions.turn(meeting, ref=story.panel.ref, do=Turn.BEGIN, by=story.expert)


def test_a_decision_is_kept_sealed_shown_to_the_panel_and_found_by_its_outcome(story, meeting, chair):
    item, client = meeting.agenda.get(panel=story.panel), signed_in(chair)
    drafts.save_draft(form=queries.draft_of(item), label="x", path="/", fields={"text": "half"}, by=chair)
    words = {"text": story.canary("decided"), "owner": story.lead.pk, "due_on": "2099-01-01", "dissent": ""}
    assert "half" in page(chair, meeting, f"?panel={story.panel.ref}")
    answer = client.post(reverse("meetings:decide", args=[item.pk]), words)
    assert (answer.status_code, answer.url) == (302, f"/meetings/{meeting.pk}/sheet/?panel={story.panel.ref}")
    (made,) = MeetingDecision.objects.filter(item__panel=story.panel).select_related("key", "owner", "item__meeting")
    assert (made.text, made.owner, made.due_on, made.noted_by) == (
        words["text"],
        story.lead,
        dt.date(2099, 1, 1),
        chair,
    )
    assert not Draft.objects.filter(user=chair).exists()
    with connection.cursor() as cursor:
        cursor.execute("select text from meetings_meetingdecision")
        assert b"CNRY" not in bytes(cursor.fetchone()[0])
    read = page(story.expert, meeting, f"?panel={story.panel.ref}")
    assert words["text"] in read
    assert "Record" not in read
    event = AuditEvent.objects.filter(event="meeting_decided").get()
    assert (str(event.patient_id), event.detail) == (str(story.patient.pk), {})
    patients.erase(story.patient, by=story.lead)
    assert MeetingDecision.objects.get(pk=made.pk).text == "Erased"


def test_two_who_correct_a_decision_see_both_texts(story, meeting, chair):
    item = meeting.agenda.get(panel=story.panel)
    made = actions.decide(item, text="First.", dissent="", owner=None, due_on=None, by=chair)
    address = reverse("meetings:decide", args=[item.pk]) + f"?decision={made.pk}"
    assert 'value="1"' in signed_in(chair).get(address).content.decode()
    assert signed_in(story.lead).post(address, {"text": "By the lead.", "version": 1}).status_code == 302
    clash = signed_in(chair).post(address, {"text": "By the chair.", "version": 1})
    assert clash.status_code == 409
    assert all(words in clash.content.decode() for words in ("By the lead.", "By the chair."))
    made.refresh_from_db()
    assert (made.text, made.version) == ("By the lead.", 2)


def test_who_does_not_belong_to_the_panel_reads_and_writes_no_word_of_it(story, second, meeting, chair):
    item = meeting.agenda.get(panel=second.panel)
    actions.decide(item, text=second.canary("decided"), dissent="", owner=None, due_on=None, by=second.lead)
    client = signed_in(story.expert)
    for path in (reverse("meetings:sheet", args=[meeting.pk]), reverse("meetings:live", args=[meeting.pk])):
        shown = client.get(f"{path}?panel={second.panel.ref}").content.decode()
        assert second.panel.ref in shown
        assert not [canary for canary in CANARIES if canary.startswith("CNRY-b") and canary in shown]
    assert client.post(reverse("meetings:decide", args=[item.pk]), {"text": "x"}).status_code == 404
    assert signed_in(chair).post(reverse("meetings:decide", args=[item.pk]), {"text": "x"}).status_code == 404
    mine = meeting.agenda.get(panel=story.panel)
    other = MeetingDecision.objects.get(item=item)
    path = reverse("meetings:decide", args=[mine.pk])
    assert signed_in(second.lead).get(f"{path}?decision={other.pk}").status_code == 404
    assert signed_in(second.lead).get(f"{path}?decision=x").status_code == 404
    with pytest.raises(Refused, match="chair"):
        actions.decide(mine, text="x", dissent="", owner=None, due_on=None, by=story.expert)


def test_joining_near_its_time_ticks_who_is_there_and_the_chair_ticks_the_rest(story, meeting, chair):
    row = meeting.attendance.get(who=story.expert)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=clock.now() + dt.timedelta(days=2))
    client = signed_in(story.expert)
    assert client.get(reverse("meetings:join", args=[meeting.pk])).url == "https://video.example/board"
    row.refresh_from_db()
    assert (row.present, row.joined_at) == (None, None)
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=clock.now() + dt.timedelta(minutes=14))
    client.get(reverse("meetings:join", args=[meeting.pk]))
    row.refresh_from_db()
    assert (row.present, row.joined_at is not None) == (True, True)
    mine = meeting.attendance.get(who=chair)
    signed_in(chair).post(reverse("meetings:present", args=[meeting.pk]), {"row": mine.pk, "here": "yes"})
    signed_in(chair).post(reverse("meetings:hold", args=[meeting.pk]), {"as_ticked": "yes"})
    assert set(meeting.attendance.filter(present=True).values_list("who", flat=True)) == {chair.pk, story.expert.pk}
    assert not meeting.attendance.filter(present=None).exists()
    assert client.get(reverse("meetings:join", args=[meeting.pk])).status_code == 403


def test_the_open_sheet_hears_of_changes_and_of_nothing_else(story, meeting, chair):
    client, path = signed_in(story.expert), reverse("meetings:live", args=[meeting.pk])
    read = AuditEvent.objects.filter(event="patient_read", actor_id=story.expert.pk)
    seen = queries.stamp(meeting)
    assert client.get(path, {"seen": seen}).status_code == 204
    assert read.count() == 0
    actions.turn(meeting, ref=story.panel.ref, do=Turn.BEGIN, by=chair)
    answer = client.get(path, {"seen": seen})
    assert f'data-turn="{story.panel.ref}"' in answer.content.decode()
    assert read.count() == 1
    changes = [queries.stamp(meeting)]
    item = meeting.agenda.get(panel=story.panel)
    made = actions.decide(item, text="One.", dissent="", owner=None, due_on=None, by=chair)
    changes.append(queries.stamp(meeting))
    values = {"text": "Two.", "dissent": "", "owner": None, "due_on": None}
    actions.redecide(made, values=values, version=1, by=chair)
    changes.append(queries.stamp(meeting))
    actions.tick(meeting, who=chair.pk, here=True, by=chair)
    changes.append(queries.stamp(meeting))
    assert len(set(changes)) == 4


def test_a_panel_that_was_decided_on_stays_on_the_agenda(story, meeting, chair):
    item = meeting.agenda.get(panel=story.panel)
    actions.decide(item, text="One.", dissent="", owner=None, due_on=None, by=chair)
    with pytest.raises(Refused, match="decided"):
        actions.take_off(story.fresh(), of=meeting, by=story.lead)


def test_the_sheet_costs_the_same_for_two_panels_and_for_nine(story, meeting, chair):
    def cost():
        client = signed_in(story.lead)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    path = reverse("meetings:sheet", args=[meeting.pk])
    item = meeting.agenda.get(panel=story.panel)
    say = {"text": "One.", "dissent": "", "due_on": None, "by": chair}
    actions.decide(item, owner=chair, **say)
    few = cost()
    for number in range(7):
        other = Story(f"n{number}")
        other.lead, other.group = story.lead, story.group
        other.open()
        actions.bring(other.fresh(), to=meeting, invite=False, by=story.lead)
        actions.decide(item, owner=chair, **say)
    assert cost() == few


def test_decisions_wait_in_the_outcomes_draft_once_and_follow_a_correction_until_it_is_written(story, meeting, chair):
    item = meeting.agenda.get(panel=story.panel)
    words = {"dissent": "Dr Member: not yet.", "owner": story.expert, "due_on": dt.date(2099, 1, 1)}
    made = actions.decide(item, text=story.canary("decided"), by=chair, **words)
    asked = Job.objects.filter(task="outcomes.take_decision")
    assert [job.ids for job in asked] == [{"decision_id": str(made.pk)}]
    for _time in range(2):
        outcomes.take_decision(str(made.pk), by=None)
    (advice,) = story.fresh().outcome.items.all()
    assert (advice.text, advice.dissent, advice.owner) == (made.text, made.dissent, str(story.expert))
    assert (advice.due_on, advice.meeting, story.fresh().state) == (made.due_on, meeting, "open")
    actions.redecide(made, values={**words, "text": "Corrected."}, version=1, by=chair)
    outcomes.take_decision(str(made.pk), by=None)
    assert [row.text for row in story.fresh().outcome.items.all()] == ["Corrected."]
    actions.hold(meeting, present=None, by=chair)
    outcomes.start_outcome(story.fresh(), by=story.lead)
    fresh = MeetingDecision.objects.select_related("item__panel__case__patient", "item__meeting__series").get()
    with pytest.raises(Refused, match="Correct the decision there"):
        actions.redecide(fresh, values={**words, "text": "Too late."}, version=2, by=chair)
    MeetingDecision.objects.filter(pk=made.pk).update(due_on=None)
    outcomes.take_decision(str(made.pk), by=None)
    assert story.fresh().outcome.items.get().due_on == dt.date(2099, 1, 1)
    panels.withdraw(story.fresh(), by=story.lead)
    assert outcomes.take_decision(str(made.pk), by=None) is None


def test_a_correction_is_judged_by_the_panel_as_it_is_at_that_moment(story, meeting, chair):
    item = meeting.agenda.get(panel=story.panel)
    made = actions.decide(item, text="Said.", dissent="", owner=None, due_on=None, by=chair)
    stale = MeetingDecision.objects.select_related("item__panel__case__patient", "item__meeting__series").get(
        pk=made.pk
    )
    outcomes.take_decision(str(made.pk), by=None)
    actions.hold(meeting, present=None, by=chair)
    outcomes.start_outcome(story.fresh(), by=story.lead)
    with pytest.raises(Refused, match="Correct the decision there"):
        actions.redecide(stale, values={"text": "Too late."}, version=1, by=chair)


def test_nobody_enters_a_meeting_that_was_called_off_since_it_was_read(story, meeting, chair):
    stale = Meeting.objects.get(pk=meeting.pk)
    actions.call_off(meeting, by=chair)
    with pytest.raises(Refused, match="called off"):
        actions.join(stale, by=story.expert)


def test_who_is_ticked_by_a_number_that_is_none_is_nobody(story, meeting, chair):
    path = reverse("meetings:present", args=[meeting.pk])
    assert signed_in(chair).post(path, {"row": "9" * 5000, "here": "yes"}).status_code == 302
