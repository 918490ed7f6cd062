"""Pages of meetings."""

from panels.meetings.views.feeds import address, feed, stop_address
from panels.meetings.views.series import bring, end_series, meeting_list, series, start_series, take_off
from panels.meetings.views.sheet import decide, join, parts, present, sheet, turn
from panels.meetings.views.single import calendar, call_off, detail, hold, move, order, schedule, time

__all__ = [
    "address",
    "bring",
    "calendar",
    "call_off",
    "decide",
    "detail",
    "end_series",
    "feed",
    "hold",
    "join",
    "meeting_list",
    "move",
    "order",
    "parts",
    "present",
    "schedule",
    "series",
    "sheet",
    "start_series",
    "stop_address",
    "take_off",
    "time",
    "turn",
]
