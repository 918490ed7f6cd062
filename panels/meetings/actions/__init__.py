"""Call, move and call off meetings; start a series; bring panels to it; keep a calendar address."""

from panels.meetings.actions.agenda import bring, give_time, put_in_order, take_off
from panels.meetings.actions.feeds import feed_asked, renew_feed, stop_feed
from panels.meetings.actions.series import end_series, plan_ahead, start_series
from panels.meetings.actions.sheet import decide, join, redecide, tick, turn
from panels.meetings.actions.single import call, call_newcomer, call_off, hold, move, remind, schedule

__all__ = [
    "bring",
    "call",
    "call_newcomer",
    "call_off",
    "decide",
    "end_series",
    "feed_asked",
    "give_time",
    "hold",
    "join",
    "move",
    "plan_ahead",
    "put_in_order",
    "redecide",
    "remind",
    "renew_feed",
    "schedule",
    "start_series",
    "stop_feed",
    "take_off",
    "tick",
    "turn",
]
