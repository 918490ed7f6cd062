"""Open and settle what waits for people; write and send mails."""

from cpms.notifications.actions.again import send_again
from cpms.notifications.actions.asked import answer_reset, stay_at, tell, write_to
from cpms.notifications.actions.daily import send_daily, wish_mails
from cpms.notifications.actions.outbox import (
    cancel_mails,
    cancel_mails_of,
    dispatch_outbox,
    notify,
    notify_address,
    seal_again,
)
from cpms.notifications.actions.rules import set_rules
from cpms.notifications.actions.work import (
    cancel_work,
    change_pace,
    move_due,
    open_for,
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
    "open_for",
    "open_work",
    "pass_work",
    "remind",
    "seal_again",
    "send_again",
    "send_daily",
    "set_rules",
    "settle_all",
    "settle_work",
    "stay_at",
    "tell",
    "wish_mails",
    "write_to",
]
