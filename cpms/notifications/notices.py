"""The mails: fixed subjects, no name, no disease, no title. The one doorway to a mail's words."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import models


class Notice(models.TextChoices):
    INVITED = "invited", "Invitation to a panel"
    GUEST_INVITED = "guest_invited", "Invitation to a guest"
    ACCOUNT_READY = "account_ready", "Activation link"
    ACCOUNT_EXISTS = "account_exists", "Access asked for by somebody who has an account"
    ACCESS_ASKED = "access_asked", "Request for access received"
    ACCESS_ANSWERED = "access_answered", "Request for access answered"
    REQUEST_WAITING = "request_waiting", "A request for access waits"
    DEVICE_CHANGED = "device_changed", "New phone connected"
    CODES_RENEWED = "codes_renewed", "Recovery codes renewed"
    CODES_REFUSED = "codes_refused", "Several wrong codes"
    RECOVERY_USED = "recovery_used", "Recovery code used"
    PASSWORD_CHANGED = "password_changed", "Password changed"
    FACTOR_ASKED = "factor_asked", "New second factor asked for"
    FACTOR_RESET = "factor_reset", "New second factor"
    ROLE_CHANGED = "role_changed", "Role changed"
    ROLE_PROPOSED = "role_proposed", "A role waits for confirmation"
    DELEGATION_CHANGED = "delegation_changed", "Assistant named or ended"
    INVITATION_ANSWERED = "invitation_answered", "An invitation was answered"
    NEW_ADVICE = "new_advice", "New advice"
    NEW_MESSAGE = "new_message", "New message"
    DATA_ADDED = "data_added", "Asked-for data is there"
    THANKED = "thanked", "Thanks"
    QUESTION_ASKED = "question_asked", "Quick question to a group"
    QUESTION_ANSWERED = "question_answered", "Answer to a quick question"
    MEETING = "meeting", "Meeting"
    SIGN_WANTED = "sign_wanted", "Signature wanted"
    PANEL_CLOSED = "panel_closed", "Panel closed"
    PANEL_ENDED = "panel_ended", "Panel ended"
    REMINDER = "reminder", "Reminder"
    PANEL_IDLE = "panel_idle", "A panel stands still"
    DIGEST = "digest", "Daily mail"


def notice_choices() -> list[tuple[str, str]]:
    """By reference, so that a new notice is no migration."""
    return Notice.choices


@dataclass(frozen=True)
class Words:
    subject: str
    text: str


ALWAYS_AT_ONCE = frozenset(
    {
        Notice.GUEST_INVITED,
        Notice.ACCOUNT_READY,
        Notice.ACCOUNT_EXISTS,
        Notice.ACCESS_ASKED,
        Notice.ACCESS_ANSWERED,
        Notice.MEETING,
        Notice.DIGEST,
        Notice.DEVICE_CHANGED,
        Notice.CODES_RENEWED,
        Notice.CODES_REFUSED,
        Notice.RECOVERY_USED,
        Notice.PASSWORD_CHANGED,
        Notice.FACTOR_ASKED,
        Notice.FACTOR_RESET,
        Notice.ROLE_CHANGED,
        Notice.DELEGATION_CHANGED,
    }
)
"""Links that end, calendar entries, what touches an account, and the daily mail itself: no preference holds them back."""
NEWS = frozenset(
    {
        Notice.INVITATION_ANSWERED,
        Notice.NEW_ADVICE,
        Notice.NEW_MESSAGE,
        Notice.DATA_ADDED,
        Notice.THANKED,
        Notice.QUESTION_ASKED,
        Notice.QUESTION_ANSWERED,
        Notice.PANEL_CLOSED,
    }
)
"""Good to know. Who wants only what is asked of them gets none of these."""
ASKED = frozenset(
    {
        Notice.INVITED,
        Notice.REQUEST_WAITING,
        Notice.ROLE_PROPOSED,
        Notice.SIGN_WANTED,
        Notice.PANEL_ENDED,
        Notice.REMINDER,
        Notice.PANEL_IDLE,
    }
)
"""Asked of somebody, or ending what was asked: never left out, at the latest part of the daily mail."""
NOT_YOU = "If this was not you, tell your helpdesk at once."
WORDS = {
    Notice.INVITED: Words(
        "CPMS: a colleague asks for your advice",
        "A colleague asks for your advice in panel {ref}. Please say whether you can help; it takes one tap.",
    ),
    Notice.GUEST_INVITED: Words(
        "CPMS: you are invited as a guest",
        "A colleague invites you to take part in panel {ref} as a guest. The link below is for you alone, works once "
        "and ends after 14 days. You choose a password and set up an authenticator app.",
    ),
    Notice.ACCOUNT_READY: Words(
        "CPMS: activate your account",
        "Your account is prepared. The link below is for you alone and ends after 24 hours.",
    ),
    Notice.ACCOUNT_EXISTS: Words(
        "CPMS: you have an account",
        "Somebody asked for access with your address. You have an account already: sign in, or set a new password on the "
        "sign-in page. If it was not you, there is nothing to do.",
    ),
    Notice.ACCESS_ASKED: Words(
        "CPMS: your request for access",
        "Your request for access has arrived. The link below is for you alone and shows where it stands.",
    ),
    Notice.ACCESS_ANSWERED: Words(
        "CPMS: your request for access is answered",
        "Your request for access has an answer. The link in our first mail shows it.",
    ),
    Notice.REQUEST_WAITING: Words(
        "CPMS: a colleague asks for access",
        "A colleague asks for access to CPMS and waits for your decision. It takes one click.",
    ),
    Notice.DEVICE_CHANGED: Words(
        "CPMS: a new phone is connected to your account",
        "A new phone now gives the codes of your account; the old one does not any more. " + NOT_YOU,
    ),
    Notice.CODES_RENEWED: Words(
        "CPMS: your recovery codes were renewed",
        "Ten new recovery codes were made for your account; the old ones have ended. " + NOT_YOU,
    ),
    Notice.CODES_REFUSED: Words(
        "CPMS: several wrong codes for your account",
        "Somebody gave your password and then several wrong one-time codes. " + NOT_YOU,
    ),
    Notice.RECOVERY_USED: Words(
        "CPMS: a recovery code was used", "Your account was opened with one of your recovery codes. " + NOT_YOU
    ),
    Notice.PASSWORD_CHANGED: Words(
        "CPMS: your password was changed",
        "The password of your account was changed, and all sessions ended. " + NOT_YOU,
    ),
    Notice.FACTOR_ASKED: Words(
        "CPMS: a new second factor was asked for",
        "The helpdesk was told that you lost your phone. Once a second person there confirms it, you get a link to connect a "
        "new one. " + NOT_YOU,
    ),
    Notice.FACTOR_RESET: Words(
        "CPMS: connect your new phone",
        "Two people of the helpdesk confirmed that you lost your phone. The link below is for you alone and ends after 24 "
        "hours: choose a new password and connect your new phone. " + NOT_YOU,
    ),
    Notice.ROLE_CHANGED: Words(
        "CPMS: your roles changed", "A role of yours was given or has ended. It counts from now; please sign in again."
    ),
    Notice.ROLE_PROPOSED: Words(
        "CPMS: a role waits for a second person",
        "A colleague wants to give somebody a role that counts only once a second person has confirmed it.",
    ),
    Notice.DELEGATION_CHANGED: Words(
        "CPMS: you act for a colleague",
        "A clinician named you as assistant, or ended it. Your page of assistants shows for whom you may act.",
    ),
    Notice.INVITATION_ANSWERED: Words(
        "CPMS: an invitation was answered", "Somebody answered your invitation to panel {ref}."
    ),
    Notice.NEW_ADVICE: Words("CPMS: new advice in your panel", "There is new advice in panel {ref}."),
    Notice.NEW_MESSAGE: Words("CPMS: a new message", "There is a new message in panel {ref}."),
    Notice.DATA_ADDED: Words(
        "CPMS: the data you asked for is there", "The data you asked for in panel {ref} was added. Please have a look."
    ),
    Notice.THANKED: Words(
        "CPMS: a word of thanks", "The clinician of panel {ref} says how useful the advice was, and thanks you."
    ),
    Notice.QUESTION_ASKED: Words(
        "CPMS: a quick question to your group",
        "A colleague put the quick question {ref} to your thematic group. It is about no patient; two lines may be enough.",
    ),
    Notice.QUESTION_ANSWERED: Words(
        "CPMS: a quick question was answered", "There is an answer to the quick question {ref}."
    ),
    Notice.MEETING: Words(
        "CPMS: a panel meeting", "A meeting on panel {ref} is planned. The calendar entry is attached to this mail."
    ),
    Notice.SIGN_WANTED: Words(
        "CPMS: an outcome waits for your signature", "The outcome of panel {ref} is written. Please sign it or dissent."
    ),
    Notice.PANEL_CLOSED: Words("CPMS: a panel is closed", "Panel {ref} is closed. Thank you for your part in it."),
    Notice.PANEL_ENDED: Words("CPMS: a panel has ended", "Panel {ref} has ended. There is nothing left for you to do."),
    Notice.REMINDER: Words("CPMS: something waits for you", "Panel {ref} still waits for you."),
    Notice.PANEL_IDLE: Words(
        "CPMS: a panel stands still", "Nothing has happened in panel {ref} for a while. Perhaps somebody needs a word."
    ),
    Notice.DIGEST: Words("CPMS: your day", "What happened since your last daily mail:"),
}


def line(notice: str, *, ref: str) -> str:
    """One event as a line of the daily mail: a number and the kind of event."""
    label = Notice(notice).label
    return f"- {ref}: {label}" if ref else f"- {label}"


def body(notice: str, *, ref: str, path: str, lines: str = "") -> str:
    """The mail's text. ``ref`` is a panel number, ``path`` an address of ours, ``lines`` are made by ``line``; nothing
    else comes in."""
    words = WORDS[Notice(notice)]
    text = words.text.format(ref=ref) + (f"\n\n{lines}" if lines else "")
    return (
        f"{text}\n\n{settings.BASE_URL}{path}\n\n"
        "This mail holds no patient's data. You sign in before anything is shown.\n"
    )
