"""The page of a clash says who saved what stands there now, and when: to those alone who may save it themselves."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from cpms import clock
from cpms.audit import queries as audit
from cpms.locking import Clash
from cpms.words import when
from panels import actions as panels
from panels.cases import actions as cases
from tests.cases.test_meanwhile import page_of
from tests.clients import signed_in
from tests.factories import DelegationFactory, GroupFactory, Story, UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
ROOT = Path(__file__).resolve().parents[2]
SAVERS = """
    cpms.accounts.actions.people cpms.accounts.actions.places cpms.notifications.actions.rules panels.actions.drafting
    panels.cases.actions.editing panels.cases.actions.forms panels.meetings.actions.rescheduling
    panels.meetings.actions.series panels.meetings.actions.sheet panels.meetings.actions.single
    outcomes.actions.correcting outcomes.actions.taking outcomes.actions.writing
""".split()


@pytest.fixture
def story():
    story = Story()
    story.helper = UserFactory(display_name="Oskar Helper", role="none", centre=story.lead.centre)
    DelegationFactory(clinician=story.lead, assistant=story.helper)
    return story


def said(page) -> list[str]:
    """Heading and sentence of the page, and what stands over the saved text, without their markup."""
    body = page.content.decode()
    parts = [*re.findall(r"<h1>.*?</h1>|<p class=.lead-in.>.*?</p>|<h3 class=.label.>.*?</h3>", body, re.DOTALL)]
    return [re.sub(r"<[^>]+>", "", part).strip() for part in parts]


def clash_of(story, saver):
    """The lead opened the case, ``saver`` saved it, and now the lead saves."""
    page = page_of(story.case)
    address = reverse("cases:edit", args=[story.case.pk])
    assert signed_in(saver).post(address, page | {"summary": "First."}).status_code == 302
    answer = signed_in(story.lead).post(address, page | {"summary": "Second."})
    assert answer.status_code == 409
    return answer


def test_who_shares_the_case_reads_who_saved_it_and_when(story):
    answer = clash_of(story, story.helper)
    with timezone.override(story.lead.zone):
        at = when(audit.saved_by(story.case, answer.context["version"]).at).lower()
    heading, sentence, over = said(answer)
    assert heading == "Oskar Helper changed this while you were writing"
    assert sentence.startswith(f"Saved {at}. Nothing is lost.")
    assert over == f"Saved by Oskar Helper, {at}"


def test_who_saved_it_themselves_in_another_window_is_told_so(story):
    heading, _sentence, over = said(clash_of(story, story.lead))
    assert heading == "You changed this in another window"
    assert over.startswith("Saved by you, today,")


def test_where_nobody_is_known_nobody_is_named(story):
    page = page_of(story.case)
    type(story.case).objects.filter(pk=story.case.pk).update(version=99, summary=None)
    answer = signed_in(story.lead).post(reverse("cases:edit", args=[story.case.pk]), page | {"summary": "Second."})
    assert said(answer)[:3:2] == ["Somebody changed this while you were writing", "Saved meanwhile"]


def test_a_draft_and_a_profile_name_who_saved_them_too(story):
    words = {"question": "Raise the dose?", "version": story.panel.version}
    panels.prepare(story.fresh(), by=story.helper, **words)
    assert audit.saved_by(story.panel, story.fresh().version).actor_id == story.helper.pk
    assert audit.saved_by(story.panel, story.fresh().version + 1) is None
    cases.correct_case(story.case, cases.Correction(), version=story.case.version, by=story.lead)
    assert audit.saved_by(story.case, story.case.version).actor_id == story.lead.pk


def test_all_that_two_say_of_a_draft_stands_in_the_clash(story):
    old, other = story.panel.version, GroupFactory(network=story.panel.network, number=7, name="Other")
    words = {"version": old, "question": "Raise it?", "title": "Dose", "wanted_by": clock.today()}
    panels.prepare(story.fresh(), by=story.helper, group=other, urgency="urgent", **words)
    with pytest.raises(Clash) as caught:
        panels.prepare(story.fresh(), by=story.lead, group=story.group, **words)
    assert [(one.name, one.mine, one.theirs, one.choice) for one in caught.value.fields] == [
        ("group", str(story.group), str(other), (str(story.group.pk), str(other.pk))),
        ("urgency", "Routine", "Urgent", ("routine", "urgent")),
    ]


@pytest.mark.parametrize("name", SAVERS)
def test_whatever_may_clash_writes_down_who_saved_it(name):
    assert re.search(r"saved=|\"saved\":", inspect.getsource(import_module(name)))


def test_every_module_that_raises_a_clash_is_among_them():
    clashing = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for top in ("cpms", "panels", "outcomes", "consent", "helpdesk")
        for path in (ROOT / top).rglob("actions/*.py")
        if re.search(r"locking\.(claim|Clash)\(|write_text\(", path.read_text())
    }
    assert clashing - set(SAVERS) == set()
