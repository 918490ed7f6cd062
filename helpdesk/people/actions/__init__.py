"""Letting people in; what one person asks and a second one confirms; and the outreach log."""

from helpdesk.people.actions.addresses import follow_address, free_address
from helpdesk.people.actions.covers import cover_unit, end_cover, move_to_unit
from helpdesk.people.actions.ending import look_after_requests, put_down_work
from helpdesk.people.actions.ends_soon import tell_of_ends
from helpdesk.people.actions.getting_in import (
    approve_request,
    ask_for_access,
    hand_in_request,
    mail_activation,
    refuse_request,
    send_link_again,
    take_request,
)
from helpdesk.people.actions.outreach import (
    correct_outreach,
    forget_outreach,
    forget_why_away,
    log_outreach,
    note_reminder,
    note_why_away,
    settle_outreach,
    take_back_why_away,
)
from helpdesk.people.actions.places import (
    confirm_place,
    drop_place,
    end_lapsed_places,
    place_or_ask,
    take_place_back,
    take_up_centre,
)
from helpdesk.people.actions.tables import check_table, read_table, take_rows, take_table
from helpdesk.people.actions.two_people import (
    ask_for_factor,
    ask_for_glass,
    confirm_factor,
    confirm_glass,
    confirm_role,
    drop_phone,
    drop_role,
    end_lapsed,
    propose_role,
    stop_phone,
)

__all__ = [
    "approve_request",
    "ask_for_access",
    "ask_for_factor",
    "ask_for_glass",
    "check_table",
    "confirm_factor",
    "confirm_glass",
    "confirm_place",
    "confirm_role",
    "correct_outreach",
    "cover_unit",
    "drop_phone",
    "drop_place",
    "drop_role",
    "end_cover",
    "end_lapsed",
    "end_lapsed_places",
    "follow_address",
    "forget_outreach",
    "forget_why_away",
    "free_address",
    "hand_in_request",
    "log_outreach",
    "look_after_requests",
    "mail_activation",
    "move_to_unit",
    "note_reminder",
    "note_why_away",
    "place_or_ask",
    "propose_role",
    "put_down_work",
    "read_table",
    "refuse_request",
    "send_link_again",
    "settle_outreach",
    "stop_phone",
    "take_back_why_away",
    "take_place_back",
    "take_request",
    "take_rows",
    "take_table",
    "take_up_centre",
    "tell_of_ends",
]
