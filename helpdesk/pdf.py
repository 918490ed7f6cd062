"""Figures on paper: tagged pages of our own templates, made in a worker. Nothing of one patient is in them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from cpms import clock
from cpms.paper import pages_of


def figures(content: dict[str, Any]) -> bytes:
    """The PDF/UA-1 file of a period. Raises ``CannotLayOut``."""
    return laid_out("helpdesk/figures_document.html", content)


def evidence(content: dict[str, Any]) -> bytes:
    """The PDF/UA-1 file of a centre's evidence. Raises ``CannotLayOut``."""
    return laid_out("helpdesk/evidence_document.html", content)


def laid_out(template: str, content: dict[str, Any]) -> bytes:
    return pages_of(render_to_string(template, content | {"made": clock.now(), "demo": settings.DEMO}))
