"""The rows of outcomes."""

from outcomes.models.documents import OutcomeDocument
from outcomes.models.outcomes import AdviceItem, Outcome, OutcomeVersion, SignOff

__all__ = ["AdviceItem", "Outcome", "OutcomeDocument", "OutcomeVersion", "SignOff"]
