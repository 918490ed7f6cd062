"""What can wait for somebody, how long until a reminder, and the life of a mail. Tables only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models


class Verb(models.TextChoices):
    """The next action; the text is the button's."""

    ANSWER = "answer", "Answer"
    REPLY = "reply", "Reply"
    ADD_DATA = "add_data", "Add data"
    FINISH_DRAFT = "finish_draft", "Finish"
    WRITE_OUTCOME = "write_outcome", "Write outcome"
    SIGN = "sign", "Sign"
    CLOSE = "close", "Close panel"
    REVIVE = "revive", "Look after"
    SURVEY = "survey", "Answer"
    EFFECT = "effect", "Say what it did"
    FOLLOW_UP = "follow_up", "Say what became"
    DECIDE = "decide", "Decide"
    DISPATCH = "dispatch", "Take up"
    CLARIFY = "clarify", "Answer"
    REFERRAL = "referral", "Decide"
    START_PANEL = "start_panel", "Open a panel"
    SUBSTITUTE = "substitute", "Ask another"
    MEET = "meet", "Call a meeting"
    DATES = "dates", "Say when you can"
    HELP = "help", "Name people"
    QUESTION = "question", "Answer"
    HOLD = "hold", "Was it held?"
    CONSENT_AGAIN = "consent_again", "Ask again"
    KEEP_OR_ERASE = "keep_or_erase", "Decide"
    HAND_OVER = "hand_over", "Hand over"
    NAME_REPRESENTATIVE = "name_representative", "Name somebody"
    CONFIRM_PLACE = "confirm_place", "Decide"
    CONFIRM_ROLE = "confirm_role", "Decide"
    CONFIRM_FACTOR = "confirm_factor", "Decide"
    TICKET = "ticket", "Reply"
    OUTREACH = "outreach", "Open"


WHY = {
    Verb.ANSWER: "You are asked for advice.",
    Verb.REPLY: "You accepted; your advice is awaited.",
    Verb.ADD_DATA: "Your panel; an expert needs more data.",
    Verb.FINISH_DRAFT: "You began this panel.",
    Verb.WRITE_OUTCOME: "Your panel; the outcome is to be written.",
    Verb.SIGN: "You are asked to sign the outcome.",
    Verb.CLOSE: "Your panel; the outcome is out for signature.",
    Verb.EFFECT: "Your panel is closed; what did the advice do to the treatment?",
    Verb.FOLLOW_UP: "Your panel; what became of its advice?",
    Verb.SURVEY: "A minute for your network; the answer has no name.",
    Verb.REVIVE: "Your panel; nothing has happened for three weeks.",
    Verb.DECIDE: "A colleague asks for access to your centre.",
    Verb.DISPATCH: "Put before a group or network that you coordinate.",
    Verb.CLARIFY: "Your panel; a coordinator asks something.",
    Verb.SUBSTITUTE: "Your panel; advice is late, a substitute may help.",
    Verb.MEET: "Your panel; somebody dissents or would like to meet.",
    Verb.DATES: "Dates for a meeting; which of them suit you?",
    Verb.HELP: "Advice for this panel is late; whom could the lead ask?",
    Verb.QUESTION: "Nobody in your group has answered this quick question.",
    Verb.HOLD: "A meeting is over; who was there, and was it held?",
    Verb.REFERRAL: "A physician outside the networks asks for help.",
    Verb.CONSENT_AGAIN: "A consent of your patient is to be asked for again.",
    Verb.KEEP_OR_ERASE: "Kept for many years; is the data still needed?",
    Verb.HAND_OVER: "A clinician has gone; nobody answers for patients of your hospital.",
    Verb.NAME_REPRESENTATIVE: "A clinician has gone, and nobody represents the hospital, which says who answers for the patients.",
    Verb.CONFIRM_PLACE: "Another network asks for a hospital that you look after.",
    Verb.CONFIRM_ROLE: "A colleague wants to give a role that needs a second person.",
    Verb.CONFIRM_FACTOR: "A lost phone; a second person of the helpdesk confirms it, or says no.",
    Verb.TICKET: "Somebody asks the helpdesk.",
    Verb.OUTREACH: "The next step with a hospital, by the outreach log.",
    Verb.START_PANEL: "A coordinator asks you to open a panel for a physician outside the networks.",
}
"""Why a thing waits for somebody, said beside it."""


