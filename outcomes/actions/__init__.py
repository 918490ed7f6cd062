"""Everything that changes an outcome."""

from outcomes.actions.correcting import correct_outcome
from outcomes.actions.documents import make_document, order_document, retry_document, take_out_document
from outcomes.actions.signing import close_panel, send_for_signature, sign
from outcomes.actions.taking import take_decision
from outcomes.actions.writing import add_decision, start_outcome, write_outcome

__all__ = [
    "add_decision",
    "close_panel",
    "correct_outcome",
    "make_document",
    "order_document",
    "retry_document",
    "send_for_signature",
    "sign",
    "start_outcome",
    "take_decision",
    "take_out_document",
    "write_outcome",
]
