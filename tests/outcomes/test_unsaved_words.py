"""What is typed and not saved is left out of no document and of no signature without a word."""

import pytest

from cpms.drafts.queries import fields_of
from outcomes import actions as outcomes
from outcomes import queries
from outcomes.states import Decision
from panels import actions as panels
from tests.clients import signed_in
from tests.factories import Story

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
SAVED = "Give salt.\r\n\r\nThen again in six weeks."


@pytest.fixture
def story():
    """An outcome of two lines and one advice, out for signature, and one statement marked since."""
    story = Story()
    story.open()
    story.seat(story.expert)
    panels.mark(story.contribute(story.expert, kind="treatment"), marked=True, by=story.lead)
    outcomes.start_outcome(story.fresh(), by=story.lead)
    outcome = queries.outcome_of(story.fresh())
    rows = [{"id": item.pk, "text": item.text} for item in outcome.items.all()]
    outcomes.write_outcome(story.fresh(), items=rows, conclusion=SAVED, version=outcome.version, by=story.lead)
    outcomes.send_for_signature(story.fresh(), by=story.lead)
    panels.mark(story.contribute(story.expert, kind="test"), marked=True, by=story.lead)
    return story


def as_shown(client, story) -> dict[str, str]:
    """What a browser sends of the outcome's page: its texts with the line ends of the web."""
    page = client.get(f"/panels/{story.panel.ref}/outcome/")
    forms = [page.context["form"], page.context["advice"].management_form, *page.context["advice"]]
    sent = {field.html_name: field.value() for form in forms for field in form}
    said = {name: "" if value is None else str(value) for name, value in sent.items()}
    return {name: "\r\n".join(text.splitlines()) for name, text in said.items()} | {"although": "9"}


def close(client, story, **typed):
    sent = as_shown(client, story) | {name.replace("__", "-"): text for name, text in typed.items()}
    return client.post(f"/panels/{story.panel.ref}/close/", sent, follow=True)


def test_a_text_as_it_is_saved_closes(story):
    close(signed_in(story.lead), story)
    assert story.fresh().state == "closed"


@pytest.mark.parametrize(
    "typed",
    [
        {"conclusion": "Give no salt."},
        {"plain": "Salt is good for you."},
        {"advice__0__strength": "strong"},
        {"advice__2__text": "Measure sodium."},
    ],
    ids=["conclusion", "plain words", "strength", "a new advice"],
)
def test_a_text_that_is_not_saved_closes_nothing_and_waits_on_its_page(story, typed):
    client = signed_in(story.lead)
    page = close(client, story, **typed)
    assert "so the panel is not closed" in page.content.decode()
    assert story.fresh().state == "outcome"
    for name, text in typed.items():
        assert as_shown(client, story)[name.replace("__", "-")] == text


def test_a_page_that_is_older_than_what_is_saved_closes_nothing_and_leaves_no_draft(story):
    client = signed_in(story.lead)
    old = as_shown(client, story)
    outcome = queries.outcome_of(story.fresh())
    rows = [{"id": item.pk, "text": "Changed elsewhere."} for item in outcome.items.all()]
    outcomes.write_outcome(story.fresh(), items=rows, conclusion=SAVED, version=outcome.version, by=story.lead)
    client.post(f"/panels/{story.panel.ref}/close/", old)
    assert (story.fresh().state, fields_of(f"outcome:{story.panel.ref}", by=story.lead)) == ("outcome", {})


def test_a_dissent_that_is_written_is_not_signed_away(story):
    client, address = signed_in(story.expert), f"/panels/{story.panel.ref}/outcome/"
    sent = {"number": "1", "decision": "signed", "text": "Salt alone is not enough."}
    refused = client.post(f"{address}sign/", sent)
    assert refused.status_code == 422
    body = refused.content.decode()
    assert "A dissent is written here" in body
    assert [part in body for part in ("data-focus", 'href="#id_text"', 'id="id_text"')] == [True] * 3
    mine = {one.who: one.decision for one in queries.signatures(queries.outcome_of(story.fresh()))}
    assert mine[story.expert] == Decision.PENDING
    page = client.get(address).content.decode()
    form = page[page.index('aria-labelledby="sign-title"') :].partition("</form>")[0]
    assert all(part in form for part in ('value="signed"', 'value="dissent"', 'name="text"'))
