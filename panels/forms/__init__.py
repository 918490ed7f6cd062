"""Forms of panels: input to clean values, never a write."""

from panels.forms.dispatching import AddressForm, ClarifyForm, ForwardForm, ReturnForm, TakeUpForm
from panels.forms.finding import ListForm, SearchForm
from panels.forms.inviting import ColleagueForm, DeclineForm, GuestForm, InviteForm, LeaveForm, LetInForm
from panels.forms.preparing import PrepareForm
from panels.forms.referring import AcceptReferralForm, DeclineReferralForm, PassOnForm, ReferralForm
from panels.forms.registries import PurposeForm
from panels.forms.starting import BegunField, NewPanelForm, giver_of, mark_of, now_signed, year_of
from panels.forms.talking import AnswerForm, ContributionForm, QuestionForm, RewordForm, StanceForm, ThanksForm
from panels.forms.timing import MinutesForm, TermsForm

__all__ = [
    "AcceptReferralForm",
    "AddressForm",
    "AnswerForm",
    "BegunField",
    "ClarifyForm",
    "ColleagueForm",
    "ContributionForm",
    "DeclineForm",
    "DeclineReferralForm",
    "ForwardForm",
    "GuestForm",
    "InviteForm",
    "LeaveForm",
    "LetInForm",
    "ListForm",
    "MinutesForm",
    "NewPanelForm",
    "PassOnForm",
    "PrepareForm",
    "PurposeForm",
    "QuestionForm",
    "ReferralForm",
    "ReturnForm",
    "RewordForm",
    "SearchForm",
    "StanceForm",
    "TakeUpForm",
    "TermsForm",
    "ThanksForm",
    "giver_of",
    "mark_of",
    "now_signed",
    "year_of",
]
