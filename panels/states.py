"""The life of a panel as a table. ``docs/panel-states.md`` is generated from it. No queries here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from django.db import models

from cpms.terminology.folding import fold_name


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    OPEN = "open", "Open"
    OUTCOME = "outcome", "Outcome"
    CLOSED = "closed", "Closed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Move(models.TextChoices):
    """The verbs that change a panel's state; below them what its log notes while the state stays."""

    OPEN = "open", "open"
    START_OUTCOME = "start_outcome", "start the outcome"
    CLOSE = "close", "close"
    WITHDRAW = "withdraw", "withdraw"
    REOPEN = "reopen", "reopen"
    HAND_OVER = "hand_over", "hand over"
    ARCHIVE = "archive", "put into the archive"
    UNARCHIVE = "unarchive", "taken out of the archive"
    FREEZE = "freeze", "stopped, consent was withdrawn"
    THAW = "thaw", "goes on, consent was given again"
    LEAVE = "leave", "a member left"
    URGENCY = "urgency", "urgency changed"


@dataclass(frozen=True)
class Transition:
    verb: Move
    sources: tuple[State, ...]
    target: State
    who: str
    needs: str


TRANSITIONS = (
    Transition(
        Move.OPEN,
        (State.DRAFT,),
        State.OPEN,
        "lead or assistant",
        "valid stage-1 consent, a question and one thematic group",
    ),
    Transition(
        Move.START_OUTCOME,
        (State.OPEN,),
        State.OUTCOME,
        "lead or assistant",
        "one contribution or one held meeting",
    ),
    Transition(Move.CLOSE, (State.OUTCOME,), State.CLOSED, "lead or assistant", "an outcome sent for signature"),
    Transition(
        Move.WITHDRAW, (State.DRAFT, State.OPEN, State.OUTCOME), State.WITHDRAWN, "lead or assistant", "nothing more"
    ),
    Transition(Move.REOPEN, (State.CLOSED,), State.OPEN, "lead or assistant", "valid stage-1 consent"),
)
BY_VERB = {transition.verb: transition for transition in TRANSITIONS}
RUNNING = (State.OPEN, State.OUTCOME)
UNFINISHED = (State.DRAFT, *RUNNING)  # their lead follows when the patient is handed over
OVER = (State.CLOSED, State.WITHDRAWN)  # may go into the archive
SHARED = (State.OPEN, State.OUTCOME, State.CLOSED)  # what members may see


class Urgency(models.TextChoices):
    ROUTINE = "routine", "Routine"
    SOON = "soon", "Soon"
    URGENT = "urgent", "Urgent"


WANTED_WITHIN = {
    Urgency.ROUTINE: dt.timedelta(days=21),
    Urgency.SOON: dt.timedelta(days=10),
    Urgency.URGENT: dt.timedelta(days=3),
}


ARCHIVED = "archived"
"""What the list calls the archive, beside the states."""
MOST_FILTERS = 12
MOST_MINUTES = 60_000
PRESENT_WITHIN, READ_WITHIN = dt.timedelta(seconds=90), dt.timedelta(minutes=20)
"""Two signs of an open page this close are time spent; so long after it was opened, it counts as left open."""
QUORUM = 2
"""With the advice of how many experts a panel has enough, unless its lead says otherwise."""


class Rung(models.IntegerChoices):
    """The ladder when the answer-by day has passed and the quorum is not there."""

    REMIND = 1, "those who owe an answer are reminded"
    SUBSTITUTE = 2, "the lead is asked to invite substitutes"
    COORDINATOR = 3, "the group's coordinators are asked to help"


class DispatchState(models.TextChoices):
    """What became of a panel put before a group or a network."""

    WAITING = "waiting", "waits for a coordinator"
    ACCEPTED = "accepted", "taken up"
    FORWARDED = "forwarded", "forwarded"
    RETURNED = "returned", "returned with a question"
    ANSWERED = "answered", "question answered"
    ENDED = "ended", "no longer needed"


TAKE_UP_WITHIN = dt.timedelta(days=3)
CHASED_WITHIN = dt.timedelta(days=14)
"""A quick question whose last step lies longer behind is chased no more: it is from before there were steps, or the clock stood."""


class ReferralState(models.TextChoices):
    """What became of a question from outside the networks."""

    WAITING = "waiting", "waits for a coordinator"
    ACCEPTED = "accepted", "accepted"
    DECLINED = "declined", "declined"
    EXPIRED = "expired", "ended without an answer"


REFERRAL_WAITS = dt.timedelta(days=30)
"""How long nobody's decision is waited for; as long again stay the words of what was declined or has ended."""


class InvitationKind(models.TextChoices):
    EXPERT = "expert", "expert"
    GUEST = "guest", "guest"


class InvitationState(models.TextChoices):
    PENDING = "pending", "not answered"
    ACCEPTED = "accepted", "accepted"
    DECLINED = "declined", "declined"
    EXPIRED = "expired", "expired"
    WITHDRAWN = "withdrawn", "withdrawn"
    ENDED = "ended", "left the panel"


