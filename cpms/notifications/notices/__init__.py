"""The mails. The one doorway to a mail's kind and words."""

from cpms.notifications.notices.kinds import ALWAYS_AT_ONCE, ASKED, NEWS, WARNINGS, Notice, notice_choices
from cpms.notifications.notices.words import WORDS, Words, body, line

__all__ = [
    "ALWAYS_AT_ONCE",
    "ASKED",
    "NEWS",
    "WARNINGS",
    "WORDS",
    "Notice",
    "Words",
    "body",
    "line",
    "notice_choices",
]
