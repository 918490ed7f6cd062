"""The manual: its contents, a chapter, a search."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from helpdesk.learning import queries
from helpdesk.learning.catalogue import Chapter, chapters
from helpdesk.learning.context import is_inside
from helpdesk.learning.forms import SearchForm


@access("manual:contents", verb=Permission.SIGNED_IN)
def contents(request: HttpRequest) -> HttpResponse:
    return render(request, "manual/contents.html", {"parts": queries.contents(), "form": SearchForm()})


@access("manual:search", verb=Permission.SIGNED_IN, methods=READ | WRITE)
def search(request: HttpRequest) -> HttpResponse:
    """Words are sent by a form, so that they stand in no address."""
    form = SearchForm(request.POST or None)
    words = queries.understood(form.cleaned_data["words"]) if form.is_valid() else []
    context = {
        "form": form,
        "asked": form.is_valid(),
        "hits": queries.search(words),
        "understood": [word for word in words if word not in queries.fold_name(form.data.get("words", "")).split()],
    }
    return render(request, "manual/search.html", context, status=422 if form.errors else 200)


@access("manual:chapter", verb=Permission.SIGNED_IN)
def chapter(request: HttpRequest, chapter: str) -> HttpResponse:
    return show(request, found(chapter, is_open=False))


@access("manual:open", public="how to come in, and what a physician outside the networks needs; no other chapter")
def open_chapter(request: HttpRequest, chapter: str) -> HttpResponse:
    return show(request, found(chapter, is_open=True))


def found(slug: str, *, is_open: bool) -> Chapter:
    one = chapters().get(slug)
    if one is None or one.is_open != is_open:
        raise Http404
    return one


def show(request: HttpRequest, chapter: Chapter) -> HttpResponse:
    inside = is_inside(request)
    others = [one for one in chapters().values() if inside or one.is_open]
    return render(request, "manual/chapter.html", {"chapter": chapter, "others": others, "inside": inside})
