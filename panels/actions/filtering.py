"""Keep and drop one's own filters of the list of panels."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cpms.accounts.access import Refused
from panels.models import SavedFilter
from panels.states import MOST_FILTERS


@transaction.atomic
def save_filter(query: str, *, label: str, by: Any) -> SavedFilter:
    """Keep a filter; keeping it twice changes nothing."""
    if not query:
        raise Refused("Choose something first: a state, a group, an urgency or a day.")
    if SavedFilter.objects.visible_to(by).exclude(query=query).count() >= MOST_FILTERS:
        raise Refused(f"You have {MOST_FILTERS} saved filters. Drop one first.")
    kept, _made = SavedFilter.objects.get_or_create(who=by, query=query, defaults={"label": label})
    return kept


def drop_filter(kept: SavedFilter, *, by: Any) -> None:
    """Nobody drops what is somebody else's."""
    SavedFilter.objects.visible_to(by).filter(pk=kept.pk).delete()
