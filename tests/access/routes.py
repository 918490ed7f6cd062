"""Every address of the product, found by walking the URLconf."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cpms.accounts.access import route_of

ADMIN = "helpdesk"


def walk(resolver=None, namespace=""):
    """(name, pattern) of every URL pattern, the admin's included."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from walk(entry, inner)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", entry


def ours():
    """(name, pattern, declaration) of every route outside the admin site."""
    return [(name, p, route_of(p.callback)) for name, p in walk() if not name.startswith(f"{ADMIN}:")]


def admins():
    return [(name, p, route_of(p.callback)) for name, p in walk() if name.startswith(f"{ADMIN}:")]


def address(name: str, route, thing, extra: dict[str, object]) -> str:
    """The URL of a route for a thing; ``extra`` holds what else its pattern names."""
    kwargs = dict(extra)
    if route.model is not None:
        kwargs[route.kwarg] = getattr(thing, getattr(route.model, "URL_FIELD", "pk"))
    return reverse(name, kwargs=kwargs)
