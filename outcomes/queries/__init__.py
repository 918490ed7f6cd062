"""Reading outcomes, their versions and documents, and a person's year."""

from outcomes.queries.after import answered_of, asked_of, effect_of, effect_said, topics
from outcomes.queries.documents import (
    MAKING,
    documents_of,
    genuine,
    guest_until,
    is_stuck,
    mark_stuck,
    replaced_by,
    signed_since,
)
from outcomes.queries.effectiveness import networks_reported, report_of
from outcomes.queries.facts import facts_from, facts_of, signed_again
from outcomes.queries.statements import Statement, statement_of, years_of
from outcomes.queries.surveys import (
    networks_without_open_round,
    people_of_network,
    result_of,
    results_of,
    rounds_of,
    took_part,
)
from outcomes.queries.texts import (
    Text,
    awaited,
    body_of,
    fingerprint,
    outcome_of,
    signatures,
    text_from,
    text_in_force,
    text_of,
    version_of,
    versions_of,
)

__all__ = [
    "MAKING",
    "Statement",
    "Text",
    "answered_of",
    "asked_of",
    "awaited",
    "body_of",
    "documents_of",
    "effect_of",
    "effect_said",
    "facts_from",
    "facts_of",
    "fingerprint",
    "genuine",
    "guest_until",
    "is_stuck",
    "mark_stuck",
    "networks_reported",
    "networks_without_open_round",
    "outcome_of",
    "people_of_network",
    "replaced_by",
    "report_of",
    "result_of",
    "results_of",
    "rounds_of",
    "signatures",
    "signed_again",
    "signed_since",
    "statement_of",
    "text_from",
    "text_in_force",
    "text_of",
    "took_part",
    "topics",
    "version_of",
    "versions_of",
    "years_of",
]
