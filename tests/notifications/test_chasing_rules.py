"""A network's own reminders: set by its coordinators, shown before they count, never twice, never for a thing done."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpms import clock
from cpms.accounts.access import Refused
from cpms.accounts.models import Network
from cpms.accounts.roles import Role
from cpms.notifications import actions, queries
from cpms.notifications.models import ChasingRule, OutboxMessage, WorkItem
from cpms.notifications.notices import Notice
from cpms.notifications.states import EXPIRY, IDLE, LADDER, OF_PANELS, REMIND_AFTER, Verb, rule_choices
from panels import actions as panels
from panels.models import Invitation, Panel
from panels.queries import standing_still
from tests.clients import signed_in
from tests.factories import NetworkFactory, Story, UserFactory, give_role
from tests.panels.test_idle import age as silent_for

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def coordinator():
    person = UserFactory(role="none")
    give_role(person, Role.NETWORK_COORDINATOR, network=NetworkFactory())
    return person


@pytest.fixture
def item():
    story = Story()
    story.open(story.expert)
    return WorkItem.objects.get(who=story.expert)


def opened(item, days):
    """The item opened so long ago, its next reminder by the rules in force."""
    at = clock.now() - days * DAY
    WorkItem.objects.filter(pk=item.pk).update(opened_at=at)
    item.refresh_from_db()
    WorkItem.objects.filter(pk=item.pk).update(remind_at=queries.due_by(item, rules()[item.verb]))


def rules(**changed):
    return {**queries.rules_of(NetworkFactory()), **changed}


def set_rules(by, network, days):
    network.refresh_from_db()
    actions.set_rules(network, rules=days, version=network.version, by=by)


def reminded():
    return OutboxMessage.objects.filter(notice=Notice.REMINDER).count()


def test_a_rule_counts_for_what_is_open_and_for_what_comes(coordinator, item):
    set_rules(coordinator, NetworkFactory(), rules(answer=[5]))
    item.refresh_from_db()
    assert item.remind_at == item.opened_at + 5 * DAY
    story = Story("b")
    story.open(story.expert)
    later = WorkItem.objects.get(who=story.expert)
    assert later.remind_at == later.opened_at + 5 * DAY
    urgent = Story("c")
    urgent.panel.urgency = "urgent"
    urgent.panel.save()
    urgent.open(urgent.expert)
    halved = WorkItem.objects.get(who=urgent.expert)
    assert halved.remind_at == halved.opened_at + 2.5 * DAY


def test_another_network_keeps_its_own(coordinator, item):
    other = Network.objects.create(code="BOND", name="ERN BOND")
    with pytest.raises(Refused):
        set_rules(coordinator, other, rules(answer=[1]))
    give_role(coordinator, Role.NETWORK_COORDINATOR, network=other)
    set_rules(coordinator, other, rules(answer=[1]))
    item.refresh_from_db()
    assert item.remind_at == item.opened_at + 3 * DAY


def test_what_was_reminded_is_not_reminded_again_by_an_earlier_day(coordinator, item):
    opened(item, 4)
    assert (actions.remind(), reminded()) == (1, 1)
    set_rules(coordinator, NetworkFactory(), rules(answer=[1, 30]))
    assert (actions.remind(), reminded()) == (0, 1)
    set_rules(coordinator, NetworkFactory(), rules(answer=[]))
    item.refresh_from_db()
    assert item.remind_at is None


@pytest.mark.parametrize("days", [[1, 2, 3, 4, 5], [3, 5]])
def test_what_lies_behind_by_new_days_is_one_mail(coordinator, item, days):
    opened(item, 6)
    WorkItem.objects.filter(pk=item.pk).update(reminders=0)
    changed = rules(answer=[*days, 9])
    (line,) = queries.preview(NetworkFactory(), changed).items
    set_rules(coordinator, NetworkFactory(), changed)
    assert [actions.remind() for _run in range(5)] == [1, 0, 0, 0, 0]
    item.refresh_from_db()
    assert (reminded(), item.reminders, line.number) == (1, len(days), len(days))
    assert item.remind_at == item.opened_at + 9 * DAY


def test_a_clock_that_was_down_for_days_reminds_once(item):
    opened(item, 8)
    assert [actions.remind(), actions.remind()] == [1, 0]
    item.refresh_from_db()
    assert (reminded(), item.reminders, item.remind_at) == (1, 2, None)


@pytest.mark.parametrize(("hours", "numbers"), [(2, []), (26, [1]), (60, [2]), (42, [1, 2])])
def test_the_preview_has_a_line_for_each_mail_until_midnight(item, monkeypatch, hours, numbers):
    """At noon, by days 2 and 3, which an urgent panel halves: 24 and 36 hours after it was opened so long before midnight."""
    noon = clock.now().replace(hour=12)
    monkeypatch.setattr(clock, "now", lambda: noon)
    WorkItem.objects.filter(pk=item.pk).update(urgent=True, opened_at=clock.end_of_today() - dt.timedelta(hours=hours))
    lines = queries.preview(NetworkFactory(), rules(answer=[2, 3])).items
    assert [line.number for line in lines] == numbers


def test_the_preview_is_what_is_sent_and_keeps_nothing(coordinator, item):
    opened(item, 2)
    assert queries.preview(NetworkFactory(), rules()).count == 0
    (line,) = queries.preview(NetworkFactory(), rules(answer=[2])).items
    assert (line.ref, line.to, line.number) == (item.ref, item.who.display_name, 1)
    assert not ChasingRule.objects.exists()
    panels.decline(Invitation.objects.get(), reason="time", by=item.who)
    assert queries.preview(NetworkFactory(), rules(answer=[2])).count == 0


def test_the_products_own_days_leave_no_row(coordinator):
    set_rules(coordinator, NetworkFactory(), rules(answer=[2]))
    set_rules(coordinator, NetworkFactory(), {**rules(), "answer": [3, 7]})
    assert not ChasingRule.objects.exists()


def test_silence_has_days_of_its_own(coordinator):
    story = Story()
    story.open()
    story.seat(story.expert)
    silent_for(story, 12)
    assert standing_still()[0] == []
    set_rules(coordinator, NetworkFactory(), rules(**{IDLE: [10, 11]}))
    found, long = standing_still()
    assert [panel.pk for panel in found] == [story.panel.pk]
    assert long == {story.panel.pk}
    set_rules(coordinator, NetworkFactory(), rules(**{IDLE: []}))
    silent_for(story, 90)
    assert standing_still() == ([], set())


def late_by(story, days):
    Panel.objects.filter(pk=story.panel.pk).update(wanted_by=clock.today() - days * DAY)


def test_the_ladder_has_days_of_its_own_and_stands_in_the_preview(coordinator):
    story = Story()
    story.open(story.expert)
    late_by(story, 1)
    network = NetworkFactory()
    assert [line.to for line in queries.preview(network, rules()).items] == ["Everybody who owes an answer"]
    assert panels.escalate(by=None) == 1
    assert [line.why for line in queries.preview(network, rules()).items] == []
    sooner = rules(**{LADDER: [1, 9]})
    assert [line.to for line in queries.preview(network, sooner).items] == ["The lead"]
    assert panels.escalate(by=None) == 0
    set_rules(coordinator, network, sooner)
    late_by(story, 2)
    assert panels.escalate(by=None) == 1
    set_rules(coordinator, network, rules(**{LADDER: []}))
    late_by(story, 300)
    assert panels.escalate(by=None) == 0


def test_the_preview_costs_the_same_for_one_late_panel_and_for_many():
    def cost():
        with CaptureQueriesContext(connection) as caught:
            queries.preview(NetworkFactory(), rules())
        return len(caught)

    costs = []
    for tag in "abcd":
        story = Story(tag)
        story.open(story.expert)
        late_by(story, 9)
        costs.append(cost())
    assert costs[0] == costs[-1]


def test_silence_stands_in_the_preview_on_its_day(coordinator):
    story = Story()
    story.open()
    story.seat(story.expert)
    for days, count in ((20, 0), (21, 1), (23, 0), (60, 1)):
        silent_for(story, days)
        shown = [line for line in queries.preview(NetworkFactory(), rules()).items if "Nothing happens" in line.why]
        assert (days, len(shown)) == (days, count)


def test_an_invitation_ends_by_the_networks_days(coordinator):
    set_rules(coordinator, NetworkFactory(), rules(**{EXPIRY: [5]}))
    story = Story()
    story.open(story.expert)
    invitation = Invitation.objects.get()
    assert invitation.expires_at - invitation.sent_at == 5 * DAY


@pytest.mark.parametrize(("days", "waits"), [([14], 7), ([5], 2.5)])
def test_an_urgent_panel_halves_the_days_of_an_invitation(coordinator, days, waits):
    set_rules(coordinator, NetworkFactory(), rules(**{EXPIRY: days}))
    story = Story()
    Panel.objects.filter(pk=story.panel.pk).update(urgency="urgent")
    story.open(story.expert)
    invitation = Invitation.objects.get()
    assert invitation.expires_at - invitation.sent_at == waits * DAY


def typed(**changed):
    return {about: ", ".join(map(str, days)) for about, days in rules().items()} | {"version": "1"} | changed


def test_the_page_shows_before_it_saves(coordinator, item):
    client = signed_in(coordinator)
    opened(item, 2)
    shown = client.post("/chasing/", {**typed(answer="2"), "preview": "1"})
    assert (shown.status_code, shown.context["preview"].count) == (200, 1)
    assert not ChasingRule.objects.exists()
    for wrong in ("7, 3", "0", "x", "1,2,3,4,5,6", "3,3", "400"):
        assert client.post("/chasing/", {**typed(answer=wrong), "save": "1"}).status_code == 422
    for few in ({"idle": "21"}, {"ladder": "3"}, {"expiry": ""}, {"expiry": "3, 7"}):
        assert client.post("/chasing/", {**typed(**few), "save": "1"}).status_code == 422
    assert client.post("/chasing/", {**typed(answer="2"), "save": "1", "network": "999"}).status_code == 302
    assert ChasingRule.objects.get().days == [2]


def test_two_coordinators_do_not_overwrite_each_other(coordinator):
    client, page = signed_in(coordinator), typed(answer="2")
    assert client.post("/chasing/", {**page, "save": "1"}).status_code == 302
    shown = client.post("/chasing/", {**typed(answer="9"), "preview": "1"})
    assert shown.context["form"]["version"].value() == "1"
    clash = client.post("/chasing/", {**typed(answer="9"), "save": "1"})
    assert (clash.status_code, ChasingRule.objects.get().days) == (409, [2])
    assert [(field.name, field.mine, field.theirs) for field in clash.context["clash"].fields] == [("answer", "9", "2")]
    assert client.post("/chasing/", {**typed(answer="9", version="2"), "save": "1"}).status_code == 302
    assert ChasingRule.objects.get().days == [9]


def test_the_page_asks_as_much_with_thirty_reminders_as_with_one(coordinator):
    client, counts = signed_in(coordinator), []
    for number in range(30):
        story = Story(f"q{number}")
        story.open(story.expert)
        if number in {0, 29}:
            client.get("/chasing/")
            with CaptureQueriesContext(connection) as caught:
                client.get("/chasing/")
            counts.append(len(caught))
    assert counts[0] == counts[1]


def test_every_rule_has_words_and_every_verb_of_a_panel_a_rule():
    assert {about for about, _words in rule_choices()} == {*REMIND_AFTER, *OF_PANELS} - {
        Verb.DECIDE,
        Verb.CONSENT_AGAIN,
        Verb.KEEP_OR_ERASE,
        Verb.HAND_OVER,
        Verb.NAME_REPRESENTATIVE,
        Verb.CONFIRM_PLACE,
        Verb.CONFIRM_ROLE,
        Verb.CONFIRM_FACTOR,
        Verb.SURVEY,
        Verb.TICKET,
        Verb.OUTREACH,
        Verb.HOLD,
    }
