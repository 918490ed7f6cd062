"""Call, move and call off meetings; start a series; bring panels to it; keep a calendar address."""

from panels.meetings.actions.agenda import bring, drop, give_time, put_in_order, take_off
from panels.meetings.actions.chasing import look_after_unheld
from panels.meetings.actions.feeds import feed_asked, renew_feed, stop_feed
from panels.meetings.actions.holding import hold
from panels.meetings.actions.joining import join, save_service, talk
from panels.meetings.actions.leaving import clear_agendas, leave, let_guests_go
from panels.meetings.actions.members import add_people, let_people_go, strike
from panels.meetings.actions.newcomers import call_newcomer
from panels.meetings.actions.polls import answer_dates, end_dates, end_passed_dates, pick_date, propose_dates
from panels.meetings.actions.rescheduling import reschedule
from panels.meetings.actions.series import change_series, end_series, plan_ahead, start_series
from panels.meetings.actions.sheet import decide, note_taken, redecide, tick, turn
from panels.meetings.actions.single import call_off, change, move, remind, schedule

__all__ = [
    "add_people",
    "answer_dates",
    "bring",
    "call_newcomer",
    "call_off",
    "change",
    "change_series",
    "clear_agendas",
    "decide",
    "drop",
    "end_dates",
    "end_passed_dates",
    "end_series",
    "feed_asked",
    "give_time",
    "hold",
    "join",
    "leave",
    "let_guests_go",
    "let_people_go",
    "look_after_unheld",
    "move",
    "note_taken",
    "pick_date",
    "plan_ahead",
    "propose_dates",
    "put_in_order",
    "redecide",
    "remind",
    "renew_feed",
    "reschedule",
    "save_service",
    "schedule",
    "start_series",
    "stop_feed",
    "strike",
    "take_off",
    "talk",
    "tick",
    "turn",
]