# Verb, from, to, who. The clock closes what nobody answered in time.
INVITATION_MOVES = (
    ("accept", (InvitationState.PENDING,), InvitationState.ACCEPTED, "who is invited"),
    ("decline", (InvitationState.PENDING,), InvitationState.DECLINED, "who is invited"),
    ("reconsider", (InvitationState.DECLINED,), InvitationState.PENDING, "who said no, for five minutes"),
    ("take back", (InvitationState.PENDING,), InvitationState.WITHDRAWN, "treating side"),
    ("end", (InvitationState.ACCEPTED,), InvitationState.ENDED, "treating side, or the close for a guest"),
    ("leave", (InvitationState.ACCEPTED,), InvitationState.ENDED, "the member or guest"),
    ("expire", (InvitationState.PENDING,), InvitationState.EXPIRED, "the clock"),
)


class DeclineReason(models.TextChoices):
    FIELD = "field", "Not my field"
    TIME = "time", "No time"
    CONFLICT = "conflict", "Conflict of interest"
    AWAY = "away", "Away"
    OTHER = "other", "Another reason"


ANSWER_WITHIN = dt.timedelta(days=7)


def due_on(day: dt.date) -> dt.datetime:
    """The end of a day by which something is wanted, or until which a guest stays: it is still that day wherever in the networks it
    is read."""
    return dt.datetime.combine(day, dt.time(20, 59), tzinfo=dt.UTC)


GUEST_STAYS = dt.timedelta(days=60)
NUDGE_AFTER = dt.timedelta(days=3)
"""So long the lead waits before the same person is reminded by hand again."""


class ContributionKind(models.TextChoices):
    DIAGNOSIS = "diagnosis", "Diagnosis to consider"
    TEST = "test", "Test"
    TREATMENT = "treatment", "Treatment"
    REFERRAL = "referral", "Referral"
    FOLLOW_UP = "follow_up", "Follow-up"
    NEED_DATA = "need_data", "Need more data"
    NO_EXPERIENCE = "no_experience", "No experience with this"


class Certainty(models.TextChoices):
    VERY = "very", "Very sure"
    FAIRLY = "fairly", "Fairly sure"
    NOT = "not", "Not sure"


RECALL_WITHIN = dt.timedelta(minutes=5)


class StanceKind(models.TextChoices):
    AGREE = "agree", "Agree"
    AMEND = "amend", "Amend"
    DISSENT = "dissent", "Dissent"


class Speciality(models.TextChoices):
    """What a case may call for, read from a job title: people declare conditions and whom they look after, but no speciality."""

    GENETICS = "genetics", "geneticist"
    PAEDIATRICS = "paediatrics", "paediatrician"
    RADIOLOGY = "radiology", "radiologist"

    @classmethod
    @lru_cache(maxsize=5_000)  # thousands of people share a few hundred titles
    def named_in(cls, title: str) -> frozenset[Speciality]:
        """The specialities of which the title holds a stem, with or without accents."""
        text = fold_name(title)
        return frozenset(one for one, stems in STEMS.items() if any(stem in text for stem in stems))


STEMS = {
    Speciality.GENETICS: ("genetic", "genetik", "genetist", "genetyk", "γενετιστ", "γενετικ", "генетик"),
    Speciality.PAEDIATRICS: (
        *("paediat", "pediat", "padiat", "enfant", "infantil", "dzieci", "kinder und jugend"),
        *("παιδιατρ", "παιδοενδοκρινολογ", "παιδοκαρδιολογ", "παιδονευρολογ", "παιδοχειρουργ", "педиат", "детск"),
        *(
            f"kinder{what}"
            for what in ("arzt", "chirurg", "endokrin", "heilkunde", "kardiolog", "klinik", "neurolog", "onkolog")
        ),
    ),
    Speciality.RADIOLOGY: ("radiolog", "imaging", "imagerie", "imagen", "rontgen", "ακτινολογ", "радиолог", "рентген"),
}
"""Pieces of titles, folded, in English, German, French, Spanish, Italian, Polish, Greek and Bulgarian. A "Kinderwunsch" is no child yet."""


ASSIST_LASTS = dt.timedelta(hours=1)


class Sees(models.TextChoices):
    """What of a case stands open to somebody."""

    CASE = "case", "Case"
    QUESTION = "question", "Question only"
    DOCUMENT = "document", "Outcome only"


class AssistKind(models.TextChoices):
    """Why somebody of the helpdesk sees a panel for an hour."""

    LEAD = "lead", "let in by the treating side"
    GLASS = "glass", "break-glass, confirmed by a second person"


class Part(models.TextChoices):
    """What a person is in a panel."""

    TREATING = "treating", "treating side"
    EXPERT = "expert", "expert"
    GUEST = "guest", "guest"
    NONE = "none", "not a member"
