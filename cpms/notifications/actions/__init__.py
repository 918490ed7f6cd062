"""Open and settle what waits for people; write and send mails."""

from cpms.notifications.actions.daily import send_daily, wish_mails
from cpms.notifications.actions.outbox import (
    answer_reset,
    cancel_mails,
    cancel_mails_of,
    dispatch_outbox,
    notify,
    notify_address,
    seal_again,
    tell,
)
from cpms.notifications.actions.rules import set_rules
from cpms.notifications.actions.work import (
    cancel_work,
    change_pace,
    move_due,
    open_work,
    pass_work,
    remind,
    settle_all,
    settle_work,
)

__all__ = [
    "answer_reset",
    "cancel_mails",
    "cancel_mails_of",
    "cancel_work",
    "change_pace",
    "dispatch_outbox",
    "move_due",
    "notify",
    "notify_address",
    "open_work",
    "pass_work",
    "remind",
    "seal_again",
    "send_daily",
    "set_rules",
    "settle_all",
    "settle_work",
    "tell",
    "wish_mails",
]
