"""Forms of outcomes."""

from outcomes.forms.after import EffectForm, FollowUpForm, TopicForm
from outcomes.forms.surveys import RoundForm, SurveyForm
from outcomes.forms.writing import (
    ConclusionForm,
    CorrectionForm,
    DecisionForm,
    SignForm,
    VerifyForm,
    advice_rows,
    advice_set,
    beside,
)

__all__ = [
    "ConclusionForm",
    "CorrectionForm",
    "DecisionForm",
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
]
