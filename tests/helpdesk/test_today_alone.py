"""A list of the page of today alone, page by page: its last row is as near as its first."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cpms import clock
from cpms.accounts.models import CentreMembership
from helpdesk import queries
from helpdesk.queries import rows, today
from helpdesk.states import NudgeKind
from tests.clients import signed_in
from tests.factories import AccessRequestFactory, CentreFactory, PlaceProposalFactory, RoleProposalFactory
from tests.helpdesk.test_today import LONG_AGO, something_of_each, staff, still_panel

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
ALONE = 14


def test_one_list_stands_alone_page_by_page_and_its_buttons_lead_back_there(django_assert_num_queries, monkeypatch):
    _story, panel = still_panel()
    me, here = staff(panel.network), reverse("helpdesk:index")
    for _turn in range(12):
        something_of_each(panel.network)
    client = signed_in(me)
    monkeypatch.setattr(rows, "MOST_ALONE", 5)
    pages = [client.get(f"{here}?part=activation&page={number}").context["part"] for number in (1, 2, 3)]
    shown = [row.key for part in pages for row in part.rows]
    assert (len(shown), len(set(shown))) == (12, 12)
    assert [part.place for part in pages] == ["1 to 5 of 12", "6 to 10 of 12", "11 to 12 of 12"]
    with django_assert_num_queries(ALONE):
        words = client.get(f"{here}?part=activation&page=3").content.decode()
    assert "Page before" in words
    assert "Next page" not in words
    assert "Find and filter these accounts" in words
    sent = client.post(reverse("nudge"), {"kind": "activation", "key": str(shown[-1]), "page": "3"})
    assert sent.url == f"{here}?part=activation&page=3"
    assert "Sent today" in client.get(sent.url).content.decode()
    for nowhere in ("?part=activation&page=4", "?part=nothing", "?part=activation&page=99999999"):
        assert client.get(f"{here}{nowhere}").status_code == 200
    assert client.post(reverse("nudge"), {"kind": "nothing", "key": "1", "page": "3"}).url == here


def test_rows_of_one_name_or_moment_stand_on_one_page_each(monkeypatch):
    _story, panel = still_panel()
    me, moment = staff(panel.network), clock.now() - LONG_AGO
    for turn in range(14):
        centre = CentreFactory(network=panel.network, name="University Hospital", city=f"Town {turn}")
        AccessRequestFactory(centre=centre, email=f"asker{turn}@example.org", asked_at=moment)
    CentreMembership.objects.update(since=moment.date())
    monkeypatch.setattr(rows, "MOST_ALONE", 4)
    for kind in (NudgeKind.CENTRE, NudgeKind.REQUEST):
        parts = [part for page in range(1, 9) for part in queries.part_alone(kind, me, page=page)]
        shown = [row.key for part in parts for row in part.rows]
        assert len(set(shown)) == len(shown) == parts[0].count >= 14, kind
    assert {kind: today.FOUND[kind](me).query.order_by[-1] for kind in today.WORDS} == dict.fromkeys(today.WORDS, "pk")


def test_lists_without_a_button_open_alone_too(monkeypatch):
    _story, panel = still_panel()
    me, network = staff(panel.network), panel.network
    for _turn in range(6):
        RoleProposalFactory(network=network)
        PlaceProposalFactory(centre=CentreFactory(network=network))
    monkeypatch.setattr(rows, "MOST_ALONE", 5)
    parts = [part for page in range(1, 5) for part in queries.part_alone("second", me, page=page)]
    shown = [row.key for part in parts for row in part.rows]
    assert (len(set(shown)), [len(part.rows) for part in parts]) == (12, [5, 5, 2])
    moments = [row.since for part in parts for row in part.rows]
    assert moments == sorted(moments)
    page = signed_in(me).get(f"{reverse('helpdesk:index')}?part=second&page=2").content.decode()
    assert "6 to 10 of 12" in page
    assert "?part=second&amp;page=3" in page
    assert queries.part_alone("steps", me, page=1) == queries.part_alone("steps:NONE", me, page=1) == []
