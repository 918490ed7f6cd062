"""The rows of outcomes."""

from outcomes.models.after import AdviceDone, Effect, FollowUp, Topic
from outcomes.models.documents import OutcomeDocument
from outcomes.models.outcomes import AdviceItem, Outcome, OutcomeSave, OutcomeVersion, SignOff
from outcomes.models.surveys import SurveyAnswer, SurveyAsked, SurveyRound
from panels.models import SIGNS, Sign

__all__ = [
    "AdviceDone",
    "AdviceItem",
    "Effect",
    "FollowUp",
    "Outcome",
    "OutcomeDocument",
    "OutcomeSave",
    "OutcomeVersion",
    "SignOff",
    "SurveyAnswer",
    "SurveyAsked",
    "SurveyRound",
    "Topic",
]

SIGNS.extend(
    [
        Sign(OutcomeVersion, "outcome__panel", ("sent_at",)),
        Sign(SignOff, "outcome__panel", ("at",)),
    ]
)
