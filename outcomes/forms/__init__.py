"""Forms of outcomes."""

from outcomes.forms.after import EffectForm, FollowUpForm, TopicForm
from outcomes.forms.surveys import RoundForm, SurveyForm
from outcomes.forms.writing import (
    ConclusionForm,
    CorrectionForm,
    SignForm,
    VerifyForm,
    advice_rows,
    advice_set,
    beside,
    is_changed,
)

__all__ = [
    "ConclusionForm",
    "CorrectionForm",
    "EffectForm",
    "FollowUpForm",
    "RoundForm",
    "SignForm",
    "SurveyForm",
    "TopicForm",
    "VerifyForm",
    "advice_rows",
    "advice_set",
    "beside",
    "is_changed",
]
