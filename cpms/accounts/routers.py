"""The cache's table is reached through a connection of its own, so login counters survive a rolled-back request."""

from __future__ import annotations

from typing import Any

from django.db import models


class CacheRouter:
    """Sends the cache to ``cachedb`` (the same server) and everything else to ``default``."""

    def db_for_read(self, model: type[models.Model], **_hints: Any) -> str | None:
        return "cachedb" if model._meta.app_label == "django_cache" else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool | None:
        if db == "cachedb":
            return False
        return None if app_label != "django_cache" else True
