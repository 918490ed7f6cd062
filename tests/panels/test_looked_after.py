"""Whatever is done about a panel ends its silence: the task to look after it goes, and the clock does not ask again."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.accounts.roles import Role
from cpms.notifications.models import WorkItem
from cpms.notifications.states import Verb
from outcomes import actions as outcomes
from outcomes.models import Outcome
from outcomes.states import Decision
from panels import actions as panels
from panels import queries
from panels.meetings import actions as meetings
from panels.meetings.models import AgendaItem, Meeting
from panels.models import Contribution, Dispatch
from tests.factories import GroupFactory, Story, UserFactory, give_role
from tests.panels.test_idle import age

pytestmark = pytest.mark.django_db
WHEN = {"minutes": 30, "link": ""}


def asked(story):
    panels.contribute(story.fresh(), kind="need_data", text="A scan?", by=story.expert)


def returned(story):
    panels.return_with_question(Dispatch.objects.get(), reason="Which gene?", by=story.coordinator)


def called(story):
    meetings.schedule(story.fresh(), starts_at=clock.now(), by=story.lead, **WHEN)


def written(story):
    panels.mark(story.contribute(story.expert), marked=True, by=story.lead)
    outcome = outcomes.start_outcome(story.fresh(), by=story.lead)
    rows = [{"id": item.pk, "text": item.text, "strength": "strong"} for item in outcome.items.all()]
    words = {"conclusion": "Give salt.", "items": rows, "version": outcome.version}
    outcomes.write_outcome(story.fresh(), by=story.lead, **words)


def sent(story):
    written(story)
    outcomes.send_for_signature(story.fresh(), by=story.lead)


def nothing(_story):
    pass


def propose(story):
    dates = [clock.now() + dt.timedelta(days=days) for days in (2, 3)]
    meetings.propose_dates(story.fresh(), dates=dates, by=story.lead, **WHEN)


def decide(story):
    words = {"text": "Scan first.", "dissent": "", "owner": None, "due_on": None}
    meetings.decide(AgendaItem.objects.get(), by=story.lead, **words)


def sign(story):
    outcomes.sign(story.fresh(), decision=Decision.SIGNED, number=Outcome.objects.get().number, by=story.expert)


def clarify(story):
    panels.clarify(Dispatch.objects.get(), text="CYP21A2.", by=story.lead)


def set_terms(story):
    panels.set_terms(story.fresh(), quorum=2, wanted_by=clock.today() + dt.timedelta(days=9), by=story.lead)


def address(story):
    other = GroupFactory(number=2, name="Calcium")
    panels.address(story.fresh(), network=other.network, group=other, by=story.lead)


DEEDS = {
    "invites": (nothing, lambda story: panels.invite_experts(story.fresh(), people=[UserFactory()], by=story.lead)),
    "invites a guest": (nothing, lambda story: story.invite_guest()),
    "supplies data": (asked, lambda story: panels.supply(Contribution.objects.get(), by=story.lead)),
    "sets terms": (nothing, set_terms),
    "answers a coordinator": (returned, clarify),
    "addresses": (nothing, address),
    "takes up": (nothing, lambda story: panels.take_up(Dispatch.objects.get(), by=story.coordinator)),
    "wishes to meet": (nothing, lambda story: panels.wish_meeting(story.fresh(), by=story.expert)),
    "calls a meeting": (nothing, called),
    "proposes dates": (nothing, propose),
    "decides": (called, decide),
    "holds a meeting": (called, lambda story: meetings.hold(Meeting.objects.get(), present=None, by=story.lead)),
    "sends for signature": (written, lambda story: outcomes.send_for_signature(story.fresh(), by=story.lead)),
    "signs": (sent, sign),
}


def waits():
    return WorkItem.objects.open().filter(verb=Verb.REVIVE).count()


@pytest.mark.parametrize("deed", DEEDS)
def test_the_silence_is_over(deed):
    story = Story()
    give_role(coordinator := UserFactory(role="none"), Role.GROUP_COORDINATOR, group=story.group)
    story.coordinator = coordinator
    story.open()
    story.seat(story.expert)
    before, do = DEEDS[deed]
    before(story)
    age(story, 40)
    assert panels.look_after_idle(by=None) == 1
    assert waits() == 1
    do(story)
    assert waits() == 0
    assert panels.look_after_idle(by=None) == 0
    assert waits() == 0
    age(story, 22)
    assert len(queries.standing_still()[0]) == 1
