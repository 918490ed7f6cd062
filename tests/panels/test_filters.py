"""The list of panels narrowed down, and filters that are kept."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.accounts.access import Refused
from panels import actions as panels
from panels.models import Panel, SavedFilter
from panels.states import MOST_FILTERS
from tests.clients import signed_in
from tests.factories import Story, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    return UserFactory()


def begun(lead, tag, days, **fields):
    story = Story(tag)
    story.lead = lead
    story.open()
    at = clock.now() - dt.timedelta(days=days)
    Panel.objects.filter(pk=story.panel.pk).update(drafted_at=at, **fields)
    return story.panel.ref


def refs(client, query):
    return [panel.ref for panel in client.get(f"/panels/?{query}").context["page"]]


def test_by_urgency_day_group_and_lead(lead):
    old, new = begun(lead, "a", 40), begun(lead, "b", 1, urgency="urgent")
    client = signed_in(lead)
    month_ago = (clock.today() - dt.timedelta(days=30)).isoformat()
    group = Panel.objects.get(ref=old).group_id
    assert refs(client, "urgency=urgent") == [new]
    assert refs(client, f"until={month_ago}") == [old]
    assert refs(client, f"since={month_ago}") == [new]
    assert refs(client, f"group={group}&state=open&mine=on") == [new, old]
    assert refs(client, "state=closed") == []
    assert refs(client, "group=999999&urgency=nonsense") == [new, old]


def test_a_filter_is_kept_once_shown_on_my_work_and_dropped(lead):
    begun(lead, "a", 1)
    client = signed_in(lead)
    for _ in range(2):
        assert client.post("/panels/filters/", {"state": "open", "mine": "on"}).url == "/panels/?state=open&mine=on"
    kept = SavedFilter.objects.get()
    assert (kept.label, kept.who) == ("Open, led by me", lead)
    assert "Open, led by me" in client.get("/").content.decode()
    assert signed_in(UserFactory()).post(f"/panels/filters/{kept.pk}/drop/").status_code == 404
    assert client.post(f"/panels/filters/{kept.pk}/drop/").status_code == 302
    assert not SavedFilter.objects.exists()


def test_nothing_chosen_is_not_kept_and_there_is_an_end(lead):
    client = signed_in(lead)
    assert client.post("/panels/filters/", {}).url == "/panels/"
    with pytest.raises(Refused):
        panels.save_filter("", label="", by=lead)
    assert client.post("/panels/filters/", {"since": "2020-02-02", "until": "2020-01-01"}).url == "/panels/"
    for number in range(MOST_FILTERS):
        panels.save_filter(f"since=2020-01-{number + 1:02d}", label="From a day", by=lead)
    with pytest.raises(Refused):
        panels.save_filter("since=2021-01-01", label="From a day", by=lead)


def test_search_takes_days(lead):
    old, new = begun(lead, "a", 40), begun(lead, "b", 1)
    client = signed_in(lead)
    day = (clock.today() - dt.timedelta(days=30)).isoformat()
    found = client.post("/search/", {"words": "ENDO", "since": day}).context["found"]
    assert [panel.ref for panel in found] == [new]
    found = client.post("/search/", {"words": "ENDO", "until": day}).context["found"]
    assert [panel.ref for panel in found] == [old]
    assert client.post("/search/", {"words": "ENDO", "since": day, "until": "2020-01-01"}).status_code == 422
