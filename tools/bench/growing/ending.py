"""Rows of pages about outcomes and what comes after them."""

from __future__ import annotations

import datetime as dt

from cpms import clock
from outcomes import queries
from outcomes.models import AdviceItem, SurveyRound, Topic
from panels.models import Contribution
from tools.bench.filling import TEXT
from tools.bench.growing.ground import Ground
from tools.bench.growing.growth import grows


@grows(
    "items of advice", "outcomes:version", "outcomes:correct", "outcomes:after", few="An outcome advises five things"
)
def advice(at: Ground, rows: range) -> None:
    """They stand in the text that was sent, too."""
    outcome = at.closed.fresh().outcome
    first = outcome.items.count()
    made = [AdviceItem(outcome=outcome, key=outcome.key, position=first + n) for n, _row in enumerate(rows)]
    for item in made:
        item.text = TEXT
    AdviceItem.objects.bulk_create(made)
    sent = outcome.versions.get()
    sent.body = queries.body_of(queries.text_of(outcome))
    sent.save(update_fields=["body"])


@grows("topics", "outcomes:topics")
def topics(at: Ground, rows: range) -> None:
    where = {"network": at.network, "group": at.group}
    made = [Topic(panel=at.panels[n], key=at.panels[n].key, **where) for n in rows]
    for row in made:
        row.text = TEXT
    Topic.objects.bulk_create(made)


@grows("rounds", "outcomes:surveys")
def rounds(at: Ground, rows: range) -> None:
    by = at.staff["coordinator"]
    over = {"opened_by": by, "closed_by": by, "closed_at": clock.now()}
    SurveyRound.objects.bulk_create(SurveyRound(network=at.network, number=n + 2, **over) for n in rows)


@grows("panels of the year", "outcomes:statement")
def advised(at: Ground, rows: range) -> None:
    """The lead wrote in each of them."""
    made = [Contribution(panel=at.panels[n], key=at.panels[n].key, author=at.lead, kind="test") for n in rows]
    for row in made:
        row.text, row.at = TEXT, clock.now() - dt.timedelta(minutes=1)
    Contribution.objects.bulk_create(made)
