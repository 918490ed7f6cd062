"""Panels, their invitations, and what is said in them."""

from panels.models.assists import Assist
from panels.models.dispatching import Dispatch
from panels.models.filters import SavedFilter
from panels.models.invitations import Invitation
from panels.models.panels import MeetingWish, Panel, PanelCounter, PanelStep, TimeSpent, Visit
from panels.models.questions import Answer, Question
from panels.models.referrals import Referral
from panels.models.silence import SIGNS, Sign
from panels.models.talk import Contribution, Message, Stance, Thanks, Wording

__all__ = [
    "SIGNS",
    "Answer",
    "Assist",
    "Contribution",
    "Dispatch",
    "Invitation",
    "MeetingWish",
    "Message",
    "Panel",
    "PanelCounter",
    "PanelStep",
    "Question",
    "Referral",
    "SavedFilter",
    "Sign",
    "Stance",
    "Thanks",
    "TimeSpent",
    "Visit",
    "Wording",
]
