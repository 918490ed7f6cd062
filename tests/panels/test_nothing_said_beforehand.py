"""Advice is of no kind, and nobody is sure of it, before its author says so."""

from __future__ import annotations

import re

import pytest

from panels.models import Contribution
from tests.clients import signed_in
from tests.factories import Story

pytestmark = pytest.mark.django_db


@pytest.fixture
def story():
    return Story.of_two()


def chosen(body: str) -> list[str]:
    """What stands chosen in the reply's buttons and list when the page opens."""
    form = body.partition('id="reply"')[2].partition("</form>")[0]
    ticked = re.findall(r'<input[^>]*type="radio"[^>]*value="(\w*)"[^>]*checked', form)
    return ticked + re.findall(r'<option value="(\w+)" selected', form)


@pytest.mark.parametrize(("who", "stands"), [("expert", []), ("lead", ["message"])])
def test_an_expert_finds_nothing_chosen_and_who_asks_a_message(story, who, stands):
    client = signed_in(getattr(story, who))
    assert chosen(client.get(story.fresh().get_absolute_url()).content.decode()) == stands


def test_what_is_said_of_no_kind_is_asked_about_and_keeps_its_words(story):
    client, address = signed_in(story.expert), f"/panels/{story.panel.ref}/reply/"
    answer = client.post(address, {"text": "Look for a second cause.", "certainty": "very"})
    body = answer.content.decode()
    assert (answer.status_code, Contribution.objects.count()) == (422, 0)
    assert "Look for a second cause.</textarea>" in body
    assert chosen(body) == ["very"]
    beside = body.partition('id="id_kind_error"')[2].partition("</fieldset>")[0]
    assert "Choose what it is: a message, or which kind of advice." in beside


@pytest.mark.parametrize(("certainty", "shown"), [("", []), ("not", ["Not sure"]), ("fairly", ["Fairly sure"])])
def test_how_sure_somebody_is_stands_only_where_they_said_it(story, certainty, shown):
    client, address = signed_in(story.expert), f"/panels/{story.panel.ref}/reply/"
    client.post(address, {"kind": "test", "text": "Culture first.", "certainty": certainty})
    assert Contribution.objects.get().certainty == certainty
    thread = client.get(story.fresh().get_absolute_url()).content.decode()
    thread = thread.partition('<ol class="thread')[2].partition("</ol>")[0]
    assert re.findall(r"\w+ sure", thread) == shown
