"""Which terminologies are known, and what their concepts are about."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class System(models.TextChoices):
    """The prefix that each authority writes in front of its codes."""

    HPO = "HP", _("Human Phenotype Ontology")
    ORPHA = "ORPHA", _("Orphanet rare diseases")
    GENE = "NCBIGene", _("Genes of rare diseases")


class Kind(models.TextChoices):
    PHENOTYPE = "phenotype", _("phenotypic abnormality")
    INHERITANCE = "inheritance", _("mode of inheritance")
    ONSET = "onset", _("clinical course, onset included")
    MODIFIER = "modifier", _("clinical modifier")
    FREQUENCY = "frequency", _("frequency")
    DISEASE = "disease", _("disease")
    GROUP = "group", _("group of diseases")
    GENE = "gene", _("gene")
    OTHER = "other", _("other")
