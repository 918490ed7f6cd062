"""Finding a panel again among those a person sees: by number, pseudonym, condition, finding, gene, person, group, title.

Codes, numbers, pseudonyms, groups and people are searched in the database. Titles, nicknames, genes and typed names are sealed:
they are opened and looked through for the newest panels only. What is said in a panel is never searched.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from cpms.accounts import queries as accounts
from cpms.accounts.models import ThematicGroup
from cpms.keys import with_keys
from cpms.patients.models import Patient
from cpms.terminology import queries as terminology
from cpms.terminology.folding import begins_each, fold_name
from cpms.terminology.states import System
from cpms.vault.fields import Sealed, SealedTextField
from cpms.vault.models import DataKey
from panels.cases.models import Diagnosis, Finding, Variant
from panels.models import Invitation, Panel
from panels.queries.work import started
from panels.states import InvitationKind, InvitationState, State

MOST_WORDS, MOST_CODES, MOST_PEOPLE, LOOKED_THROUGH, MOST_FOUND = 6, 200, 500, 200, 25
SEALED: dict[Any, str] = {Diagnosis: "label", Variant: "gene"}
COLUMNS = (
    *(
        "pk",
        "case",
        "case__patient",
        "key",
        "key__kek_name",
        "key__wrapped",
        "state",
        "title",
        "case__patient__nickname",
    ),
    *("group__name", "lead__display_name", "lead__centre__name"),
)


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


class Row(NamedTuple):
    """As much of a panel as is looked through. Hundreds are, and instances of the models would cost more than the texts."""

    pk: Any
    case: Any
    patient: Any
    key: DataKey
    state: str
    title: Sealed
    nickname: Sealed
    shown: tuple[str, ...]

    def words(self) -> list[str]:
        """All of a panel and of its patient is sealed under one key, which is opened once."""
        nickname = sealed_in(Patient, "nickname").open_for(Sealing(self.patient, self.key), self.nickname)
        return [nickname, sealed_in(Panel, "title").open_for(self, self.title), State(self.state).label, *self.shown]


class Sealing(NamedTuple):
    """Under what a row is sealed."""

    pk: Any
    key: DataKey


def sealed_in(model: Any, name: str) -> SealedTextField:
    found: SealedTextField = model._meta.get_field(name)
    return found


def rows_of(keys: list[Any]) -> list[Row]:
    asked = Panel.objects.filter(with_keys(keys)).order_by().values_list(*COLUMNS)
    return [
        Row(pk, case, patient, DataKey(id=key, kek_name=kek, wrapped=wrapped), state, title, nickname, tuple(shown))
        for pk, case, patient, key, kek, wrapped, state, title, nickname, *shown in asked
    ]


def opened_and_read(keys: list[Any], words: list[str], names: list[frozenset[str]]) -> set[Any]:
    """Those of these panels, by their keys, whose names and sealed titles hold every word's beginning, or whose diagnosis holds all
    words of one of these names."""
    rows = rows_of(keys)
    texts, diagnoses = {row.pk: row.words() for row in rows}, list[tuple[Any, str]]()
    for model, panel, text in words_of_cases(rows):
        texts[panel].append(text)
        diagnoses += [(panel, text)] if model is Diagnosis else []
    for key, *said in names_in(keys):
        texts[key] += said
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


def words_of_cases(rows: list[Row]) -> Iterator[tuple[Any, Any, str]]:
    """Each sealed word of the panels' cases: its model, its panel and the text."""
    of_case = defaultdict[Any, list[Row]](list)
    for row in rows:
        of_case[row.case].append(row)
    for model, column in SEALED.items():
        field = sealed_in(model, column)
        for pk, case, sealed in model._base_manager.filter(with_keys(of_case, "case")).values_list(
            "pk", "case", column
        ):
            text = field.open_for(Sealing(pk, of_case[case][0].key), sealed)
            yield from ((model, row.pk, text) for row in of_case[case])
