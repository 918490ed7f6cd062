"""What mails say of quick questions: never what was asked."""

from __future__ import annotations

from cpms.notifications.notices.joining import Words
from cpms.notifications.notices.kinds import Notice

QUESTIONS = {
    Notice.QUESTION_ASKED: Words(
        "CPMS: a quick question to your group",
        "A colleague put the quick question {ref} to your thematic group. It is about no patient; two lines may be enough.",
    ),
    Notice.QUESTION_OPEN: Words(
        "CPMS: a quick question of your group waits",
        "Nobody has answered the quick question {ref} to your thematic group yet. Two lines may be enough.",
    ),
    Notice.QUESTION_LEFT: Words(
        "CPMS: a quick question was left unanswered",
        "Nobody in the thematic group that you coordinate has answered the quick question {ref}. Answer it, or ask somebody who can.",
    ),
    Notice.QUESTION_ANSWERED: Words("CPMS: a quick question was answered", "Quick question {ref} has an answer."),
}
