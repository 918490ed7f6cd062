"""Finding a panel again among those a person sees: by number, pseudonym, condition, finding, gene, person, group, title.

Codes, numbers, pseudonyms, groups and people are searched in the database. Titles, nicknames, genes and typed names are sealed:
they are opened and looked through for the newest panels only. What is said in a panel is never searched.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cpms.accounts import queries as accounts
from cpms.accounts.models import ThematicGroup
from cpms.keys import with_keys
from cpms.terminology import queries as terminology
from cpms.terminology.folding import begins_each, fold_name
from cpms.terminology.states import System
from panels.cases.models import Diagnosis, Finding, Variant
from panels.models import Invitation, Panel
from panels.queries.work import started
from panels.states import InvitationKind, InvitationState

MOST_WORDS, MOST_CODES, MOST_PEOPLE, LOOKED_THROUGH, MOST_FOUND = 6, 200, 500, 200, 25
SEALED: dict[Any, str] = {Diagnosis: "label", Variant: "gene"}


def search(
    user: Any, text: str, *, state: str = "", since: dt.date | None = None, until: dt.date | None = None
) -> QuerySet[Panel]:
    """The panels that hold every word, that are coded with a condition or finding of this name, or whose diagnosis, coded elsewhere
    or not at all, is called by another name of such a condition; newest first. Those begun
    outside the days are left out before the newest are looked through."""
    visible = started(Panel.objects.visible_to(user).order_by("-drafted_at", "pk"), since, until)
    visible = visible.filter(state=state) if state else visible
    words = fold_name(text).split()[:MOST_WORDS]
    if not words:
        return visible.none()
    plainly = written_plainly(text.split()[:MOST_WORDS])
    codes, names = terminology.meant_and_called(System.ORPHA, text, limit=MOST_CODES)
    codes += [*terminology.codes_meant(System.HPO, text, limit=MOST_CODES), text.strip().upper()]
    # Asked in one go, PostgreSQL joins every panel there is before it looks at the few
    seen = list(visible.values_list("pk", flat=True))
    found = set(Panel.objects.filter(plainly | coded(codes), with_keys(seen)).values_list("pk", flat=True))
    left = [key for key in seen[:LOOKED_THROUGH] if key not in found]
    found |= opened_and_read(left, words, names)
    return Panel.objects.filter(with_keys(found)).order_by("-drafted_at", "pk")


def written_plainly(words: list[str]) -> Q:
    """Panels that hold each word in their number, pseudonym, group, or the name of their lead or of somebody in them. The name
    of an account stays out until its owner accepts what a guest was asked.

    People are looked up first: asked panel by panel, PostgreSQL reads every invitation there is.
    """
    groups = accounts.written(ThematicGroup.objects.all(), "name")
    seated = Invitation.objects.live().exclude(kind=InvitationKind.GUEST, state=InvitationState.PENDING).order_by()
    plainly = Q()
    for word, people in zip(words, accounts.people_named(words, many=MOST_PEOPLE), strict=True):
        numbers = Q(ref__icontains=word) | Q(case__patient__pseudonym__icontains=word)
        written = numbers | Q(group__in=accounts.holding(groups, word))
        plainly &= written | Q(lead__in=people) | Q(pk__in=seated.filter(invitee__in=people).values("panel"))
    return plainly


def coded(codes: list[str]) -> Q:
    """Cases with a diagnosis or a present finding of one of these codes."""
    meant = {"case": OuterRef("case"), "code__in": codes}
    return Q(Exists(Diagnosis.objects.filter(**meant))) | Q(Exists(Finding.objects.filter(**meant, present=True)))


def opened_and_read(keys: list[Any], words: list[str], names: list[frozenset[str]]) -> set[Any]:
    """Those of these panels, by their keys, whose names and sealed titles hold every word's beginning, or whose diagnosis holds all
    words of one of these names."""
    columns = {"in_group": F("group__name"), "led_by": F("lead__display_name"), "led_at": F("lead__centre__name")}
    rows = Panel.objects.filter(with_keys(keys)).select_related("case__patient").annotate(**columns)
    panels = list(rows.only("title", "state", "key", "case__patient__key", "case__patient__nickname"))
    texts, diagnoses = sealed_words(panels)
    for key, *said in names_in(keys):
        texts[key] += said
    for panel in panels:
        texts[panel.pk] += [panel.title, panel.get_state_display(), *(getattr(panel, name) for name in columns)]
    called_so = {
        key for key, label in diagnoses if names and any(map(frozenset(fold_name(label).split()).issuperset, names))
    }
    return called_so | {
        key for key, said in texts.items() if begins_each(words, fold_name(" ".join(filter(None, said))))
    }


def names_in(panels: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Panel, then name and place, of everybody asked into these panels; of who was asked as a guest, what was typed."""
    there, asked = (
        Invitation.objects.live().filter(with_keys(panels, "panel")),
        Q(kind=InvitationKind.GUEST, state=InvitationState.PENDING),
    )
    columns = [f"invitee__{name}" for name in ("display_name", "guest_hospital", "centre__name")]
    yield from there.exclude(asked).order_by().values_list("panel", *columns)
    for invitation in there.filter(asked).select_related("invitee__centre"):
        yield invitation.panel_id, invitation.shown.display_name, invitation.shown.place


def sealed_words(panels: list[Panel]) -> tuple[dict[Any, list[str]], list[tuple[Any, str]]]:
    """Panel to the sealed names of its patient and case, and each diagnosis beside its panel once more. All of a panel is sealed
    under one key, which is opened once."""
    of_case, keys = defaultdict[Any, list[Panel]](list), {panel.key_id: panel.key for panel in panels}
    for panel in panels:
        of_case[panel.case_id].append(panel)
        panel.case.patient.key = keys[panel.case.patient.key_id]
    texts, diagnoses = {panel.pk: [panel.case.patient.nickname] for panel in panels}, list[tuple[Any, str]]()
    for model, column in SEALED.items():
        for row in model._base_manager.filter(with_keys(of_case, "case")).only(column, "case", "key"):
            row.key = keys[row.key_id]
            for panel in of_case[row.case_id]:
                texts[panel.pk].append(getattr(row, column))
                if model is Diagnosis:
                    diagnoses.append((panel.pk, row.label))
    return texts, diagnoses
