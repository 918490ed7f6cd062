"""Every address of the product, found by walking the URLconf."""

from __future__ import annotations

from django.urls import reverse

from cpms.accounts.access import route_of, walk

ADMIN = "helpdesk"


def ours():
    """(name, pattern, declaration) of every route outside the admin site."""
    return [(name, p, route_of(p.callback)) for name, _address, p in walk() if not name.startswith(f"{ADMIN}:")]


def admins():
    return [(name, p, route_of(p.callback)) for name, _address, p in walk() if name.startswith(f"{ADMIN}:")]


def address(name: str, route, thing, extra: dict[str, object]) -> str:
    """The URL of a route for a thing; ``extra`` holds what else its pattern names."""
    kwargs = dict(extra)
    if route.model is not None:
        kwargs[route.kwarg] = getattr(thing, getattr(route.model, "URL_FIELD", "pk"))
    return reverse(name, kwargs=kwargs)
