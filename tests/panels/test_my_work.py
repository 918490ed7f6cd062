"""Everything that waits for a person is on one page, the most urgent first."""

import datetime as dt

import pytest

from cpms import clock
from cpms.notifications import actions as notifications
from cpms.notifications.states import Verb
from tests.clients import signed_in
from tests.factories import UserFactory

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
