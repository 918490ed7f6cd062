"""Finding a panel again among those a person sees: by number, pseudonym, condition, finding, gene, person, group, title.

Codes, numbers and pseudonyms are searched in the database. Titles, nicknames, genes and typed names are sealed: they are opened
and looked through for the newest panels only. What is said in a panel is never searched.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from cpms.terminology import queries as terminology
from cpms.terminology.folding import fold
from cpms.terminology.states import System
from panels.models import Invitation, Panel

MOST_WORDS, MOST_CODES, LOOKED_THROUGH, MOST_FOUND = 6, 200, 200, 50
WITH_NAMES = (System.ORPHA, System.HPO)


def search(user: Any, text: str, *, state: str = "") -> QuerySet[Panel]:
    """The panels that hold every word, or that are coded with a condition or finding of this name; newest first."""
    visible = Panel.objects.visible_to(user).order_by("-drafted_at", "pk")
    visible = visible.filter(state=state) if state else visible
    words = fold(text).split()[:MOST_WORDS]
    if not words:
        return visible.none()
    by_number = Q()
    for word in words:
        by_number &= Q(ref__icontains=word) | Q(case__patient__pseudonym__icontains=word)
    found = set(visible.filter(by_number | coded(text)).values_list("pk", flat=True)) | opened_and_read(visible, words)
    return visible.filter(pk__in=found)


def coded(text: str) -> Q:
    """Cases with a diagnosis or a present finding whose name, synonym or code is meant by the text."""
    codes = {hit.code for system in WITH_NAMES for hit in terminology.search(system, text, limit=MOST_CODES)}
    codes |= {text.strip().upper()}
    return Q(case__diagnoses__code__in=codes) | Q(case__findings__code__in=codes, case__findings__present=True)


def opened_and_read(visible: QuerySet[Panel], words: list[str]) -> set[Any]:
    """Keys of those among the newest panels whose names and sealed titles hold every word's beginning."""
    members = Prefetch("invitations", Invitation.objects.live().select_related("invitee__centre"), to_attr="people_in")
    keys = list(visible.values_list("pk", flat=True)[:LOOKED_THROUGH])
    rows = Panel.objects.with_case().filter(pk__in=keys)
    rows = rows.prefetch_related("case__diagnoses", "case__variants", members)
    return {panel.pk for panel in rows if begins_each(words, fold(words_of(panel)))}


def begins_each(words: list[str], text: str) -> bool:
    """Whether each word begins a word of the text."""
    return all(f" {word}" in f" {text}" for word in words)


def words_of(panel: Any) -> str:
    """What a person may remember of a panel, in one line."""
    people = [panel.lead, *(row.invitee for row in panel.people_in)]
    return " ".join(
        [
            panel.title,
            panel.case.patient.nickname,
            panel.group.name if panel.group else "",
            panel.get_state_display(),
            *(person.display_name for person in people),
            *(person.centre.name for person in people if person.centre),
            *(diagnosis.label for diagnosis in panel.case.diagnoses.all()),
            *(variant.gene for variant in panel.case.variants.all()),
        ]
    )
