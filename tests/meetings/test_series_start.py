"""The page that starts a series: who is asked is shown first, also that it is nobody, and a mistake elsewhere loses no tick."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cpms import clock
from panels.meetings.models import MeetingSeries
from tests.clients import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def test_groups_without_anybody_are_said_before_the_series_starts_and_struck_people_stay_struck(story, coordinator):
    person, other = UserFactory(), UserFactory()
    form = {"name": "Board", "rhythm": "weekly", "day": f"{clock.today() + dt.timedelta(days=10)}", "time": "16:00"}
    form |= {"minutes": "60", "slots": "4", "link": "", "groups": [story.group.pk]}
    client, path = signed_in(coordinator), reverse("meetings:series_new")
    text = client.post(path, form).content.decode()
    assert ("Nobody takes part in these groups yet." in text, MeetingSeries.objects.exists()) == (True, False)
    for one in (person, other):
        one.groups_of_interest.add(story.group)
    second = {"shown": "yes", "offered": [person.pk, other.pk], "people": [other.pk]}
    text = client.post(path, form | second | {"groups": []}).content.decode()
    for name, one in (("offered", person), ("offered", other), ("people", other)):
        assert f'<input type="hidden" name="{name}" value="{one.pk}">' in text
    assert f'name="people" value="{person.pk}"' not in text
    assert client.post(path, form | second).status_code == 302
    assert list(MeetingSeries.objects.get().people.all()) == [other]
