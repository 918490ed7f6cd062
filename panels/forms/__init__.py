"""Input of panels to clean values."""

from panels.forms.starting import LARGEST_FILE, BegunField, NewPanelForm, PrepareForm, mark_of, now_signed
from panels.forms.talking import (
    AnswerForm,
    ContributionForm,
    DeclineForm,
    GuestForm,
    InviteForm,
    QuestionForm,
    RewordForm,
    SearchForm,
    StanceForm,
    ThanksForm,
)

__all__ = [
    "LARGEST_FILE",
    "AnswerForm",
    "BegunField",
    "ContributionForm",
    "DeclineForm",
    "GuestForm",
    "InviteForm",
    "NewPanelForm",
    "PrepareForm",
    "QuestionForm",
    "RewordForm",
    "SearchForm",
    "StanceForm",
    "ThanksForm",
    "mark_of",
    "now_signed",
]
