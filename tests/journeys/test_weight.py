"""What a page weighs on the wire, as the browser counts it: the first visit, and the later ones."""

from __future__ import annotations

import pytest

from tests.journeys.person import Person
from tests.journeys.test_drafts_in_browser import take_session

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
FIRST, LATER = 200_000, 60_000
WEIGHT = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .reduce((sum, entry) => sum + entry.transferSize, 0)"""


def weight_of(person: Person, path: str) -> int:
    """Bytes with headers, of the page and of everything that it brought along."""
    person.go(path)
    person.page.wait_for_load_state("networkidle")
    return person.page.evaluate(WEIGHT)


def test_a_first_visit_and_later_ones_keep_the_budget(pages, rooms, browser):
    panel, meeting = f"/panels/{rooms.open.panel.ref}/", f"/meetings/{rooms.meeting.pk}/"
    lead = Person(browser, pages.url)
    take_session(lead, rooms.lead)
    stranger = Person(browser, pages.url)
    first = {"login": weight_of(stranger, "/accounts/login/"), "panel": weight_of(lead, panel)}
    assert all(10_000 < weight <= FIRST for weight in first.values()), first
    paths = ["/", panel, f"{panel}invite/", meeting, f"{meeting}sheet/", "/panels/new/", "/patients/", "/experts/"]
    paths += [f"/panels/{rooms.draft.panel.ref}/prepare/", f"/cases/{rooms.open.case.pk}/edit/"]
    later = {path: weight_of(lead, path) for path in (*paths, *paths)}
    assert all(0 < weight <= LATER for weight in later.values()), later
