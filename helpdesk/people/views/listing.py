"""The shape that the lists of accounts and centres share: a text that narrows, and pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

PAGE = 30


def list_page(request: HttpRequest, template: str, find: Callable[..., QuerySet[Any]], **context: Any) -> HttpResponse:
    """``find(user, text=…)`` gives the rows that this person sees."""
    text = request.GET.get("q", "")[:80].strip()
    page = Paginator(find(request.user, text=text), PAGE).get_page(request.GET.get("page"))
    kept = f"{urlencode({'q': text})}&" if text else ""
    return render(request, template, {"page": page, "text": text, "query": kept, **context})


def thing_page(request: HttpRequest, template: str, context: dict[str, Any], forms: dict[str, Any]) -> HttpResponse:
    """A thing's page with several small forms; of ``forms`` those that were sent replace the empty ones, status 422."""
    bad = any(form.errors for form in forms.values())
    return render(request, template, {**context, **forms}, status=422 if bad else 200)
