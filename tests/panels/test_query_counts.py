"""A page asks the database the same number of questions, whether it shows one row or half a dozen; `bin/bench` asks with 300."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpms import clock
from cpms.accounts.roles import Role
from helpdesk import actions as helpdesk
from outcomes import actions as outcomes
from panels import actions as panels
from panels.meetings import actions as meetings
from tests.clients import signed_in
from tests.factories import GroupFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])

MANY = 6


def queries(client, path):
    """The statements of one request; an earlier one has warmed what a process looks up once."""
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in caught.captured_queries]


def story_of(lead, number):
    story = Story(f"q{number}")
    story.lead = lead
    story.open(UserFactory())
    return story


def the_same(few, many):
    """Equal counts, and the extra statements when they are not."""
    assert len(many) == len(few), "\n".join(sorted({sql[:300] for sql in many[len(few) - 3 :]}))


@pytest.mark.parametrize("path", ["/", "/panels/", "/patients/"])
def test_a_leads_lists(path):
    lead = UserFactory()
    story_of(lead, 0)
    client = signed_in(lead)
    few = queries(client, path)
    for number in range(1, MANY):
        story_of(lead, number)
    the_same(few, queries(client, path))


@pytest.mark.parametrize("seated", [True, False])
@pytest.mark.parametrize("path", ["/", "/panels/"])
def test_an_experts_lists(path, seated):
    lead, expert = UserFactory(), UserFactory()
    client = signed_in(expert)
    for number in range(MANY):
        story = story_of(lead, number)
        panels.invite_experts(story.fresh(), people=[expert], by=lead)
        if seated:
            panels.accept(story.invitation(expert), by=expert)
        if number == 0:
            few = queries(client, path)
    the_same(few, queries(client, path))


def fill(story, count):
    """So many members, each with a statement, a message and a view of the first statement."""
    first = None
    for number in range(count):
        person = UserFactory()
        story.seat(person)
        said = story.contribute(person, f"advice{number}")
        first = first or said
        panels.comment(story.fresh(), text="A message.", by=person)
        if first is not said:
            panels.take_stance(first, kind="dissent", text="No.", by=person)
        panels.mark(said, marked=True, by=story.lead)


@pytest.mark.parametrize(
    ("who", "path"), [("lead", "/panels/{ref}/"), ("lead", "/panels/{ref}/invite/"), ("expert", "/panels/{ref}/")]
)
def test_the_page_of_a_panel(who, path):
    story = Story()
    story.open()
    story.seat(story.expert)
    client, path = signed_in(getattr(story, who)), path.format(ref=story.panel.ref)
    fill(story, 2)
    few = queries(client, path)
    fill(story, MANY)
    the_same(few, queries(client, path))


@pytest.mark.parametrize("who", ["lead", "expert"])
def test_an_outcome(who):
    counts = []
    for size in (2, MANY):
        story = Story(f"o{size}")
        story.open()
        story.seat(story.expert)
        fill(story, size)
        outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
        rows = [{"id": item.pk, "text": item.text, "strength": "strong"} for item in outcome.items.all()]
        outcomes.write_outcome(
            story.fresh(), conclusion="Give salt.", items=rows, version=outcome.version, by=story.lead
        )
        outcomes.send_for_signature(story.fresh(), by=story.lead)
        counts.append(queries(signed_in(getattr(story, who)), f"/panels/{story.panel.ref}/outcome/"))
    the_same(*counts)


def test_a_meeting():
    counts = []
    for size in (2, MANY):
        story = Story(f"m{size}")
        story.open()
        fill(story, size)
        when = {"starts_at": clock.now() + dt.timedelta(days=2), "minutes": 30, "link": "https://video.example/x"}
        meeting = meetings.schedule(story.fresh(), by=story.lead, **when)
        counts.append(queries(signed_in(story.lead), f"/meetings/{meeting.pk}/"))
    the_same(*counts)


@pytest.mark.django_db(databases=["default", "cachedb"])
def test_reports():
    coordinator = UserFactory(role="none")
    network = GroupFactory().network
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=network)
    client, counts = signed_in(coordinator), []
    for months, size in ((1, 1), (2, MANY)):
        for _ in range(size):
            UserFactory()
        month = dt.date(2020, months, 1)
        helpdesk.freeze_month(month, by=None)
        counts.append(queries(client, f"/reports/?month={month:%Y-%m}"))
    the_same(*counts)


def test_a_coordinators_list_of_panels_put_before_the_group():
    lead, coordinator = UserFactory(), UserFactory(role="none")
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=GroupFactory().network)
    client = signed_in(coordinator)
    for number in range(MANY):
        story = story_of(lead, number)
        if number % 2 == 0:
            panels.take_up(story.panel.dispatches.get(), by=coordinator)
        if number == 1:
            few = queries(client, "/dispatch/")
    the_same(few, queries(client, "/dispatch/"))


def test_a_coordinators_list_of_referrals():
    coordinator = UserFactory(role="none")
    give_role(coordinator, Role.GROUP_COORDINATOR, group=GroupFactory())
    client = signed_in(coordinator)
    where = {"network": GroupFactory().network, "group": GroupFactory(), "urgency": "routine"}
    for number in range(MANY):
        who = {"name": "Dr Far", "hospital": "Far Hospital", "country": "IE", "text": "Low sodium?"}
        panels.refer(f"p{number}@outside.example", by=None, **who, **where)
        if number == 0:
            few = queries(client, "/referrals/")
    the_same(few, queries(client, "/referrals/"))
