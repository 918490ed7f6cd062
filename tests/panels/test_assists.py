"""The helpdesk looks on for an hour by the lead's word, or by two people with a reason; it ends by itself, and all is on record."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse

from consent import actions as consent
from consent.states import Stage
from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts.access import Refused
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.notifications.models import OutboxMessage
from helpdesk.people import actions as people
from helpdesk.people.models import GlassBreak
from panels import actions
from panels.cases.models import Case
from panels.models import Assist, Dispatch, Message, Panel, TimeSpent
from panels.queries import sight
from tests.access import oracle
from tests.access.cells import EXTRA, ask, body_of, client_for
from tests.access.routes import address, ours
from tests.access.world import World
from tests.clients import signed_in
from tests.factories import CANARIES, Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def story():
    story = Story("assist")
    story.open()
    return story


@pytest.fixture
def staff(story):
    return of_helpdesk(story, Role.HELPDESK_ADULT, "Desk One")


def of_helpdesk(story, role, name):
    user = UserFactory(role="none", display_name=name)
    give_role(user, role, network=story.group.network)
    return user


def sees(user, story) -> bool:
    return Panel.objects.visible_to(type(user).objects.get(pk=user.pk)).filter(pk=story.panel.pk).exists()


def test_the_lead_lets_one_person_in_who_reads_and_writes_nothing(story, staff):
    other = of_helpdesk(story, Role.HELPDESK_PAEDIATRIC, "Desk Two")
    here = story.fresh().get_absolute_url()
    client = signed_in(staff)
    assert client.get(here, secure=True).status_code == 404
    lead = signed_in(story.lead)
    assert (
        lead.post(reverse("panels:let_in", args=[story.panel.ref]), {"who": staff.pk}, secure=True).status_code == 302
    )
    page = client.get(here, secure=True).content.decode()
    assert "You look on until" in page
    assert story.canary("question") in page
    assert story.canary("number") not in page
    assert (
        client.post(reverse("panels:reply", args=[story.panel.ref]), {"kind": "message"}, secure=True).status_code
        == 403
    )
    assert client.get(story.patient.get_absolute_url(), secure=True).status_code == 404
    assert not Case.objects.visible_to(staff).exists()
    assert not Message.objects.filter(author=staff).exists()
    assert "Your time this year" not in page
    assert not TimeSpent.objects.filter(who=staff).exists()
    assert signed_in(other).get(here, secure=True).status_code == 404
    assert "Desk One of the helpdesk looks on until" in lead.get(here, secure=True).content.decode()
    reads = AuditEvent.objects.filter(event="patient_read", actor_id=staff.pk, patient_id=story.patient.pk)
    assert reads.count() == 1
    shown = lead.get(reverse("panels:sight", args=[story.patient.pseudonym]), secure=True).content.decode()
    assert f"was let into {story.panel.ref} by Dr Lead Person" in shown
    assert [(r.person, r.times) for r in sight.readings(story.patient) if r.person == staff] == [(staff, 1)]


def test_the_hour_ends_by_itself_to_the_second(story, staff, monkeypatch):
    assist = actions.let_in(story.fresh(), who=staff, by=story.lead)
    assert assist.until == assist.given_at + dt.timedelta(hours=1)
    for seconds, open_ in ((-1, True), (0, False), (1, False)):
        monkeypatch.setattr(clock, "now", lambda at=assist.until + dt.timedelta(seconds=seconds): at)
        assert sees(staff, story) is open_


@pytest.mark.parametrize("cause", ["ended", "given back", "role ended", "switched off", "consent", "withdrawn"])
def test_it_ends_on_the_next_request_for_every_cause(story, staff, cause):
    coordinator = of_helpdesk(story, Role.NETWORK_COORDINATOR, "Coordinator")
    assist = actions.let_in(story.fresh(), who=staff, by=story.lead)
    assert sees(staff, story)
    assert not sight.hours_over(story.patient, consented=True)
    {
        "ended": lambda: actions.end_assist(assist, by=story.lead),
        "given back": lambda: actions.end_assist(assist, by=staff),
        "role ended": lambda: accounts.end_role(staff.memberships.get(), by=coordinator),
        "switched off": lambda: accounts.switch_account(staff, on=False, by=coordinator),
        "consent": lambda: consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE),
        "withdrawn": lambda: actions.withdraw(story.fresh(), by=story.lead),
    }[cause]()
    assert not sees(staff, story)
    assert sight.looking_on(story.lead, story.patient) == []
    seers = sight.seers(story.patient, consented=cause != "consent")
    assert staff.pk not in {seer.person.pk for seer in seers}
    (hour,) = sight.hours_over(story.patient, consented=cause != "consent")
    assert (hour.over_at is not None) == (cause in {"ended", "given back"}), "no end is said that is still to come"
    page = signed_in(story.lead).get(reverse("panels:sight", args=[story.patient.pseudonym]), secure=True)
    assert bool(re.search(r", from \d\d:\d\d, let in by", page.content.decode())) == (hour.over_at is None)


def test_only_the_treating_side_lets_in_and_only_its_own_helpdesk(story, staff):
    story.seat(story.expert)
    for who, by in ((staff, story.expert), (staff, staff), (UserFactory(), story.lead)):
        with pytest.raises(Refused):
            actions.let_in(story.fresh(), who=who, by=by)
    assist = actions.let_in(story.fresh(), who=staff, by=story.lead)
    with pytest.raises(Refused):
        actions.let_in(story.fresh(), who=staff, by=story.lead)
    with pytest.raises(Refused):
        actions.end_assist(assist, by=story.expert)
    assert Assist.objects.count() == 1


def test_breaking_the_glass_takes_two_people_and_the_clinician_reads_why(story, staff, settings):
    settings.DPO_EMAIL = "dpo@hospital.example"
    second, client = of_helpdesk(story, Role.HELPDESK_PAEDIATRIC, "Desk Two"), signed_in(staff)
    asked = {"ref": story.panel.ref.lower(), "reason": "The lead is away and the meeting begins."}
    assert client.post(reverse("people:glass"), asked, secure=True).status_code == 302
    glass = GlassBreak.objects.get()
    assert not sees(staff, story)
    confirm = reverse("people:confirm_glass", args=[glass.pk])
    assert client.post(confirm, secure=True).status_code == 403
    assert signed_in(second).post(confirm, secure=True).status_code == 302
    assert sees(staff, story)
    assert not sees(second, story)
    told = OutboxMessage.objects.filter(notice="glass_broken")
    assert {m.address or m.recipient.email for m in told} == {"dpo@hospital.example", story.lead.email}
    assert not [c for c in CANARIES if any(c in f"{m.ref}{m.link}" for m in told)]
    page = signed_in(story.lead).get(story.fresh().get_absolute_url(), secure=True).content.decode()
    assert "by break-glass, confirmed by Desk Two. Reason: The lead is away and the meeting begins." in page
    events = AuditEvent.objects.filter(event__in=["glass_asked", "let_in"], patient_id=story.patient.pk).order_by("pk")
    assert [(e.event, e.actor_id) for e in events] == [("glass_asked", staff.pk), ("let_in", second.pk)]
    with pytest.raises(Refused):
        people.confirm_glass(glass, by=second)
    hour, now = dt.timedelta(hours=1), clock.now()
    Assist.objects.update(given_at=now - 2 * hour, until=now - hour)
    page = signed_in(story.lead).get(reverse("panels:sight", args=[story.patient.pseudonym]), secure=True)
    assert "Reason: <bdi>The lead is away and the meeting begins.</bdi>" in page.content.decode(), (
        "for who looks afterwards"
    )


def test_of_a_patient_left_behind_who_says_who_answers_next_hears_of_a_broken_glass(story, staff):
    representative, centre = UserFactory(role="none", centre=story.lead.centre), story.lead.centre
    second = of_helpdesk(story, Role.HELPDESK_PAEDIATRIC, "Desk Two")
    coordinator = of_helpdesk(story, Role.NETWORK_COORDINATOR, "Coordinator")
    accounts.switch_account(story.lead, on=False, by=coordinator)
    for heard, page in ((coordinator, "people:centre"), (representative, "people:left_behind")):
        if heard == representative:
            give_role(representative, Role.REPRESENTATIVE, centre=centre)
        assist = actions.break_glass(story.fresh(), who=staff, reason="Nobody answers.", by=second)
        (mail,) = OutboxMessage.objects.filter(notice="glass_broken", about_id=assist.pk)
        assert (mail.recipient, mail.link) == (heard, reverse(page, args=[centre.pk]))
        assert mail.ref == "", "the number begins with the network's code"
        actions.end_assist(assist, by=staff)


def test_a_panel_of_another_network_has_no_number_here(story):
    stranger = UserFactory(role="none")
    give_role(stranger, Role.CORE_HELPDESK)
    answer = signed_in(stranger).post(reverse("people:glass"), {"ref": story.panel.ref, "reason": "x"}, secure=True)
    assert answer.status_code == 422
    assert "No open or closed panel of your network has this number." in answer.content.decode()


def test_the_banner_stands_on_every_page_of_the_case_for_both_sides():
    """Every page that the helper can open and that is about the case, and all that its clinician can."""
    world, found = World("outcome"), {"let_in": set(), "lead": set()}
    said = {"let_in": "You look on until", "lead": "of the helpdesk looks on until"}
    kinds = {"Panel", "Patient", "Case", "CaseFile", "Contribution", "Message", "Meeting", "DatePoll", "AgendaItem"}
    for who, words in said.items():
        client = client_for(world, who)
        for name, _pattern, route in ours():
            if route.public or route.model is None or route.model.__name__ not in kinds or "GET" not in route.methods:
                continue
            if oracle.expected(route, who, "outcome") != 200 or route.step_up:
                continue
            url = address(name, route, world.thing_for(route.model.__name__, who), EXTRA.get(name, {}))
            answer, _written, _events = ask(client, "GET", url)
            if answer.status_code == 200 and b'<main id="main"' in body_of(answer):
                assert words.encode() in body_of(answer), (name, who)
                found[who].add(name)
    pages = {
        "panels:detail",
        "outcomes:edit",
        "outcomes:version",
        "meetings:detail",
        "meetings:sheet",
        "meetings:dates",
    }
    assert found["let_in"] == pages
    assert found["lead"] >= pages | {"patients:detail", "cases:files", "cases:file", "cases:edit", "panels:sight"}


def test_the_banner_is_for_those_who_see_the_panel_and_ends_with_the_sight(story, staff, django_assert_num_queries):
    story.seat(story.expert)
    actions.let_in(story.fresh(), who=staff, by=story.lead)
    coordinator = of_helpdesk(story, Role.NETWORK_COORDINATOR, "Coordinator")
    dispatch = Dispatch.objects.get(panel=story.panel)
    assert story.lead.serves()  # read once per request, by every page, as are the roles
    assert not story.lead.is_staff
    with django_assert_num_queries(3):
        assert [row.may_end for row in sight.looking_on(story.lead, story.panel)] == [True]
    assert [row.may_end for row in sight.looking_on(story.expert, story.patient)] == [False]
    assert sight.looking_on(coordinator, dispatch) == []
    consent.withdraw_consent(story.patient, by=story.lead, stage=Stage.CARE)
    with django_assert_num_queries(2):
        assert sight.looking_on(story.lead, story.patient) == []
