"""What is marked while the outcome is written comes into it."""

from __future__ import annotations

import pytest

from cpms.drafts import actions as drafts
from outcomes import actions as outcomes
from outcomes import queries
from outcomes.states import OutcomeState
from panels import actions as panels
from tests.clients import signed_in
from tests.outcomes.test_advice import started, story, write

__all__ = ["story"]
pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def said(story):
    """The statement, not marked when the outcome is begun."""
    said = story.panel.contributions.get()
    panels.mark(said, marked=False, by=story.lead)
    started(story)
    return said


def address(story):
    return f"/panels/{story.panel.ref}/outcome/"


def typed(story, *rows, conclusion="Salt.", do="save"):
    """What the form sends that was opened now, with these advices."""
    sent = {"advice-TOTAL_FORMS": len(rows), "advice-INITIAL_FORMS": len(rows), "conclusion": conclusion, "do": do}
    sent["version"] = queries.outcome_of(story.fresh()).version
    for number, row in enumerate(rows):
        sent |= {f"advice-{number}-{name}": value for name, value in row.items()}
    return sent


def row_of(said, text=None):
    return {"id": str(said.pk), "text": said.text if text is None else text, "kind": said.kind, "strength": "strong"}


def offered(story):
    return [row["text"] for row in queries.marked_since(queries.outcome_of(story.fresh()))]


def advice(story):
    return [one.text for one in queries.text_of(queries.outcome_of(story.fresh())).advice]


def test_it_stands_in_the_form_and_is_saved_with_its_author_and_dissents(story, said):
    client, words = signed_in(story.lead), "No advice yet."
    assert words in client.get(address(story)).content.decode()
    panels.mark(said, marked=True, by=story.lead)
    page = client.get(address(story))
    assert words not in page.content.decode()
    assert "Marked in the discussion" in page.content.decode()
    row = page.context["rows"][0][0]
    assert [row[name].value() for name in ("id", "text", "kind")] == [str(said.pk), said.text, "treatment"]
    assert client.post(f"{address(story)}save/", typed(story, row_of(said))).status_code == 302
    saved = queries.text_of(queries.outcome_of(story.fresh())).advice
    assert [(one.text, one.by, len(one.dissents)) for one in saved] == [(said.text, "Dr Expert Person", 1)]
    assert offered(story) == []


def test_a_form_opened_before_the_mark_neither_loses_it_nor_sends_without_it(story, said):
    client = signed_in(story.lead)
    own = {"id": "", "text": "Drink.", "kind": "", "strength": "strong"}
    panels.mark(said, marked=True, by=story.lead)
    page = client.post(f"{address(story)}save/", typed(story, own, do="send"), follow=True)
    assert "A statement was marked meanwhile." in page.content.decode()
    assert (advice(story), offered(story)) == (["Drink."], [said.text])
    assert queries.outcome_of(story.fresh()).state == OutcomeState.DRAFT
    rows = [{**own, "id": str(queries.outcome_of(story.fresh()).items.get().pk)}, row_of(said)]
    client.post(f"{address(story)}save/", typed(story, *rows, do="send"))
    assert advice(story) == ["Drink.", said.text]
    assert queries.outcome_of(story.fresh()).state == OutcomeState.SIGNING


def test_nobody_is_asked_to_sign_without_it_whichever_way_it_is_sent(story, said):
    write(story, queries.outcome_of(story.fresh()), conclusion="Salt.")
    panels.mark(said, marked=True, by=story.lead)
    with pytest.raises(outcomes.Missing, match="marked meanwhile"):
        outcomes.send_for_signature(story.fresh(), by=story.lead)
    assert queries.outcome_of(story.fresh()).state == OutcomeState.DRAFT
    panels.mark(said, marked=False, by=story.lead)
    assert outcomes.send_for_signature(story.fresh(), by=story.lead).state == OutcomeState.SIGNING


@pytest.mark.parametrize("saved", [True, False], ids=["saved", "only_offered"])
def test_what_was_taken_out_stays_out_and_bears_no_mark_any_more(story, said, saved):
    client = signed_in(story.lead)
    client.post(f"{address(story)}save/", typed(story))
    panels.mark(said, marked=True, by=story.lead)
    if saved:
        client.post(f"{address(story)}save/", typed(story, row_of(said)))
    client.post(f"{address(story)}save/", typed(story, row_of(said, text="")))
    said.refresh_from_db()
    assert (advice(story), offered(story), said.marked_at) == ([], [], None)


def test_an_error_beside_it_leaves_it_open_under_its_name(story, said):
    panels.mark(said, marked=True, by=story.lead)
    page = signed_in(story.lead).post(f"{address(story)}save/", typed(story, row_of(said), conclusion=""))
    assert page.status_code == 422
    assert "<details open> <summary>Marked in the discussion" in page.content.decode()


def test_a_clash_does_not_call_it_taken_out(story, said):
    sent = typed(story, row_of(said))
    write(story, queries.outcome_of(story.fresh()), conclusion="Meanwhile.")
    panels.mark(said, marked=True, by=story.lead)
    page = signed_in(story.lead).post(f"{address(story)}save/", sent)
    assert page.status_code == 409
    assert "taken out" not in page.content.decode()


def test_what_was_emptied_and_not_sent_comes_back_emptied(story, said):
    panels.mark(said, marked=True, by=story.lead)
    fields = typed(story, row_of(said, text=""))
    drafts.save_draft(form=f"outcome:{story.panel.ref}", label="", path="/", fields=fields, by=story.lead)
    shown = signed_in(story.lead).get(address(story)).context["advice"]
    assert [row["text"].value() for row in shown if row["id"].value()] == [""]
