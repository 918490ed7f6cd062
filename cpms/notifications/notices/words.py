"""What each mail says: fixed subjects, no name, no disease, no title."""

from __future__ import annotations

from django.conf import settings

from cpms.notifications.notices.joining import JOINING, NOT_YOU, Words
from cpms.notifications.notices.kinds import Notice
from cpms.notifications.notices.meetings import MEETINGS
from cpms.notifications.notices.outside import OUTSIDE
from cpms.notifications.notices.questions import QUESTIONS

WORDS = {
    **JOINING,
    **MEETINGS,
    **OUTSIDE,
    **QUESTIONS,
    Notice.INVITED: Words(
        "CPMS: a colleague asks for your advice",
        "A colleague asks for your advice in panel {ref}. Say whether you can help; it takes one tap.",
    ),
    Notice.GUEST_INVITED: Words(
        "CPMS: you are invited as a guest",
        "A colleague invites you to take part in panel {ref} as a guest. The link below is for you alone, works once "
        "and ends after 14 days, or after 24 hours if your hospital has prepared an account for you. You choose a password and set "
        "up an authenticator app.",
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
    Notice.SESSION_ENDED: Words(
        "CPMS: a session of your account was ended",
        "A browser that was signed in with your account was signed out, on your security page. " + NOT_YOU,
    ),
    Notice.SWITCHED_ON: Words(
        "CPMS: your account is switched on", "Your account was switched on again. Sign in as before. " + NOT_YOU
    ),
    Notice.CODES_REFUSED: Words(
        "CPMS: several wrong codes for your account",
        "Somebody gave your password and then several wrong one-time codes. " + NOT_YOU,
    ),
    Notice.RECOVERY_USED: Words(
        "CPMS: a recovery code was used", "Your account was opened with one of your recovery codes. " + NOT_YOU
    ),
    Notice.PASSWORD_ASKED: Words(
        "CPMS: choose a new password",
        "Somebody, probably you, asked for a new password. The link below is for you alone, works once and ends after three "
        "days. Afterwards you sign in as usual, with your one-time code. If it was not you, do nothing: your password stays.",
    ),
    Notice.ADDRESS_UNKNOWN: Words(
        "CPMS: no account for this address",
        "Somebody asked for a new password with this address, but there is no account for it. If it was you, try the "
        "address your hospital gave you, or ask your helpdesk. If it was not you, do nothing.",
    ),
    Notice.PASSWORD_CHANGED: Words(
        "CPMS: your password was changed",
        "The password of your account was changed, and all sessions ended. " + NOT_YOU,
    ),
    Notice.FACTOR_ASKED: Words(
        "CPMS: a new second factor was asked for",
        "The helpdesk was told that you lost your phone. Once a second person there confirms it, you get a link to connect a "
        "new one. If it was not you, sign in behind the link below and stop it: nothing changes then.",
    ),
    Notice.FACTOR_RESET: Words(
        "CPMS: connect your new phone",
        "Two people of the helpdesk confirmed that you lost your phone. The link below is for you alone and ends after 24 "
        "hours: choose a new password and connect your new phone. " + NOT_YOU,
    ),
    Notice.ROLE_CHANGED: Words(
        "CPMS: your roles changed", "A role of yours was given or has ended. It counts from now; sign in again."
    ),
    Notice.ROLE_PROPOSED: Words(
        "CPMS: a role waits for a second person",
        "A colleague wants to give somebody a role that counts only once a second person has confirmed it.",
    ),
    Notice.DELEGATION_CHANGED: Words(
        "CPMS: who acts for whom has changed",
        "A clinician named you as assistant, or one of you ended it. Your page of assistants shows who may act for whom.",
    ),
    Notice.UNIT_COVER: Words(
        "CPMS: who in your unit sees its panels",
        "Your hospital lets every clinician of your unit read the panels of the others for a time, or has ended it. My work says "
        "what holds now; the page of who can see a case shows who has read it.",
    ),
    Notice.LET_IN: Words(
        "CPMS: you are let into a panel",
        "You can look into panel {ref} for one hour. Everything you open is on record.",
    ),
    Notice.GLASS_ASKED: Words(
        "CPMS: a colleague of the helpdesk asks for a second person",
        "A colleague of the helpdesk has a reason to look into a panel, which counts only once a second person has confirmed it.",
    ),
    Notice.GLASS_BROKEN: Words(
        "CPMS: the helpdesk looks into a panel",
        "Two people of the helpdesk opened a panel to one of them for an hour, with a reason. Whoever answers for the patient "
        "finds who they are, why, and what is read on the page of who can see the case.",
    ),
    Notice.INVITATION_ANSWERED: Words(
        "CPMS: an invitation was answered", "Somebody answered your invitation to panel {ref}."
    ),
    Notice.MEMBER_LEFT: Words(
        "CPMS: a member left your panel",
        "Somebody left panel {ref}. The panel says why, and whom they name instead, if they do.",
    ),
    Notice.COLLEAGUE_PROPOSED: Words(
        "CPMS: a colleague is proposed", "Somebody in panel {ref} names a colleague whom you may invite."
    ),
    Notice.INVITATION_LAPSED: Words(
        "CPMS: an invitation ran out",
        "Somebody you invited to panel {ref} did not answer in time. Would you like to ask somebody else?",
    ),
    Notice.DISPATCHED: Words(
        "CPMS: a panel for your group",
        "Panel {ref} was put before your thematic group or network. Take it up, forward it, or return it with a question.",
    ),
    Notice.DISPATCH_DECIDED: Words(
        "CPMS: your panel reached a group", "A coordinator took panel {ref} up, or forwarded it to those who know more."
    ),
    Notice.DISPATCH_RETURNED: Words(
        "CPMS: a coordinator asks you something", "A coordinator has a question about panel {ref} before it goes on."
    ),
    Notice.PEOPLE_NAMED: Words(
        "CPMS: people are named for your panel", "A coordinator names people whom you may invite to panel {ref}."
    ),
    Notice.ENOUGH_ADVICE: Words(
        "CPMS: enough advice in your panel",
        "Panel {ref} holds the advice you asked for. You can conclude it without a meeting, or wait for more.",
    ),
    Notice.TERMS_CHANGED: Words("CPMS: a new day", "Advice in panel {ref} is wanted by another day now."),
    Notice.URGENCY_CHANGED: Words(
        "CPMS: another urgency", "How urgent panel {ref} is has changed. The panel says by when advice is wanted."
    ),
    Notice.PANEL_SHELVED: Words(
        "CPMS: your panel and the archive", "Somebody put panel {ref} into the archive, or took it out again."
    ),
    Notice.PANEL_MOVED: Words("CPMS: a panel goes on", "Panel {ref} took its next step."),
    Notice.MEETING_PROPOSED: Words(
        "CPMS: a meeting is proposed",
        "Somebody in panel {ref} dissents or would rather talk. Would you call a meeting?",
    ),
    Notice.ANSWER_LATE: Words(
        "CPMS: your answer is awaited",
        "The day has passed by which panel {ref} hoped for your answer. One line may be enough.",
    ),
    Notice.NUDGED: Words(
        "CPMS: a colleague hopes for your answer",
        "The lead of panel {ref} would be glad of your answer. One line may be enough, or a word that you cannot help.",
    ),
    Notice.SUBSTITUTE_WANTED: Words(
        "CPMS: advice is late", "Advice in panel {ref} is late. Would you like to ask somebody else?"
    ),
    Notice.HELP_WANTED: Words(
        "CPMS: a panel of your group needs people",
        "Advice in panel {ref} is late. Whom could its lead ask? You may name people.",
    ),
    Notice.MENTIONED: Words("CPMS: a colleague mentions you", "A colleague mentions you in panel {ref}."),
    Notice.NEW_ADVICE: Words("CPMS: new advice in your panel", "There is new advice in panel {ref}."),
    Notice.NEW_MESSAGE: Words("CPMS: a new message", "There is a new message in panel {ref}."),
    Notice.VIEW_TAKEN: Words(
        "CPMS: a statement is objected to",
        "Somebody in panel {ref} would change a statement, or dissents from it. Read it before anything is done.",
    ),
    Notice.REWORDED: Words(
        "CPMS: words were corrected",
        "Words in panel {ref} were corrected by who wrote them. Read them again; the earlier wording stands beside them.",
    ),
    Notice.DATA_ADDED: Words(
        "CPMS: the data you asked for is there",
        "The data you asked for in panel {ref} was added. See whether it is what you meant.",
    ),
    Notice.CASE_CORRECTED: Words(
        "CPMS: a case was corrected",
        "In panel {ref} a patient says that something was wrong. It stands beside the original.",
    ),
    Notice.REGISTRY_CORRECTED: Words(
        "CPMS: data you took out was corrected",
        "The patient whom your registry knows as {ref} says that something was wrong. Take the cases out again, and correct what you hold.",
    ),
    Notice.THANKED: Words(
        "CPMS: a word of thanks", "The clinician of panel {ref} says how useful the advice was, and thanks you."
    ),
    Notice.SIGN_WANTED: Words(
        "CPMS: an outcome waits for your signature", "The outcome of panel {ref} is written. Sign it or dissent."
    ),
    Notice.OUTCOME_CORRECTED: Words(
        "CPMS: an outcome was corrected",
        "The outcome of panel {ref} was corrected after closing. Read what changed; who is asked to signs it or dissents.",
    ),
    Notice.DOCUMENT_FAILED: Words(
        "CPMS: a document could not be made",
        "The document of panel {ref} could not be made. Its page can try again; if that fails too, your helpdesk would like to hear "
        "of it.",
    ),
    Notice.FOLLOW_UP_WANTED: Words(
        "CPMS: what became of the advice?",
        "Panel {ref} was closed some months ago. What became of its advice? The answer takes a minute.",
    ),
    Notice.SURVEY: Words(
        "CPMS: how is it for you?",
        "Your network asks how useful CPMS is to you, and what keeps you from using it. It takes a minute and has no name.",
    ),
    Notice.SURVEY_REMINDER: Words(
        "CPMS: how is it for you?", "The questions of your network are still open. They take a minute and have no name."
    ),
    Notice.PANEL_CLOSED: Words("CPMS: a panel is closed", "Panel {ref} is closed. Thank you for your part in it."),
    Notice.PANEL_ENDED: Words("CPMS: a panel has ended", "Panel {ref} has ended. There is nothing left for you to do."),
    Notice.CONSENT_AGAIN: Words(
        "CPMS: a consent is to be asked for again",
        "The consent of one of your patients is to be asked for again. The page says which one, why, and by when.",
    ),
    Notice.HANDED_OVER: Words(
        "CPMS: patients were handed over to you",
        "You answer for patients of a colleague from now on, and lead their panels. Your list of patients shows them.",
    ),
    Notice.LEFT_BEHIND: Words(
        "CPMS: nobody answers for patients of your hospital",
        "A clinician of your hospital does not use CPMS any more. Say who answers for the patients from now on.",
    ),
    Notice.UNREPRESENTED: Words(
        "CPMS: nobody represents a hospital",
        "A clinician has gone. Only who represents the hospital says who answers for the patients: name somebody.",
    ),
    Notice.KEEP_OR_ERASE: Words(
        "CPMS: is a patient's data still needed?",
        "CPMS has kept a patient's data for many years. Say whether it is still needed, or have it erased.",
    ),
    Notice.REMINDER: Words("CPMS: something waits for you", "Panel {ref} still waits for you."),
    Notice.PANEL_IDLE: Words(
        "CPMS: a panel stands still", "Nothing has happened in panel {ref} for a while. Perhaps somebody needs a word."
    ),
    Notice.COME_BACK: Words(
        "CPMS: does something keep you away?",
        "You have not been in CPMS for some time. If something keeps you from using it, your helpdesk would like to hear it, "
        "and can help.",
    ),
    Notice.CENTRE_QUIET: Words(
        "CPMS: no panel from your hospital for a long time",
        "Your hospital has opened no panel for a long time. Perhaps a colleague has a patient whose question others could help "
        "with; your helpdesk is glad to show how.",
    ),
    Notice.TICKET_WAITING: Words("CPMS: a ticket for the helpdesk", "Ticket {ref} waits for a word of your helpdesk."),
    Notice.TICKET_MOVED: Words("CPMS: news on your ticket", "There is news on what you asked the helpdesk in {ref}."),
    Notice.FIGURES_FAILED: Words(
        "CPMS: a file of figures could not be made",
        "The file of figures that you asked for could not be made. Nothing was taken out. Its page can try again; if that fails too, "
        "your helpdesk would like to hear of it.",
    ),
    Notice.MONTH_FROZEN: Words(
        "CPMS: the month's figures are there",
        "The figures of the month that is over are counted. The page shows them, and what you need of them as a table.",
    ),
    Notice.DIGEST: Words("CPMS: your day", "What happened since your last daily mail:"),
}


def line(notice: str, *, ref: str) -> str:
    """One event as a line of the daily mail: a number and the kind of event."""
    return f"- {ref}: {Notice(notice).label}" if ref else f"- {Notice(notice).label}"


def body(notice: str, *, ref: str, path: str, lines: str = "") -> str:
    """The mail's text. ``ref`` is a panel number, ``path`` an address of ours, ``lines`` are made by ``line``; nothing
    else comes in."""
    text = WORDS[Notice(notice)].text.format(ref=ref) + (f"\n\n{lines}" if lines else "")
    return (
        f"{text}\n\n{settings.BASE_URL}{path}\n\n"
        "This mail holds no patient's data. You sign in before anything is shown.\n"
    )