OF_COORDINATING = frozenset({Verb.DISPATCH, Verb.HELP, Verb.REFERRAL})
REMINDED_ALWAYS = frozenset(
    {
        Verb.CONSENT_AGAIN,
        Verb.KEEP_OR_ERASE,
        Verb.HAND_OVER,
        Verb.NAME_REPRESENTATIVE,
        Verb.CONFIRM_PLACE,
        Verb.CONFIRM_ROLE,
        Verb.CONFIRM_FACTOR,
    }
)
"""What patients' rights or the safety of accounts hang on: no absence holds its reminders."""


def verb_choices() -> list[tuple[str, str]]:
    """By reference, so that a new verb is no migration."""
    return Verb.choices


class Settled(models.TextChoices):
    DONE = "done", "done"
    CANCELLED = "cancelled", "no longer needed"


class Pace(models.TextChoices):
    """When a person wants to hear of what is not urgent."""

    AT_ONCE = "at_once", "At once"
    DAILY = "daily", "One mail a day"
    OFF = "off", "Only what is asked of me"


class MailState(models.TextChoices):
    WAITING = "waiting", "waiting"
    HELD = "held", "held for the daily mail"
    DIGESTED = "digested", "part of a daily mail"
    SENDING = "sending", "being sent"
    SENT = "sent", "sent"
    CANCELLED = "cancelled", "cancelled"
    GIVEN_UP = "given_up", "given up"


UNSENT = (MailState.WAITING, MailState.HELD, MailState.SENDING)

IDLE, LADDER, EXPIRY, UNANSWERED = "idle", "ladder", "expiry", "unanswered"
LONGEST_WAIT, MOST_REMINDERS = 365, 5


def rule_choices() -> list[tuple[str, str]]:
    """What a network may set: every verb that is about a panel; and what is about panels, invitations and questions themselves."""
    words = [(verb.value, RULE_WORDS[verb]) for verb in Verb if verb in RULE_WORDS]
    return [*words, *((about, rule.words) for about, rule in OF_PANELS.items())]


RULE_WORDS: dict[str, str] = {
    Verb.ANSWER: "An invitation is not answered",
    Verb.REPLY: "Advice was promised",
    Verb.ADD_DATA: "More data was asked for",
    Verb.FINISH_DRAFT: "A draft is not finished",
    Verb.WRITE_OUTCOME: "The outcome is not written",
    Verb.SIGN: "A signature is missing",
    Verb.CLOSE: "A signed panel is not closed",
    Verb.REVIVE: "A panel that stands still is not looked after",
    Verb.EFFECT: "What the advice did is not said",
    Verb.FOLLOW_UP: "What became of the advice is not said",
    Verb.DISPATCH: "A panel put before a group is not taken up",
    Verb.CLARIFY: "A coordinator's question is not answered",
    Verb.REFERRAL: "A referral is not decided",
    Verb.START_PANEL: "An accepted referral has no panel",
    Verb.SUBSTITUTE: "Advice is late, a substitute is asked for",
    Verb.MEET: "A meeting is proposed",
    Verb.DATES: "Dates for a meeting are not answered",
    Verb.HELP: "Advice is late, coordinators are asked for help",
    Verb.QUESTION: "A coordinator does not see to a quick question",
}

