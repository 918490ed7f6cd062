"""Everything that changes an outcome."""

from outcomes.actions.correcting import correct_outcome
from outcomes.actions.documents import (
    look_after_documents,
    make_document,
    order_document,
    order_language,
    retry_document,
    take_out_document,
)
from outcomes.actions.following import answer_follow_up, ask_follow_ups, decide_topic, say_effect
from outcomes.actions.missing import Missing
from outcomes.actions.signing import ask_new_lead, ask_newcomer, close_panel, end_signing, send_for_signature, sign
from outcomes.actions.surveys import answer_round, ask_round, close_round, open_round
from outcomes.actions.taking import take_decision, take_decisions
from outcomes.actions.thawing import thaw
from outcomes.actions.writing import start_outcome, write_outcome

__all__ = [
    "Missing",
    "answer_follow_up",
    "answer_round",
    "ask_follow_ups",
    "ask_new_lead",
    "ask_newcomer",
    "ask_round",
    "close_panel",
    "close_round",
    "correct_outcome",
    "decide_topic",
    "end_signing",
    "look_after_documents",
    "make_document",
    "open_round",
    "order_document",
    "order_language",
    "retry_document",
    "say_effect",
    "send_for_signature",
    "sign",
    "start_outcome",
    "take_decision",
    "take_decisions",
    "take_out_document",
    "thaw",
    "write_outcome",
]
