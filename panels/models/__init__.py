"""Panels, their invitations, and what is said in them."""

from panels.models.invitations import Invitation
from panels.models.panels import Panel, PanelCounter, PanelStep, Visit
from panels.models.questions import Answer, Question
from panels.models.talk import Contribution, Message, Stance, Thanks, Wording

__all__ = [
    "Answer",
    "Contribution",
    "Invitation",
    "Message",
    "Panel",
    "PanelCounter",
    "PanelStep",
    "Question",
    "Stance",
    "Thanks",
    "Visit",
    "Wording",
]
