"""A year in panels: measured minutes, corrected ones, and a statement without a patient's data."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpms import clock
from cpms.accounts.access import Refused
from outcomes import queries
from panels import actions as panels
from panels.models import Stance, TimeSpent, Visit
from tests.clients import signed_in
from tests.factories import CANARIES, Story, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    story = Story()
    story.open()
    story.seat(story.expert)
    return story


def back(story, seconds, looked=None):
    """The last sign of the page lies so far back, and the last look."""
    then = clock.now() - dt.timedelta(seconds=seconds)
    TimeSpent.objects.filter(panel=story.panel).update(present_at=then)
    Visit.objects.filter(panel=story.panel).update(at=clock.now() - dt.timedelta(seconds=looked or seconds))


def test_an_open_page_counts_and_one_left_open_does_not(story):
    panels.note_visit(story.fresh(), by=story.expert)
    assert TimeSpent.objects.get().seconds == 0
    back(story, 30)
    assert panels.note_presence(story.panel, by=story.expert) == 1
    assert TimeSpent.objects.get().seconds == 30
    back(story, 200)
    assert panels.note_presence(story.panel, by=story.expert) == 0
    back(story, 30, looked=1300)
    assert panels.note_presence(story.panel, by=story.expert) == 0
    assert (TimeSpent.objects.get().seconds, TimeSpent.objects.get().minutes) == (30, 1)


def test_polling_counts_for_whoever_polls(story):
    client = signed_in(story.expert)
    client.get(f"/panels/{story.panel.ref}/")
    back(story, 45)
    assert client.get(f"/panels/{story.panel.ref}/news/").status_code == 204
    assert TimeSpent.objects.get(who=story.expert).seconds == 45
    assert not TimeSpent.objects.filter(who=story.lead).exists()


def test_a_person_says_how_long_it_really_was(story):
    client, path = signed_in(story.expert), f"/panels/{story.panel.ref}/minutes/"
    client.get(f"/panels/{story.panel.ref}/")
    client.post(path, {"minutes": "25"})
    assert "Your time this year: 25 min" in client.get(f"/panels/{story.panel.ref}/").content.decode()
    client.post(path, {"minutes": "-1"})
    assert TimeSpent.objects.get().minutes == 25
    with pytest.raises(Refused):
        panels.say_minutes(story.fresh(), minutes=5, by=UserFactory())


def test_the_statement_counts_what_was_done_and_names_no_patient(story):
    said = story.contribute(story.expert)
    panels.take_stance(said, kind="agree", by=story.lead)
    panels.say_minutes(story.fresh(), minutes=40, by=story.expert)
    year = queries.statement_of(story.expert, clock.today().year)
    assert year.totals == {"panels": 1, "statements": 1, "views": 0, "minutes": 40, "signed": 0}
    assert queries.statement_of(story.lead, clock.today().year).lines[0].role == "lead"
    assert queries.statement_of(story.expert, 2019).lines == []
    client = signed_in(story.expert)
    page = client.get("/statement/").content.decode()
    file = client.get("/statement/pdf/?year=nonsense")
    assert story.panel.ref in page
    assert [token for token in CANARIES if token in page] == []
    assert (file["Content-Type"], file.content[:5]) == ("application/pdf", b"%PDF-")
    assert "Nothing yet" in signed_in(UserFactory()).get("/statement/").content.decode()


def test_a_year_of_views_or_minutes_alone_has_a_statement_too(story):
    said, now = story.contribute(story.expert), clock.now()
    assert queries.years_of(story.lead) == [now.year]
    panels.take_stance(said, kind="agree", by=story.lead)
    Stance.objects.update(at=now.replace(year=2021, day=1))
    panels.say_minutes(story.fresh(), minutes=5, by=story.lead)
    TimeSpent.objects.filter(who=story.lead).update(year=2020)
    assert queries.years_of(story.lead) == [now.year, 2021, 2020]
    TimeSpent.objects.filter(who=story.lead).update(said_minutes=0, seconds=90)
    assert queries.years_of(story.lead) == [now.year, 2021], "who says that it came to nothing has no line"


def test_the_statement_asks_as_much_for_thirty_panels_as_for_one():
    lead, counts = UserFactory(), []
    client = signed_in(lead)
    for number in range(30):
        story = Story(f"q{number}")
        story.lead = lead
        story.open()
        panels.say_minutes(story.fresh(), minutes=number + 1, by=lead)
        if number in {0, 29}:
            client.get("/statement/")
            with CaptureQueriesContext(connection) as caught:
                client.get("/statement/")
            counts.append(len(caught))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_two_windows_count_no_second_twice(story):
    panels.note_visit(story.fresh(), by=story.expert)
    back(story, 60)
    barrier = threading.Barrier(8)

    def work():
        barrier.wait()
        panels.note_presence(story.panel, by=story.expert)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert TimeSpent.objects.get().seconds in {60, 61}
