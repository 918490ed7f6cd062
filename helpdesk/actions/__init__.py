"""What the helpdesk does: months and files of figures, reminders."""

from helpdesk.actions.files import (
    fetch_file,
    forget_files,
    give_up,
    look_after_files,
    make_again,
    make_file,
    note_export,
    order_evidence,
    order_figures,
)
from helpdesk.actions.months import announce_month, close_month, freeze_month, last_month, note_corrections
from helpdesk.actions.reminders import (
    invite_staff,
    nudge,
    remind,
    remind_quiet_centres,
    send_activation,
    send_again,
)

__all__ = [
    "announce_month",
    "close_month",
    "fetch_file",
    "forget_files",
    "freeze_month",
    "give_up",
    "invite_staff",
    "last_month",
    "look_after_files",
    "make_again",
    "make_file",
    "note_corrections",
    "note_export",
    "nudge",
    "order_evidence",
    "order_figures",
    "remind",
    "remind_quiet_centres",
    "send_activation",
    "send_again",
]
