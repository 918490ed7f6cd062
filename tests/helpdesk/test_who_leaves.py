"""Who leaves, moves to another hospital or hands a patient over takes no figure along: a hospital keeps what was done there."""

from __future__ import annotations

import datetime as dt
import importlib

import pytest
from django.db import connection

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.models import Centre, CentreMembership
from cpms.accounts.roles import Role
from helpdesk import actions, kpis
from helpdesk.kpis.evidence import evidence_of
from helpdesk.models import KpiCorrection
from helpdesk.queries import today
from panels import actions as panels
from panels.meetings import actions as meetings
from panels.meetings.models import Attendance
from panels.models import Contribution, Invitation, Panel
from panels.states import DeclineReason
from tests.factories import CentreFactory, Story, UserFactory, give_role
from tests.helpdesk.test_kpis import freeze, this_month
from tests.patients.house import House, again

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


class Month:
    """Two panels of one hospital, of which the second is nobody's but the lead's; an expert of another who answered, advised
    and came to a meeting. The month is frozen."""

    def __init__(self, monkeypatch):
        self.house, second = House(), Story("b")
        self.story, second.lead, second.expert = self.house.story, self.house.lead, self.house.story.expert
        self.coordinator = UserFactory(role="none")
        give_role(self.coordinator, Role.NETWORK_COORDINATOR, network=self.story.group.network)
        for story in (self.story, second):
            story.open()
            story.seat(self.story.expert)
            story.contribute(self.story.expert)
        when = {"starts_at": clock.now(), "minutes": 30, "link": "https://video.example/x"}
        meeting = meetings.schedule(self.story.fresh(), by=self.house.lead, **when)
        meetings.join(meeting, by=self.story.expert)
        meetings.hold(meeting, present=[self.house.lead], by=self.house.lead)
        self.centres = [self.house.centre, self.story.expert.centre]
        CentreMembership.objects.update(since=dt.date(2020, 1, 1))
        freeze(monkeypatch)
        self.lines, self.packs, self.idle = lines(), self.evidence(), idle()
        self.before = set(Centre.objects.values_list("pk", flat=True))

    def evidence(self):
        found = []
        for centre in self.centres:
            reader = UserFactory(role="none", centre=centre)
            give_role(reader, Role.REPRESENTATIVE, centre=centre)
            found.append({fact.words: counts[-1] for fact, counts in evidence_of(centre, reader).lines})
        return found

    def stands(self):
        """As it stood when the month was frozen: official figures, evidence, and who is written to for having no panel."""
        assert actions.note_corrections(this_month(), by=None) == 0
        assert not KpiCorrection.objects.exists()
        now = lines()
        assert {place: now[place] for place in self.lines} == self.lines
        assert self.evidence() == self.packs
        assert idle() & self.before == self.idle


def lines():
    """Every figure of the running month that is counted again."""
    return {
        line.place: {name: n for name, n in (vars(line) | line.figures).items() if name in kpis.LATE}
        for line in kpis.counted(this_month())
    }


def idle():
    return set(today.silent_this_year().values_list("pk", flat=True))


@pytest.fixture
def month(monkeypatch):
    return Month(monkeypatch)


def test_a_month_holds_what_the_two_hospitals_did(month):
    led, expert = month.packs
    assert {led[name] for name in ("Panels opened", "Patients entered", "Patients reviewed")} == {2}
    assert [led["Meetings attended"], expert["Meetings attended"]] == [1, 1]
    names = ("Invitations answered", "Statements written", "Experts answering")
    assert [expert[name] for name in names] == [2, 2, 1]
    assert month.house.centre.pk not in month.idle
    assert {line["starters"] for place, line in month.lines.items() if place.centre == month.house.centre.pk} == {1}


def test_who_leaves_takes_no_figure_along(month):
    for person in (month.house.lead, month.story.expert):
        accounts.leave_centre(again(person), by=month.coordinator)
    month.stands()


def test_who_moves_takes_no_figure_along_and_new_ones_count_where_they_are(month):
    new = CentreFactory()
    for person in (month.house.lead, month.story.expert):
        accounts.leave_centre(again(person), by=month.coordinator)
        accounts.join_centre(person.email, display_name=person.display_name, centre=new, by=month.coordinator)
        give_role(again(person), Role.CLINICIAN, centre=new)
    month.stands()
    assert Panel.objects.filter(centre=new).count() == Contribution.objects.filter(centre=new).count() == 0


def test_a_hand_over_moves_no_figure(month):
    panels.hand_over([month.house.patient()], to=month.house.colleague, by=month.house.lead)
    assert Panel.objects.get(pk=month.story.panel.pk).lead == month.house.colleague
    month.stands()


def test_a_declined_invitation_counts_where_the_person_worked(month):
    other = UserFactory()
    panels.invite_experts(month.story.fresh(), people=[other], by=month.house.lead)
    panels.decline(month.story.invitation(other), reason=DeclineReason.values[0], by=other)
    accounts.leave_centre(again(other), by=month.coordinator)
    assert Invitation.objects.get(invitee=other).centre == other.centre


def test_rows_of_before_are_placed_where_they_were_made(month):
    """What the migrations wrote down of rows that had no place yet."""
    panels.hand_over([month.house.patient()], to=month.house.colleague, by=month.house.lead)
    accounts.leave_centre(again(month.story.expert), by=month.coordinator)
    known = [*rows()]
    other = CentreFactory()
    Panel.objects.update(centre=other, started_by=month.coordinator)
    for model in (Contribution, Invitation, Attendance):
        model.objects.update(centre=None)
    fill, there = (
        importlib.import_module(name)
        for name in ("panels.migrations.0010_where_it_was", "panels.meetings.migrations.0005_where_it_was")
    )
    said = [("panels_contribution", "author_id", "said.at"), ("panels_invitation", "invitee_id", "said.answered_at")]
    with connection.cursor() as cursor:
        for statement in (fill.PANELS, *(fill.WORKED.format(table=t, who=w, at=a) for t, w, a in said), there.FILL):
            cursor.execute(statement)
    assert [*rows()] == known


def rows():
    yield sorted(Panel.objects.values_list("ref", "centre", "started_by"))
    for model in (Contribution, Invitation, Attendance):
        yield sorted(model.objects.order_by().values_list("pk", "centre"), key=str)
