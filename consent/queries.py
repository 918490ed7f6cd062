"""Which forms and registries there are."""

from __future__ import annotations

from consent.models import ConsentForm, Registry


def published_languages() -> set[str]:
    return set(ConsentForm.objects.exclude(published_on=None).values_list("language", flat=True))


def registry_names() -> list[tuple[str, str]]:
    """Those that still take data."""
    return list(Registry.objects.filter(closed_on=None).values_list("code", "name"))


def current_form(language: str) -> ConsentForm | None:
    return ConsentForm.objects.published().filter(language=language).first()
