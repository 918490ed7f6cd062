"""Codes, names and the tree of the terminologies that the network uses, as their authors published them.

Nothing here is about a patient. Clinical rows store code, name and version as used then, and never point here.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpms.terminology.states import Kind, System


class Terminology(models.Model):
    """One loaded release. ``attribution`` is the sentence its licence asks to show."""

    system = models.CharField(max_length=16, primary_key=True, choices=System.choices)
    version = models.CharField(max_length=64)
    licence = models.CharField(max_length=200)
    attribution = models.TextField()
    loaded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "terminologies"
        constraints = [
            models.CheckConstraint(condition=Q(system__in=System.values), name="terminology_system_known"),
            models.CheckConstraint(condition=~Q(version=""), name="terminology_version_given"),
        ]

    def __str__(self) -> str:
        return f"{self.get_system_display()} {self.version}"


class ConceptQuerySet(models.QuerySet["Concept"]):
    def active(self) -> ConceptQuerySet:
        return self.filter(active=True)

    def of(self, system: str) -> ConceptQuerySet:
        return self.filter(terminology_id=system)


class Concept(models.Model):
    """A coded meaning. ``code`` is written as its authority writes it (``HP:0000846``, ``ORPHA:418``).

    ``search_name`` and ``search_text`` are folded by ``folding.fold``: the name, and the name with synonyms and code.
    """

    terminology = models.ForeignKey(Terminology, on_delete=models.PROTECT, related_name="concepts", db_column="system")
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=400)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    active = models.BooleanField(default=True)
    replaced_by = models.CharField(max_length=32, blank=True)
    definition = models.TextField(blank=True)
    search_name = models.CharField(max_length=400)
    search_text = models.TextField()
    search_words = models.GeneratedField(
        expression=SearchVector("search_text", config="simple"), output_field=SearchVectorField(), db_persist=True
    )

    objects = ConceptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["terminology", "code"], name="concept_code_once_per_terminology"),
            models.CheckConstraint(condition=~Q(name=""), name="concept_name_given"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="concept_kind_known"),
            models.CheckConstraint(condition=Q(active=False) | Q(replaced_by=""), name="concept_active_not_replaced"),
        ]
        indexes = [
            GinIndex(fields=["search_words"], name="concept_search_words"),
            models.Index(OpClass(F("search_name"), name="varchar_pattern_ops"), name="concept_search_name"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ConceptSynonym(models.Model):
    """Another name of a concept, unaltered."""

    concept = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="synonyms")
    text = models.CharField(max_length=600)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["concept", "text"], name="concept_synonym_once")]

    def __str__(self) -> str:
        return self.text


class ConceptEdge(models.Model):
    """``child`` is a kind of ``parent``; a concept may have several parents."""

    parent = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="edges_down")
    child = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="edges_up")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parent", "child"], name="concept_edge_once"),
            models.CheckConstraint(condition=~Q(parent=F("child")), name="concept_edge_not_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} is a {self.parent_id}"
