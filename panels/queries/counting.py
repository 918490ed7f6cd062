"""Counts beside a row."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery


def number_of(rows: QuerySet[Any]) -> Subquery:
    """How many of ``rows`` belong to the panel: counted per shown row, not joined over all of them."""
    counted = rows.filter(panel=OuterRef("pk")).order_by().values("panel").annotate(number=Count("pk"))
    return Subquery(counted.values("number"), output_field=IntegerField())
