"""A monthly joint meeting of two networks with three cases: run by its chair, followed on a phone, through a lost network."""

from __future__ import annotations

import datetime as dt
from functools import cached_property

import pytest
from playwright.sync_api import expect

from cpms import clock
from cpms.accounts.models import CentreMembership
from cpms.accounts.roles import Role
from cpms.jobs.models import Job
from outcomes import actions as outcomes
from panels import actions as panels
from panels.meetings import actions, queries
from panels.meetings.models import Meeting, MeetingDecision
from panels.meetings.states import Rhythm
from tests.factories import GroupFactory, NetworkFactory, Story, UserFactory, give_role
from tests.journeys.rooms import entered

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
DECISIONS = ("Scan before any change of dose.", "Stop the tablets for a week.", "Ask the paediatric surgeons.")


class OfAnother(Story):
    """A panel of another network, by a lead whose hospital belongs to both."""

    @cached_property
    def panel(self):
        network, centre = self.group.network, self.lead.centre
        CentreMembership.objects.create(centre=centre, network=network, kind="full", since=clock.rights_day())
        panel = panels.draft_panel(self.case, network=network, by=self.lead)
        words = {"question": self.canary("question"), "title": self.canary("title"), "group": self.group}
        return panels.prepare(panel, by=self.lead, version=panel.version, **words)


class Board:
    """Three panels of three leads, the last one of the other network; the chair belongs to all of them, and a member to
    two: the invitation to the third waits for an answer."""

    def __init__(self) -> None:
        theirs = GroupFactory(network=NetworkFactory(code="BOND", name="ERN BOND"), number=4, name="Bone")
        self.chair, self.member = UserFactory(display_name="Dr In Chair"), UserFactory(display_name="Dr Member")
        self.stories = [Story("a"), Story("b"), OfAnother("c")]
        group = self.stories[0].group
        give_role(self.chair, Role.GROUP_COORDINATOR, group=group)
        for story, its_group in zip(self.stories, (group, group, theirs), strict=True):
            story.group = its_group
            story.open(self.chair, self.member)
            for person in (self.chair, *([] if its_group is theirs else [self.member])):
                panels.accept(story.invitation(person), by=person)
        first = clock.today() + dt.timedelta(days=1)
        when = {
            "rhythm": Rhythm.MONTHLY_LAST if first.day > 28 else Rhythm.MONTHLY,
            "first_on": first,
            "at": dt.time(16),
        }
        size = {"minutes": 60, "slots": 4, "link": "https://video.example/board"}
        people = [self.chair, self.member, *(story.lead for story in self.stories)]
        self.series = actions.start_series(
            groups=[group, theirs], name="Joint board", people=people, by=self.chair, **when, **size
        )
        self.meeting = self.series.meetings.first()

    def begins(self) -> None:
        Meeting.objects.filter(pk=self.meeting.pk).update(starts_at=clock.now() - dt.timedelta(minutes=1))


def test_three_cases_of_two_networks_from_the_invitation_to_three_closed_outcomes(browser, live_server):
    board = Board()
    chair = entered(board.chair, browser, live_server.url)
    lead = entered(board.stories[0].lead, browser, live_server.url)
    phone = entered(board.member, browser, live_server.url, width=390, height=844)
    phone.go("/")
    phone.click("Answer", role="link")
    phone.click("Accept and open the case")
    phone.sees(board.stories[2].panel.ref)
    bring(lead, board)
    board.begins()
    sheet = f"/meetings/{board.meeting.pk}/sheet/"
    for person in (chair, phone):
        person.page.clock.install()
    phone.go(sheet)
    chair.go(sheet)
    assert phone.status_of(f"/meetings/{board.meeting.pk}/join/") == 302
    expect(chair.page.get_by_role("checkbox", name="Dr Member")).to_be_checked()
    chair.page.get_by_role("checkbox", name="Dr In Chair").press("Space")
    expect(chair.page.get_by_role("heading", name="Present").locator("xpath=..")).to_contain_text("2 of 5")
    chair.click("Begin")
    expect(chair.page.get_by_role("button", name="Next panel")).to_be_visible()
    without_network(chair, phone)
    for place, text in enumerate(DECISIONS[1:], start=2):
        chair.click("Next panel")
        chair.sees(f"Panel {place} of 3")
        record(chair, text)
        phone.sees(text)
    assert phone.page.get_by_role("button", name="Record").count() == 0
    chair.page.get_by_text("The meeting is over").click()
    chair.click("Yes, it is over")
    chair.sees("The outcomes can be written now.")
    taken = [queries.decided(item) for item in board.meeting.agenda.order_by("position")]
    assert [row.text for rows in taken for row in rows] == [*DECISIONS]
    assert board.meeting.attendance.filter(present=True).count() == 3
    write_and_close(board, chair, phone, browser, live_server.url)
    for person in (chair, lead, phone):
        person.close()


