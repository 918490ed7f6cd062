"""The latest migrations over tables that hold rows: back, and forth again.

What each does to the database is run, step by step, on the models of today: to build the models of every state in between would take
twenty times as long. All is one transaction that the test rolls back.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from consent.models import Registry
from cpms import clock
from cpms.accounts.models import Membership
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from helpdesk.people.models import RoleProposal
from panels import actions as panels
from panels.meetings import actions as meetings
from panels.meetings.models import Attendance
from panels.models import Invitation, Panel
from tests.factories import NetworkFactory, RoleProposalFactory, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db
LATEST = (
    ("terminology", "0002_genes"),
    ("accounts", "0007_a_researchers_registry"),
    ("accounts", "0008_single_keys"),
    ("consent", "0004_a_researchers_registry"),
    ("people", "0005_a_researchers_registry"),
    ("people", "0006_one_wish_backwards"),
    ("people", "0007_why_people_stay_away"),
    ("panels", "0010_where_it_was"),
    ("panels", "0011_opened_by_centre"),
    ("panels", "0012_not_their_field"),
    ("panels", "0013_who_referred"),
    ("panels", "0014_when_proposed"),
    ("meetings", "0005_where_it_was"),
    ("notifications", "0004_addressees_gone"),
    ("helpdesk", "0006_where_it_stood"),
)
EARLIER = [("accounts", "0006_unit_cover"), ("consent", "0003_noted"), ("people", "0004_outreach")]
EARLIER += [
    ("terminology", "0001_release"),
    ("panels", "0009_leaving_and_views"),
    ("meetings", "0004_plans"),
    ("notifications", "0003_doubts"),
    ("helpdesk", "0005_rights"),
]


def steps():
    """Every operation of these migrations: the app, the state before it and the one after it."""
    loader = MigrationLoader(connection)
    state, found = loader.project_state(EARLIER), []
    for app, name in LATEST:
        for operation in loader.get_migration(app, name).operations:
            before, state = state, state.clone()
            operation.state_forwards(app, state)
            found.append((operation, app, before, state))
    for _operation, _app, before, after in found:
        before.__dict__["apps"] = after.__dict__["apps"] = apps
    return found


def back(done):
    with connection.schema_editor() as editor:
        for operation, app, before, after in reversed(done):
            operation.database_backwards(app, editor, after, before)


def forth(done):
    with connection.schema_editor() as editor:
        for operation, app, before, after in done:
            operation.database_forwards(app, editor, before, after)


def answered(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def researchers(network):
    """Two people who do research for two registries, one of them until a day; another's role is over. Gives all three."""
    today = clock.rights_day()
    for code in ("bones", "glands"):
        Registry.objects.create(code=code, name=f"Invented registry of {code}")
    Registry.objects.create(code="shut", name="Invented registry that is closed", closed_on=today)
    always, until, before = (UserFactory(role="none") for _ in range(3))
    for code in ("bones", "glands"):
        give_role(always, Role.RESEARCHER, network=network, registry=code)
        RoleProposalFactory(person=always, network=network, registry=code)
    give_role(until, Role.RESEARCHER, network=network, registry="bones", valid_to=today + dt.timedelta(days=9))
    past = {"valid_from": today - dt.timedelta(days=9), "valid_to": today - dt.timedelta(days=1)}
    give_role(before, Role.RESEARCHER, network=network, registry="bones", **past)
    return always, until, before


def met(story):
    """Advice was given, and the expert was there when the panel met."""
    story.open(story.expert)
    story.seat(story.expert)
    story.contribute(story.expert)
    soon = clock.now() + dt.timedelta(minutes=10)
    meeting = meetings.schedule(story.fresh(), starts_at=soon, minutes=30, link="", by=story.lead)
    meetings.hold(meeting, present=[story.expert], by=story.lead)
    return meeting


def test_the_latest_migrations_go_back_and_forth_over_rows():
    story, network = Story(), NetworkFactory()
    meeting, people = met(story), researchers(network)
    proposed = panels.propose_colleague(story.fresh(), better_name="Dr Other", by=story.expert)
    for name in ("waits", "went"):
        notifications.notify_address(f"{name}@far.example", notice=Notice.ADDRESS_UNKNOWN, about=people[0], again=name)
    went = OutboxMessage.objects.get(address="went@far.example")
    notifications.outbox.note_sent(went)
    answered("SET CONSTRAINTS ALL IMMEDIATE; SELECT 1")
    there = where(story, meeting)
    back(done := steps())
    assert answered("SELECT count(*) FROM accounts_membership WHERE role = 'researcher'") == [(3,)]
    assert answered("SELECT count(*) FROM people_roleproposal") == [(1,)]
    rows = OutboxMessage.objects.filter(recipient=None).order_by("address")
    assert [row.address for row in rows] == ["gone@cpms.invalid", "waits@far.example"]
    told = AuditEvent.objects.filter(event="role_granted").count()
    forth(done)
    always, until, before = people
    last = clock.rights_day() + dt.timedelta(days=9)
    assert held(always) == [("bones", None), ("glands", None)]
    assert held(until) == [("bones", last), ("glands", last)]
    assert [registry for registry, _last in held(before)] == [""], "what is over stays as it was held then"
    granted = AuditEvent.objects.filter(event="role_granted")[told:]
    assert sorted((event.subject_id, event.detail["registry"]) for event in granted) == sorted(
        (str(person.pk), "glands") for person in (always, until)
    )
    assert RoleProposal.objects.get().registry == "", "asked anew, for a registry"
    assert [row.address for row in rows.all()] == ["", "waits@far.example"]
    assert where(story, meeting) == there
    proposed.refresh_from_db()
    assert proposed.proposed_at == proposed.answered_at is not None, "as it counted before the moment was kept"


def held(person):
    return sorted(Membership.objects.filter(user=person).values_list("registry", "valid_to"))


def where(story, meeting):
    """The hospitals that stand in rows of what was: of the panel, of who answered, of who advised and of who was there."""
    panel = Panel.objects.get(pk=story.panel.pk)
    answered_at = Invitation.objects.filter(panel=panel).values_list("centre", flat=True)
    advised_at = panel.contributions.values_list("centre", flat=True)
    present = Attendance.objects.filter(meeting=meeting, present=True).values_list("centre", flat=True)
    return panel.centre_id, panel.started_by_id, list(answered_at), list(advised_at), list(present)
