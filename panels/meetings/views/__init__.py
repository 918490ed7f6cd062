"""Pages of meetings."""

from panels.meetings.views.feeds import address, feed, stop_address
from panels.meetings.views.series import bring, end_series, meeting_list, series, start_series, take_off
from panels.meetings.views.single import calendar, call_off, detail, hold, move, order, schedule

__all__ = [
    "address",
    "bring",
    "calendar",
    "call_off",
    "detail",
    "end_series",
    "feed",
    "hold",
    "meeting_list",
    "move",
    "order",
    "schedule",
    "series",
    "start_series",
    "stop_address",
    "take_off",
]