def record(chair, text) -> None:
    """A decision; the keyboard is where the next one is typed."""
    chair.type("Next decision", text)
    chair.click("Record")
    chair.sees(text)
    expect(chair.page.get_by_label("Next decision")).to_be_focused()


def write_and_close(board, chair, member, browser, url) -> None:
    """What was decided stands in each outcome's draft. Each lead sends the text, members sign it, and each lead closes the panel."""
    for job in Job.objects.filter(task="outcomes.take_decision"):
        outcomes.take_decision(job.ids["decision_id"], by=None)
    leads = [entered(story.lead, browser, url) for story in board.stories]
    for lead, story, text in zip(leads, board.stories, DECISIONS, strict=True):
        send(lead, story, text)
        sign(member, story)
    sign(chair, board.stories[0])
    for lead, story in zip(leads, board.stories, strict=True):
        lead.go(f"/panels/{story.panel.ref}/outcome/")
        if story is not board.stories[0]:  # there everybody has answered
            lead.tick("Close although 1 has not answered")
        lead.click("Close and make the document")
        lead.sees("The panel is closed.")
        lead.close()
    closed = [(story.fresh().state, story.fresh().outcome.items.get().text) for story in board.stories]
    assert closed == [("closed", text) for text in DECISIONS]


def send(lead, story, text) -> None:
    lead.go(f"/panels/{story.panel.ref}/")
    lead.start_counting()
    lead.click("Start the outcome")
    expect(lead.page.get_by_label("Text of advice 1")).to_have_value(text)
    lead.type("Conclusion", "As the board decided.")
    lead.click("Ask for signatures")
    lead.sees("Members are asked to sign")
    assert lead.hands == 3


def sign(person, story) -> None:
    person.go(f"/panels/{story.panel.ref}/outcome/")
    person.click("Sign version 1")
    person.sees("Your signature is recorded.")


def bring(lead, board) -> None:
    """One lead in the browser: from the panel to the agenda in one interaction. The others come the same way."""
    lead.go(f"/panels/{board.stories[0].panel.ref}/")
    lead.start_counting()
    lead.click("(4 places left)")
    lead.sees("The panel is on the agenda.")
    assert lead.hands == 1
    for story in board.stories[1:]:
        actions.bring(story.fresh(), to=board.meeting, invite=False, by=story.lead)


MINUTE, ROUND = 60_000, 6_000


def without_network(chair, phone) -> None:
    """For more than a minute of the pages' own clocks: what is typed, recorded and ticked is kept meanwhile, and all of it goes out
    by itself, once, when the network is back; the phone hears of it."""
    for person in (chair, phone):
        person.context.set_offline(True)
    chair.type("Next decision", DECISIONS[0])
    chair.click("Record")
    tick = chair.page.get_by_role("checkbox", name="Dr Lead Person").first
    tick.press("Space")
    time_passes(MINUTE, chair, phone)
    for person in (chair, phone):
        person.sees("No network at the moment.")
    expect(chair.page.get_by_label("Next decision")).to_have_value(DECISIONS[0])
    expect(tick).not_to_be_checked()
    assert not MeetingDecision.objects.exists()
    for person in (chair, phone):
        person.context.set_offline(False)
    time_passes(ROUND, chair, phone)
    expect(chair.page.get_by_role("list").filter(has_text=DECISIONS[0]).first).to_be_visible()
    expect(chair.page.get_by_label("Next decision")).to_have_value("")
    expect(tick).to_be_checked()
    expect(chair.page.get_by_text("No network at the moment.")).to_be_hidden()
    time_passes(ROUND, chair, phone)
    phone.sees(DECISIONS[0])
    assert MeetingDecision.objects.count() == 1


def time_passes(milliseconds: int, *people) -> None:
    """On the pages' own clocks, round by round: each is asked for what its timers do before the next one is due."""
    for _ in range(milliseconds // ROUND):
        for person in people:
            person.page.clock.run_for(ROUND)