DAY = dt.timedelta(days=1)
REMIND_AFTER: dict[str, tuple[dt.timedelta, ...]] = {
    Verb.ANSWER: (3 * DAY, 7 * DAY),
    Verb.REPLY: (7 * DAY,),
    Verb.ADD_DATA: (7 * DAY,),
    Verb.FINISH_DRAFT: (),
    Verb.WRITE_OUTCOME: (3 * DAY, 7 * DAY),
    Verb.SIGN: (5 * DAY,),
    Verb.CLOSE: (5 * DAY,),
    Verb.REVIVE: (7 * DAY,),
    Verb.EFFECT: (7 * DAY, 21 * DAY),
    Verb.FOLLOW_UP: (14 * DAY, 30 * DAY),
    Verb.SURVEY: (10 * DAY,),
    Verb.DECIDE: (2 * DAY, 5 * DAY),
    Verb.DISPATCH: (2 * DAY, 5 * DAY),
    Verb.CLARIFY: (2 * DAY, 5 * DAY),
    Verb.REFERRAL: (2 * DAY, 5 * DAY),
    Verb.START_PANEL: (3 * DAY, 7 * DAY),
    Verb.SUBSTITUTE: (3 * DAY,),
    Verb.MEET: (3 * DAY,),
    Verb.DATES: (2 * DAY,),
    Verb.HELP: (3 * DAY,),
    Verb.QUESTION: (3 * DAY,),
    Verb.HOLD: (DAY, 2 * DAY),
    Verb.CONSENT_AGAIN: (30 * DAY, 60 * DAY, 180 * DAY, 365 * DAY),
    Verb.KEEP_OR_ERASE: (30 * DAY, 60 * DAY, 180 * DAY),
    Verb.HAND_OVER: (3 * DAY, 7 * DAY, 30 * DAY),
    Verb.NAME_REPRESENTATIVE: (3 * DAY, 7 * DAY, 30 * DAY),
    Verb.CONFIRM_PLACE: (3 * DAY, 7 * DAY),
    Verb.CONFIRM_ROLE: (DAY, 2 * DAY),
    Verb.CONFIRM_FACTOR: (DAY, 2 * DAY),
    Verb.TICKET: (2 * DAY, 5 * DAY),
    Verb.OUTREACH: (),
}
"""Waits after opening (product rules of chasing); an urgent panel halves them."""


@dataclass(frozen=True)
class PanelRule:
    """A rule about a panel, an invitation or a quick question itself, not about a thing to do: as many numbers as ``usual`` has, or none where a
    network ``may_drop`` it."""

    words: str
    wanted: str
    usual: tuple[int, ...]
    may_drop: bool = True


OF_PANELS = {
    IDLE: PanelRule(
        "Nothing happens in a panel", "Two numbers: for the lead, and for the helpdesk. Or none.", (21, 60)
    ),
    LADDER: PanelRule(
        "Too little advice, after the day it was wanted by",
        "Two numbers: when the lead is asked for substitutes, and when coordinators are asked for help. Or none.",
        (3, 7),
    ),
    UNANSWERED: PanelRule(
        "A quick question is not answered",
        "Two numbers: when its group is reminded, and when the group's coordinators are asked. Or none.",
        (3, 7),
    ),
    EXPIRY: PanelRule("An unanswered invitation ends", "One number.", (14,), may_drop=False),
}


def usual_days(about: str) -> list[int]:
    """The product's own rule in days."""
    return list(OF_PANELS[about].usual) if about in OF_PANELS else [wait.days for wait in REMIND_AFTER[about]]


def reminder_due(
    waits: Sequence[dt.timedelta], opened_at: dt.datetime, sent: int, *, urgent: bool
) -> dt.datetime | None:
    """When the next reminder goes out after ``sent`` of them; ``None`` when no more follow."""
    if sent >= len(waits):
        return None
    return opened_at + (waits[sent] / 2 if urgent else waits[sent])


def steps_due(waits: Sequence[dt.timedelta], opened_at: dt.datetime, *, at: dt.datetime, urgent: bool) -> int:
    """How many reminders of a rule lie at or before a moment. One mail says them all, however late the clock comes by."""
    return sum(opened_at + (wait / 2 if urgent else wait) <= at for wait in waits)
