"""The three stages, and what an answer can be. Stage 1 is care and obligatory (the founding paper's model)."""

from django.db import models


class Stage(models.IntegerChoices):
    CARE = 1, "discussion of the case for care"
    REGISTRY = 2, "registries and databases"
    RESEARCH = 3, "contact about research"


class Answer(models.TextChoices):
    GIVEN = "given", "given"
    REFUSED = "refused", "not given"


class Giver(models.TextChoices):
    PATIENT = "patient", "the patient"
    PARENT = "parent", "a parent"
    BOTH_PARENTS = "both_parents", "both parents"
    REPRESENTATIVE = "representative", "the legal representative"
