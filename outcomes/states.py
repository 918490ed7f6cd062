"""The life of an outcome, of a signature and of a document."""

from django.db import models


class OutcomeState(models.TextChoices):
    DRAFT = "draft", "being written"
    SIGNING = "signing", "sent for signature"
    FINAL = "final", "final"


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


class DocumentState(models.TextChoices):
    WAITING = "waiting", "waiting for a worker"
    GATHERING = "gathering", "gathering the text"
    LAYOUT = "layout", "laying out the pages"
    READY = "ready", "ready"
    FAILED = "failed", "could not be made"


PROGRESS = {
    DocumentState.WAITING: 10,
    DocumentState.GATHERING: 30,
    DocumentState.LAYOUT: 60,
    DocumentState.READY: 100,
    DocumentState.FAILED: 100,
}
