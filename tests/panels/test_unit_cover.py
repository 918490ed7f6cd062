"""A whole unit may see: who reads what by it, that nobody writes by it, and how it begins and ends."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.models import Delegation, Unit, UnitCover, User
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.notifications.models import OutboxMessage, WorkItem
from helpdesk.people import actions
from panels import actions as panels
from panels.cases.models import CaseGrant
from panels.meetings import actions as meetings
from panels.meetings import queries as meeting_queries
from panels.meetings.models import Meeting
from panels.models import Panel
from panels.queries import Wanted, listed, sight, worklist
from panels.states import State
from tests.clients import signed_in
from tests.factories import CANARIES, UserFactory, give_role
from tests.panels.covering import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return House()


NOTHING, PANEL_AND_CASE = [False] * 4, [True, True, True, False]


def test_the_unit_reads_while_it_lasts_and_not_a_request_longer(house):
    assert house.story.file
    assert house.sees() == NOTHING
    cover = house.cover()
    assert house.sees() == PANEL_AND_CASE
    actions.end_cover(cover, by=house.representative)
    assert house.sees() == NOTHING
    house.cover()
    yesterday = clock.rights_day() - dt.timedelta(days=1)
    UnitCover.objects.filter(ended_at=None).update(valid_from=yesterday, valid_to=yesterday)
    assert house.sees() == NOTHING


def test_a_cover_of_later_days_opens_nothing_yet(house):
    house.cover(begins=3)
    assert house.sees() == NOTHING


@pytest.mark.parametrize("who", ["another_unit", "no_unit", "another_hospital", "assistant", "no_clinician", "guest"])
def test_nobody_else_sees_by_it(house, who):
    other = Unit.objects.create(centre=house.unit.centre, name="Thyroid clinic")
    centre = house.unit.centre
    people = {
        "another_unit": lambda: UserFactory(centre=centre, unit=other),
        "no_unit": lambda: UserFactory(centre=centre),
        "another_hospital": lambda: UserFactory(unit=house.unit),  # no form makes such a row
        "assistant": lambda: UserFactory(role="none", centre=centre),
        "no_clinician": lambda: UserFactory(role="none", centre=centre, unit=house.unit),
        "guest": lambda: UserFactory(role="none", centre=None, unit=house.unit),
    }
    person = people[who]()
    if who == "assistant":
        Delegation.objects.create(assistant=person, clinician=house.colleague)
    house.cover()
    assert house.sees(person) == NOTHING
    assert house.sees() != NOTHING


def leave_unit(house):
    accounts.move_to_unit(house.colleague, unit=None, by=house.representative)


def leave_hospital(house):
    accounts.leave_centre(house.colleague, by=house.representative)


def end_role(house):
    accounts.end_role(house.colleague.memberships.get(role=Role.CLINICIAN), by=house.representative)


def move_lead(house):
    accounts.move_to_unit(house.story.lead, unit=None, by=house.representative)


def switch_off_lead(house):
    User.objects.filter(pk=house.story.lead.pk).update(is_active=False)


def withdraw_consent(house):
    consent.withdraw_consent(house.story.patient, by=house.story.lead, stage=Stage.CARE)


def withdraw_panel(house):
    panels.withdraw(house.story.fresh(), by=house.story.lead)


def still_draft(house):
    Panel.objects.update(state=State.DRAFT)


@pytest.mark.parametrize(
    "deed",
    [
        leave_unit,
        leave_hospital,
        end_role,
        move_lead,
        switch_off_lead,
        withdraw_consent,
        withdraw_panel,
        still_draft,
    ],
)
def test_it_ends_with_whatever_it_rests_on(house, deed):
    assert house.story.file
    house.cover()
    assert house.sees() == PANEL_AND_CASE
    deed(house)
    assert house.sees() == NOTHING


def test_who_sees_by_it_is_named_with_the_reason_and_is_exactly_who_sees(house):
    third = UserFactory(centre=house.unit.centre, unit=house.unit)
    UserFactory(centre=house.unit.centre)
    cover = house.cover()
    named = sight.seers(house.story.fresh().case.patient, consented=True)
    of_unit = [seer for seer in named if seer.until == cover.valid_to]
    assert {seer.person for seer in of_unit} == {house.colleague, third}
    assert {seer.why for seer in of_unit} == {
        "works in Adrenal clinic, whose clinicians may all see its panels (Holidays in August)"
    }
    lead = User.objects.get(pk=house.story.lead.pk)
    everybody = [one for one in User.objects.all() if lead.pk in one.covers()]
    assert set(everybody) == set(User.objects.all().covering(lead)) == {house.colleague, third}
    actions.end_cover(cover, by=house.representative)
    assert not [s for s in sight.seers(house.story.fresh().case.patient, consented=True) if s.person == third]


def test_the_page_opens_to_read_alone_and_every_reading_is_on_record(house):
    house.cover()
    client = signed_in(house.colleague)
    page = client.get(house.story.fresh().get_absolute_url(), secure=True)
    text = page.content.decode()
    assert page.status_code == 200
    assert "You read this panel as a colleague of the unit" in text
    assert 'id="reply"' not in text
    read = AuditEvent.objects.get(event=Event.PATIENT_READ, actor_id=house.colleague.pk)
    assert (read.patient_id, read.on_behalf_of_id) == (house.story.patient.pk, None)
    for name, data in (("panels:reply", {"kind": "message", "text": "x"}), ("panels:withdraw", {})):
        assert client.post(reverse(name, args=[house.story.panel.ref]), data, secure=True).status_code == 403
    for refused in ("cases:phenopacket",):
        assert client.get(reverse(refused, args=[house.story.case.pk]), secure=True).status_code == 403
    assert client.get(reverse("patients:detail", args=[house.story.patient.pseudonym]), secure=True).status_code == 404
    readings = sight.readings(house.story.patient)
    assert [(one.person, one.times) for one in readings if one.person == house.colleague] == [(house.colleague, 1)]


def test_lists_mark_what_is_the_units_and_no_work_comes_with_it(house):
    when = {"starts_at": clock.now() + dt.timedelta(days=2), "minutes": 30, "link": "https://video.example/x"}
    meeting = meetings.schedule(house.story.fresh(), by=house.story.lead, **when)
    house.cover()
    client, colleague = signed_in(house.colleague), User.objects.get(pk=house.colleague.pk)
    listing = client.get(reverse("panels:list"), {"unit": "on"}, secure=True).content.decode()
    assert "Your unit" in listing
    assert house.story.panel.ref in listing
    assert list(listed(colleague, Wanted(unit=True))) == [house.story.panel]
    home = client.get("/", secure=True).content.decode()
    assert "Every clinician of Adrenal clinic may read its panels" in home
    assert house.story.panel.ref not in home
    assert not [canary for canary in CANARIES if canary in home]
    assert worklist(colleague).rows == []
    assert not WorkItem.objects.filter(who=colleague).exists()
    assert list(meeting_queries.coming(colleague)) == []
    assert list(Meeting.objects.visible_to(colleague)) == [meeting]
    assert list(meeting_queries.coming(User.objects.get(pk=house.story.lead.pk))) == [meeting]


def test_the_filter_is_offered_only_while_there_is_something_to_filter(house):
    client = signed_in(house.colleague)
    assert "Only those of my unit" not in client.get(reverse("panels:list"), secure=True).content.decode()
    assert client.get(reverse("panels:list"), {"unit": "on"}, secure=True).status_code == 200
    house.cover()
    assert "Only those of my unit" in client.get(reverse("panels:list"), secure=True).content.decode()


def test_the_grants_stay_the_projection_of_invitations_alone(house):
    before = CaseGrant.objects.count()
    house.cover()
    assert CaseGrant.objects.count() == before
    assert panels.mend_sight(by=None) == 0


def test_only_the_hospital_moves_somebody_into_a_unit_that_sees_everything(house):
    newcomer = UserFactory(centre=house.unit.centre)
    desk = UserFactory(role="none")
    give_role(desk, Role.CORE_HELPDESK)
    house.cover()
    with pytest.raises(Refused, match="represents the hospital"):
        accounts.move_to_unit(newcomer, unit=house.unit, by=desk)
    assert house.sees(newcomer) == NOTHING
    OutboxMessage.objects.all().delete()
    for _ in range(2):
        actions.move_to_unit(User.objects.get(pk=newcomer.pk), unit=house.unit, by=house.representative)
    assert house.sees(User.objects.get(pk=newcomer.pk)) != NOTHING
    mails = set(OutboxMessage.objects.values_list("notice", "recipient"))
    others = User.objects.filter(unit=house.unit).holding(Role.CLINICIAN).exclude(pk=newcomer.pk)
    assert mails == {("unit_cover", newcomer.pk), *(("unit_joined", one.pk) for one in others)}
    assert OutboxMessage.objects.count() == len(mails) > 1
