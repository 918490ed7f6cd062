"""When and where, how often, and which meeting."""

from panels.meetings.forms.polls import CanForm, DatesForm
from panels.meetings.forms.rescheduling import HomesForm, RescheduleForm
from panels.meetings.forms.series import BringForm, PeopleForm, SeriesChangeForm, SeriesForm, TakeOffForm
from panels.meetings.forms.single import (
    ChangeForm,
    DecisionForm,
    LinkForm,
    MeetingForm,
    MoveForm,
    PlaceForm,
    SeenForm,
    TurnForm,
    WhenForm,
)

__all__ = [
    "BringForm",
    "CanForm",
    "ChangeForm",
    "DatesForm",
    "DecisionForm",
    "HomesForm",
    "LinkForm",
    "MeetingForm",
    "MoveForm",
    "PeopleForm",
    "PlaceForm",
    "RescheduleForm",
    "SeenForm",
    "SeriesChangeForm",
    "SeriesForm",
    "TakeOffForm",
    "TurnForm",
    "WhenForm",
]
