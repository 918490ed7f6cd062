"""Open and settle what waits for people; write and send mails."""

from cpms.notifications.actions.daily import send_daily, wish_mails
from cpms.notifications.actions.outbox import cancel_mails, dispatch_outbox, notify, notify_address, tell
from cpms.notifications.actions.work import open_work, remind, settle_all, settle_work

__all__ = [
    "cancel_mails",
    "dispatch_outbox",
    "notify",
    "notify_address",
    "open_work",
    "remind",
    "send_daily",
    "settle_all",
    "settle_work",
    "tell",
    "wish_mails",
]
