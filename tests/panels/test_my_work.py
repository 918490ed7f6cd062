"""Everything that waits for a person is on one page, the most urgent first."""

import datetime as dt

import pytest

from cpms import clock
from cpms.accounts.roles import Role
from cpms.notifications import actions as notifications
from cpms.notifications.models import WorkItem
from cpms.notifications.states import Verb
from panels import actions as panels
from tests.clients import signed_in
from tests.factories import Story, UserFactory, give_role

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def test_what_does_not_fit_on_the_first_look_is_one_click_away():
    person, day = UserFactory(), dt.timedelta(days=1)
    for number in range(30):
        due = {"path": f"/for-{number}/", "due_at": clock.now() + number * day}
        notifications.open_work(person, Verb.SURVEY, on=UserFactory(), ref="", **due)
    client = signed_in(person)
    first, whole = client.get("/").content.decode(), client.get("/?all=1").content.decode()
    assert "Show 5 less urgent things" in first
    assert ("/for-24/" in first, "/for-25/" in first) == (True, False)
    assert all(f"/for-{number}/" in whole for number in range(30))
    assert "less urgent" not in whole


def test_of_one_day_the_urgent_comes_first_and_no_later_day_before_it():
    person, tonight = UserFactory(), clock.end_of_today()
    for path, days, hours, urgent in (("/early/", 1, 9, False), ("/urgent/", 1, 2, True), ("/next/", 2, 9, True)):
        due = tonight + dt.timedelta(days=days, hours=-hours)
        notifications.open_work(person, Verb.SURVEY, on=UserFactory(), ref="", path=path, due_at=due, urgent=urgent)
    page = signed_in(person).get("/").content.decode()
    assert sorted(("/early/", "/urgent/", "/next/"), key=page.index) == ["/urgent/", "/early/", "/next/"]


def test_a_coordinator_whose_role_ended_with_a_day_reads_no_number_and_is_asked_no_more():
    story, coordinator = Story(), UserFactory(role="none")
    give_role(coordinator, Role.GROUP_COORDINATOR, group=story.group)
    give_role(UserFactory(role="none"), Role.GROUP_COORDINATOR, group=story.group)
    panel, client = story.open(), signed_in(coordinator)
    assert panel.ref in client.get("/").content.decode()
    past = {
        "valid_from": clock.rights_day() - dt.timedelta(days=9),
        "valid_to": clock.rights_day() - dt.timedelta(days=1),
    }
    coordinator.memberships.update(**past)
    page = client.get("/")
    assert (panel.ref in page.content.decode(), page.context["shell"]["nav"][0].count) == (False, 0)
    assert panels.look_after_unattended(by=None) == 0
    waiting = WorkItem.objects.open().filter(verb=Verb.DISPATCH)
    assert coordinator.pk not in set(waiting.values_list("who", flat=True))
    assert waiting.count() == 1


def test_a_panel_in_which_everybody_said_no_comes_back_to_its_lead():
    story = Story()
    panel, lead = story.open(), signed_in(story.lead)
    [asked] = panels.invite_experts(panel, people=[story.expert], by=story.lead)
    assert "1 of 1 invitation not answered." in lead.get("/").content.decode()
    assert "You are told by mail as soon as somebody does." in lead.get(panel.get_absolute_url()).content.decode()
    panels.decline(asked, reason="field", by=story.expert)
    for path in ("/", panel.get_absolute_url()):
        page = lead.get(path).content.decode()
        assert "Nobody is asked at the moment." in page
        assert f"/panels/{panel.ref}/invite/" in page
        assert "not answered" not in page
        assert "Nobody has answered yet" not in page
    story.seat(story.second)
    assert "Nobody is asked at the moment." not in lead.get("/").content.decode()


def test_who_says_no_reads_who_could_ask_them_again():
    story = Story()
    [asked] = panels.invite_experts(story.open(), people=[story.expert], by=story.lead)
    page = signed_in(story.expert).post(
        f"/invitations/{asked.pk}/decline/", {"reason": "time"}, follow=True, secure=True
    )
    assert "You get no more reminders." in page.content.decode()


def test_a_panel_that_is_over_promises_no_mail_about_answers():
    story = Story()
    panel = story.open(story.expert)
    panels.withdraw(panel, by=story.lead)
    page = signed_in(story.lead).get(panel.get_absolute_url()).content.decode()
    assert "Nobody gave advice." in page
    assert "You are told by mail" not in page


def test_an_empty_list_tells_nobody_to_start_what_they_may_not_start():
    clinician, guest = signed_in(UserFactory()), signed_in(UserFactory(role="none", centre=None))
    for address, words in (
        ("/", "Starting one takes about 5 minutes."),
        ("/panels/", "A panel appears when you start one"),
        ("/patients/", "A patient appears when you start a panel"),
        ("/questions/", "Ask what you would ask a colleague"),
    ):
        assert words in clinician.get(address).content.decode()
        page = guest.get(address)
        assert (page.status_code, words in page.content.decode()) == (200, False), address
