"""The rules of outcomes."""

from outcomes.policy.after import may_decide_topic, may_follow_up, may_list_topics
from outcomes.policy.surveys import (
    may_answer_round,
    may_close_round,
    may_list_surveys,
    may_open_round,
    may_read_effect,
)
from outcomes.policy.writing import (
    enough_answered,
    may_close,
    may_correct,
    may_read,
    may_read_document,
    may_read_saves,
    may_sign,
    may_start,
    may_take_decisions,
    may_write,
)

__all__ = [
    "enough_answered",
    "may_answer_round",
    "may_close",
    "may_close_round",
    "may_correct",
    "may_decide_topic",
    "may_follow_up",
    "may_list_surveys",
    "may_list_topics",
    "may_open_round",
    "may_read",
    "may_read_document",
    "may_read_effect",
    "may_read_saves",
    "may_sign",
    "may_start",
    "may_take_decisions",
    "may_write",
]
