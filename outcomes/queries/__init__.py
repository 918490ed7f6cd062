"""Reading outcomes, their versions and documents, and a person's year."""

from outcomes.queries.statements import Statement, statement_of, years_of
from outcomes.queries.texts import (
    Text,
    body_of,
    fingerprint,
    genuine,
    outcome_of,
    replaced_by,
    signatures,
    text_from,
    text_of,
    version_of,
    versions_of,
)

__all__ = [
    "Statement",
    "Text",
    "body_of",
    "fingerprint",
    "genuine",
    "outcome_of",
    "replaced_by",
    "signatures",
    "statement_of",
    "text_from",
    "text_of",
    "version_of",
    "versions_of",
    "years_of",
]
