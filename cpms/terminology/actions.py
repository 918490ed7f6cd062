"""Loading a release. Afterwards the tables hold exactly that release; codes it no longer has stay, inactive."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone

from cpms.terminology.folding import fold
from cpms.terminology.importers.release import ReadConcept, Release
from cpms.terminology.models import Concept, ConceptEdge, ConceptSynonym, Terminology

BATCH = 2_000
REWRITTEN = ["name", "kind", "active", "replaced_by", "definition", "search_name", "search_text"]


@transaction.atomic
def load(release: Release, *, by: AbstractBaseUser | None = None) -> Terminology:
    """Make the release the loaded one. ``by`` is None when the system loads it at set-up.

    Safe to run again; readers see the old release or the new one, never half of each.
    """
    terminology, _ = Terminology.objects.update_or_create(
        system=release.system,
        defaults={
            "version": release.version,
            "licence": release.licence,
            "attribution": release.attribution,
            "loaded_at": timezone.now(),
        },
    )
    _replace_concepts(terminology, release.concepts)
    ids = dict(Concept.objects.of(release.system).values_list("code", "pk"))
    _replace_synonyms(terminology, release.concepts, ids)
    _replace_edges(terminology, release.concepts, ids)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {Concept._meta.db_table}")  # or the search plans for an empty table until autovacuum
    return terminology


def _replace_concepts(terminology: Terminology, concepts: tuple[ReadConcept, ...]) -> None:
    Concept.objects.of(terminology.system).update(active=False)
    Concept.objects.bulk_create(
        [_row(terminology, concept) for concept in concepts],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["terminology", "code"],
        update_fields=REWRITTEN,
    )


def _row(terminology: Terminology, concept: ReadConcept) -> Concept:
    return Concept(
        terminology=terminology,
        code=concept.code,
        name=concept.name,
        kind=concept.kind,
        active=concept.active,
        replaced_by=concept.replaced_by,
        definition=concept.definition,
        search_name=fold(concept.name),
        search_text=fold(" ".join((concept.name, *concept.synonyms, concept.code))),
    )


def _replace_synonyms(terminology: Terminology, concepts: tuple[ReadConcept, ...], ids: dict[str, int]) -> None:
    ConceptSynonym.objects.filter(concept__terminology=terminology).delete()
    rows = [
        ConceptSynonym(concept_id=ids[concept.code], text=text)
        for concept in concepts
        for text in dict.fromkeys(concept.synonyms)
    ]
    ConceptSynonym.objects.bulk_create(rows, batch_size=BATCH)


def _replace_edges(terminology: Terminology, concepts: tuple[ReadConcept, ...], ids: dict[str, int]) -> None:
    ConceptEdge.objects.filter(child__terminology=terminology).delete()
    rows = [
        ConceptEdge(parent_id=ids[parent], child_id=ids[concept.code])
        for concept in concepts
        for parent in dict.fromkeys(concept.parents)
        if parent in ids
    ]
    ConceptEdge.objects.bulk_create(rows, batch_size=BATCH)
