"""What is marked while the outcome is written comes into it."""

from __future__ import annotations

import pytest

from outcomes import queries
from panels import actions as panels
from tests.clients import signed_in
from tests.outcomes.test_advice import started, story, write

__all__ = ["story"]
pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


def test_what_is_marked_after_the_outcome_was_begun_stands_in_it_too(story):
    said = story.panel.contributions.get()
    panels.mark(said, marked=False, by=story.lead)
    outcome = started(story)
    address, client, words = f"/panels/{story.panel.ref}/outcome/", signed_in(story.lead), "No statement is marked yet."
    assert words in client.get(address).content.decode()
    panels.mark(said, marked=True, by=story.lead)
    page = client.get(address)
    assert words not in page.content.decode()
    row = page.context["rows"][0][0]
    sent = {f"advice-0-{name}": row[name].value() or "" for name in row.fields}
    assert (sent["advice-0-id"], sent["advice-0-text"], sent["advice-0-kind"]) == (str(said.pk), said.text, "treatment")
    sent |= {"advice-TOTAL_FORMS": 1, "advice-INITIAL_FORMS": 1, "conclusion": "Salt.", "version": outcome.version}
    assert client.post(f"{address}save/", sent).status_code == 302
    advice = queries.text_of(queries.outcome_of(story.fresh())).advice
    assert [(one.text, one.by, len(one.dissents)) for one in advice] == [(said.text, "Dr Expert Person", 1)]
    outcome = queries.outcome_of(story.fresh())
    write(story, outcome, text="")
    assert queries.marked_since(queries.outcome_of(story.fresh())) == [], "what was taken out stays out"
