"""Pages of meetings."""

from panels.meetings.views.feeds import address, feed, stop_address
from panels.meetings.views.polls import can_come, dates, end_dates, pick, propose
from panels.meetings.views.rescheduling import reschedule
from panels.meetings.views.series import (
    add_people,
    bring,
    change_series,
    end_series,
    meeting_list,
    series,
    start_series,
    strike,
    take_off,
)
from panels.meetings.views.sheet import decide, join, parts, present, sheet, talk, turn
from panels.meetings.views.single import (
    calendar,
    call_off,
    change,
    detail,
    drop,
    hold,
    meet_now,
    move,
    order,
    schedule,
    time,
)

__all__ = [
    "add_people",
    "address",
    "bring",
    "calendar",
    "call_off",
    "can_come",
    "change",
    "change_series",
    "dates",
    "decide",
    "detail",
    "drop",
    "end_dates",
    "end_series",
    "feed",
    "hold",
    "join",
    "meet_now",
    "meeting_list",
    "move",
    "order",
    "parts",
    "pick",
    "present",
    "propose",
    "reschedule",
    "schedule",
    "series",
    "sheet",
    "start_series",
    "stop_address",
    "strike",
    "take_off",
    "talk",
    "time",
    "turn",
]
