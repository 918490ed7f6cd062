"""What nobody among those asked covers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cpms import countries
from cpms.accounts.roles import Care
from panels.cases.states import FileState
from panels.models import Panel
from panels.queries.suggestions import facts_of
from panels.states import Speciality

PICTURES = frozenset({"jpeg", "png"})


def gaps(panel: Panel, asked: Iterable[Any]) -> dict[str, str]:
    """A speciality that the case calls for, somebody for patients of this age, or a second country: sentences, by what somebody
    must cover to fill it (as in ``Suggestion.covers``).

    The parts ``FITTING`` and files of the panel's case should be fetched already. Whom people care for is what they say themselves; no title says more.
    """
    facts, there = facts_of(panel), list(asked)
    known = frozenset().union(*(Speciality.named_in(person.job_title) for person in there))
    cared_for = {person.care for person in there}
    places = {countries.name(person.centre.country if person.centre else person.country) for person in there}
    said = [
        (
            facts.genes and Speciality.GENETICS not in known,
            "genetics",
            "No geneticist yet, and the case has a variant.",
        ),
        (
            has_pictures(panel) and Speciality.RADIOLOGY not in known,
            "radiology",
            "No radiologist yet, and the case has images.",
        ),
        (facts.is_child and cared_for <= {Care.ADULT}, "children", "Nobody who cares for children yet."),
        (facts.is_adult and cared_for <= {Care.PAEDIATRIC}, "adults", "Nobody who cares for adults yet."),
        (len(there) > 1 and len(places) == 1, "country", f"Everybody is from {next(iter(places), '')}."),
    ]
    return {covers: words for holds, covers, words in said if holds}


def has_pictures(panel: Panel) -> bool:
    """Whether somebody put a picture into the panel's case. A document may hold anything."""
    return any(file.kind in PICTURES and file.state != FileState.REFUSED for file in panel.case.files.all())
