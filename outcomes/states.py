"""The life of an outcome, of a signature and of a document."""

from __future__ import annotations

import datetime as dt

from django.db import models

from panels.states import ContributionKind

NOT_ADVICE = (ContributionKind.NEED_DATA, ContributionKind.NO_EXPERIENCE)
"""Kinds of statements that go into no document, marked or not."""


class OutcomeState(models.TextChoices):
    DRAFT = "draft", "being written"
    SIGNING = "signing", "sent for signature"
    FINAL = "final", "final"


# Verb, from, to, who. A correction of a final outcome is a new version and leaves the state.
OUTCOME_MOVES = (
    ("send for signature", (OutcomeState.DRAFT,), OutcomeState.SIGNING, "treating side"),
    ("write on", (OutcomeState.SIGNING,), OutcomeState.DRAFT, "treating side, or a decision of a meeting"),
    ("close the panel", (OutcomeState.SIGNING,), OutcomeState.FINAL, "treating side"),
    ("start anew", (OutcomeState.FINAL,), OutcomeState.DRAFT, "treating side, after the panel is reopened"),
)


class Decision(models.TextChoices):
    PENDING = "pending", "asked"
    SIGNED = "signed", "signed"
    DISSENT = "dissent", "signed with a dissent"
    SILENT = "silent", "no answer"


class AdviceKind(models.TextChoices):
    """What an advice asks for; the words of the statement it came from."""

    DIAGNOSIS = "diagnosis", "Diagnosis"
    TEST = "test", "Test"
    TREATMENT = "treatment", "Treatment"
    REFERRAL = "referral", "Referral"
    FOLLOW_UP = "follow_up", "Follow-up"


class Strength(models.TextChoices):
    STRONG = "strong", "Strong"
    CONDITIONAL = "conditional", "Conditional"
    OPTION = "option", "Option"


class Language(models.TextChoices):
    """What the document's fixed words can be in, each by its own name."""

    EN = "en", "English"
    DE = "de", "Deutsch"
    ES = "es", "español"
    FR = "fr", "français"
    IT = "it", "italiano"
    PL = "pl", "polski"


ENGLISH = Language.EN
"""The networks' common language: what people write to one another is taken to be in it."""


def language_choices() -> list[tuple[str, str]]:
    """By reference, so that a new language is no migration."""
    return Language.choices


class DocumentState(models.TextChoices):
    WAITING = "waiting", "waiting for a worker"
    GATHERING = "gathering", "gathering the text"
    LAYOUT = "layout", "laying out the pages"
    READY = "ready", "ready"
    FAILED = "failed", "could not be made"


ENDED = (DocumentState.READY, DocumentState.FAILED)
MOST_TRIES = 3
PROGRESS = {
    DocumentState.WAITING: 10,
    DocumentState.GATHERING: 30,
    DocumentState.LAYOUT: 60,
    DocumentState.READY: 100,
    DocumentState.FAILED: 100,
}


class EffectKind(models.TextChoices):
    """What the advice did to the treatment, as the treating physician says."""

    CHANGED = "changed", "Changed it"
    VALIDATED = "validated", "Confirmed it"
    NO_EXPERIENCE = "no_experience", "No experience was available"
    OTHER = "other", "Something else"


class Done(models.TextChoices):
    """What became of one advice."""

    DONE = "done", "Done"
    PARTLY = "partly", "Partly"
    NOT = "not", "Not done"


class Benefit(models.TextChoices):
    """Whether the patient benefited, as the treating physician sees it."""

    YES = "yes", "Yes"
    PARTLY = "partly", "Partly"
    NO = "no", "No"
    UNKNOWN = "unknown", "Too early, or not known"


class TopicState(models.TextChoices):
    """What a group makes of a question that nobody had experience with."""

    OPEN = "open", "not decided yet"
    WEBINAR = "webinar", "topic of a webinar"
    RESEARCH = "research", "topic for research"
    DROPPED = "dropped", "not followed"


SIGN_WITHIN = dt.timedelta(days=7)


def sign_within(*, urgent: bool) -> dt.timedelta:
    """How long a signature is waited for; an urgent panel halves it, as it does every wait."""
    return SIGN_WITHIN / 2 if urgent else SIGN_WITHIN


FOLLOW_UP_MONTHS = (3, 12)
ANSWER_WITHIN, ASK_WITHIN = dt.timedelta(days=14), dt.timedelta(days=30)
"""A follow-up is wanted two weeks after it is asked. What was due longer than a month ago is not asked any more, unless consent
was withdrawn meanwhile: then it is asked when consent is given again."""


class Asked(models.TextChoices):
    """As whom somebody is asked: by what they did in the twelve months before the round."""

    USER = "user", "took part in a panel"
    OTHER = "other", "took part in none"


class Reason(models.TextChoices):
    """Why somebody does not use the product, or not more."""

    TIME = "time", "No time"
    TECHNICAL = "technical", "Technical difficulty"
    NEED = "need", "No need so far"
    UNSURE = "unsure", "Not sure how to begin"
    ELSEWHERE = "elsewhere", "I ask colleagues another way"


def reason_choices() -> list[tuple[str, str]]:
    """By reference, so that a new reason is no migration."""
    return Reason.choices


SURVEY_WITHIN, USED_WITHIN = dt.timedelta(days=21), dt.timedelta(days=365)
