"""What of a case may be quoted, whom one may mention, and which words are answered."""

from __future__ import annotations

import uuid
from typing import Any

from panels.cases.models import Case
from panels.cases.states import FileState
from panels.models import Contribution, Message, Panel
from panels.models.talk import Said
from panels.queries.page import room

MARKS = {"m": Message, "s": Contribution}


def quotes(case: Case) -> list[str]:
    """Each result with its unit, range and flag, and each file by its name; ``case`` with its parts fetched."""
    results = case.results.rows
    found = []
    for row in results:
        flag = f", {row.flag}" if str(row.flag) in {"low", "high"} else ""
        span = f" (range {row.range_text}, {row.whose_range}{flag})" if row.range_text else ""
        taken = f", {row.lab.taken}" if row.lab.taken else ""
        found.append(f"{row.label}: {row.lab.value_text} {row.spoken_unit}{span}{taken}")
    return list(dict.fromkeys([*found, *(f"File: {file}" for file in names_of_files(case))]))


def names_of_files(case: Case) -> list[str]:
    return [file.caption or file.get_kind_display() for file in case.files.all() if file.state == FileState.SHOWN]


def mentionable(panel: Panel, user: Any) -> list[Any]:
    """Everybody in the panel but oneself."""
    here = [panel.lead, *(seat.invitation.invitee for seat in room(panel)[1] if seat.seated)]
    return [person for person in here if person.pk != user.pk]


def answered_words(panel: Panel, mark: str) -> Said | None:
    """The words of this panel behind ``s-<key>`` or ``m-<key>``; ``None`` for anything else."""
    kind, _, key = mark.partition("-")
    try:
        found = MARKS[kind].objects.with_surroundings().filter(panel=panel, pk=uuid.UUID(key)).first()
    except (KeyError, ValueError):
        return None
    return found
