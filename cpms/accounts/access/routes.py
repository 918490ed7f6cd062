"""A route declares itself: ``@access`` says what it shows, which rule decides, and whether a patient is read.

Three readers use the declaration: the middleware (deny by default), the access-matrix test and ``docs/access.md``.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from cpms import clock
from cpms.accounts.access.clashing import show_clash
from cpms.accounts.access.holding import HELD, hold, let_go, stood_at
from cpms.accounts.access.serving import served_clinician
from cpms.accounts.access.verdicts import ask
from cpms.accounts.roles import Permission
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.drafts import actions as drafts
from cpms.locking import Clash

View = Callable[..., HttpResponseBase]
M = TypeVar("M", bound=models.Model)
SAFE = frozenset({"GET", "HEAD"})
READ, WRITE = SAFE, frozenset({"POST"})
FRESH = dt.timedelta(minutes=10)
CODE_AT = "code_at"


class Refused(PermissionDenied):
    """Visible but not allowed: answered with 403 and the reason."""


@dataclass(frozen=True)
class Route:
    """What ``@access`` declares. ``public`` gives the reason why nobody needs to sign in; ``step_up`` asks for a one-time
    code that is at most ``FRESH`` old. Where ``reads_patient``, the read event is written before the view runs; a view that
    ``lists_patients`` writes one for the rows of its page. ``refused`` answers a form that a rule refuses, with 403 and what
    was typed; it is given the reason, and shows nothing of the object."""

    name: str
    verb: Permission | None = None
    model: type[models.Model] | None = None
    kwarg: str = ""
    methods: frozenset[str] = SAFE
    reads_patient: bool = False
    lists_patients: bool = False
    public: str = ""
    step_up: bool = False
    refused: View | None = None


@dataclass
class Denial:
    """Left on the request for the middleware, which records it outside the view's rolled-back transaction."""

    route: str
    reason: str
    thing: models.Model | None = None
    shared_once: bool = False


def load_for(user: Any, model: type[M], value: Any) -> M:
    """The object if ``user`` may see it; otherwise the same ``Http404`` as for one that does not exist.

    A queryset's ``with_surroundings`` brings along, in the same query, what the object's rules and page look at.
    """
    field = getattr(model, "URL_FIELD", "pk")
    rows = model._default_manager.visible_to(user)  # type: ignore[attr-defined]
    rows = rows.with_surroundings() if hasattr(rows, "with_surroundings") else rows
    try:
        found: M = rows.get(**{field: value})
    except model.DoesNotExist as error:  # type: ignore[attr-defined]
        raise Http404 from error
    return found


def still_open(paths: Iterable[str], user: Any) -> set[str]:
    """Those of the addresses whose thing the person still sees, one question for each kind of thing; where a page shows no
    one thing, its rule is asked."""
    found, wanted = set(), defaultdict(list)
    for path in set(paths):
        try:
            match = resolve(re.split("[?#]", path)[0])  # sent by a browser: anything may stand there
        except Resolver404:
            continue
        route = route_of(match.func)
        if route is not None and route.model is not None:
            wanted[route.model].append((str(match.kwargs[route.kwarg]), path))
        elif route is not None and (route.verb is None or ask(route.verb, user)):
            found.add(path)
    for model, asked in wanted.items():
        field = getattr(model, "URL_FIELD", "pk")
        rows = model._default_manager.visible_to(user).filter(**{f"{field}__in": [value for value, _ in asked]})  # type: ignore[attr-defined]
        seen = set(map(str, rows.values_list(field, flat=True)))
        found |= {path for value, path in asked if value in seen}
    return found


def may_open(path: str, user: Any) -> bool:
    """Whether an address leads to something that the person sees, and its rule lets them."""
    try:
        match = resolve(re.split("[?#]", path)[0])  # sent by a browser: anything may stand there
        route = route_of(match.func)
        if route is None:
            return False
        thing = load_for(user, route.model, match.kwargs[route.kwarg]) if route.model else None
    except Http404:
        return False
    return route.verb is None or bool(ask(route.verb, user, thing))


def route_of(view: Any) -> Route | None:
    """The declaration of a view; for a page of an admin site, that of the site."""
    declared = getattr(view, "access", None) or getattr(site_of(view), "access", None)
    return declared if isinstance(declared, Route) else None


def walk(resolver: Any = None, prefix: str = "/", space: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """(name, address, pattern) of every address of the product, the admin site's too, whose names begin with its namespace."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = prefix + str(entry.pattern).replace("^", "").replace("$", "")
        if isinstance(entry, URLResolver):
            yield from walk(entry, here, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", here, entry


def site_of(view: Any) -> Any:
    """The admin site a view belongs to, or ``None`` for one of our own views."""
    found = getattr(view, "admin_site", None) or getattr(getattr(view, "model_admin", None), "admin_site", None)
    return found or getattr(view, "__self__", None)


def refuse(request: HttpRequest, route: Route, reason: str, thing: models.Model | None = None, **more: bool) -> None:
    request.denial = Denial(route.name, reason, thing, **more)  # type: ignore[attr-defined]


def was_shared(user: Any, model: type[models.Model], value: Any) -> bool:
    """Whether the person once saw this thing as a member, by its queryset's ``once_shared_with``: then a page may say so."""
    rows: Any = model._default_manager.all()
    if not hasattr(rows, "once_shared_with"):
        return False
    return bool(rows.once_shared_with(user).filter(**{getattr(model, "URL_FIELD", "pk"): value}).exists())


def admit(request: HttpRequest, route: Route, kwargs: dict[str, Any]) -> list[models.Model]:
    """Load the route's object for the signed-in person and ask its rule.

    Gives the view's arguments: the object, or none. Raises ``Http404`` (not visible) or ``Refused`` (not allowed).
    Writes the read event before the view runs: without it no patient's data is shown.
    """
    thing = None
    if route.model is not None:
        try:
            thing = load_for(request.user, route.model, value := kwargs.pop(route.kwarg))
        except Http404:
            refuse(request, route, "not visible", shared_once=was_shared(request.user, route.model, value))
            raise
    if route.verb is not None and not (verdict := ask(route.verb, request.user, thing)):
        refuse(request, route, verdict.reason, thing)
        raise Refused(verdict.reason)
    request.about = thing  # type: ignore[attr-defined]  # for what every page about it shows
    audit.on_behalf_of.set(served_clinician(request.user, thing))
    if route.reads_patient and thing is not None:
        audit.record(Event.PATIENT_READ, on=thing, by=request.user, method=request.method)
    return [] if thing is None else [thing]


def let_in(request: HttpRequest, route: Route, kwargs: dict[str, Any]) -> list[models.Model] | HttpResponseBase:
    """The view's arguments, or what is answered in its place: a refused form where the route shows it again, a question for a code."""
    try:
        args = admit(request, route, kwargs)
    except Refused as refusal:
        if route.refused is None or request.method in SAFE:
            raise
        return route.refused(request, reason=str(refusal))
    if route.step_up and not is_fresh(request):
        return ask_for_code(request)
    if route.step_up and request.method == "POST":
        let_go(request, request.POST.get(HELD, ""))
    return args


def is_fresh(request: HttpRequest) -> bool:
    """Whether this session gave a one-time code within the last ten minutes."""
    return clock.now().timestamp() - request.session.get(CODE_AT, 0) <= FRESH.total_seconds()


def ask_for_code(request: HttpRequest) -> HttpResponse:
    """To the page that asks for a fresh code, and then back; a form is held meanwhile, and goes on from there."""
    back = request.get_full_path() if request.method in SAFE else stood_at(request)
    words = {"next": back}
    if request.method not in SAFE and (name := hold(request, back=back)):
        words[HELD] = name
    return redirect(f"{reverse('step_up')}?{urlencode(words)}")


def key_of(request: HttpRequest) -> uuid.UUID | None:
    return drafts.post_key(request.POST.get("idempotency_key", "")) if request.method == "POST" else None


def repeated(request: HttpRequest) -> HttpResponse | None:
    """Where the same POST led before, asked ahead of the rule: a second tap on "Accept" is no refusal."""
    key = key_of(request)
    return None if key is None else drafts.repeat_of(request.user, key)


def run_once(request: HttpRequest, view: View, args: list[models.Model], kwargs: dict[str, Any]) -> HttpResponseBase:
    """Run a POST at most once per idempotency key: a repeat is sent where the first one went."""
    key = key_of(request)
    if key is None:
        return view(request, *args, **kwargs)
    who = request.user if request.user.is_authenticated else None
    earlier = drafts.claim_post(who, key)
    if earlier is not None:
        return earlier
    response = view(request, *args, **kwargs)
    drafts.settle_post(who, key, led_to(request, response))
    return response


def forget_key(request: HttpRequest) -> None:
    """The POST did nothing: sent again, it is to say so again."""
    if (key := key_of(request)) is not None:
        drafts.settle_post(request.user, key, "")


def led_to(request: HttpRequest, response: HttpResponseBase) -> str:
    """Where a POST that did something led: on, or for a file that it gave, to where its form stood. Empty for a form with errors."""
    if response.status_code in {301, 302, 303}:
        return str(response["Location"])
    return stood_at(request) if response.has_header("Content-Disposition") else ""


def access(
    name: str,
    *,
    verb: Permission | None = None,
    object: type[models.Model] | None = None,  # noqa: A002 reads as a sentence at the call
    kwarg: str = "key",
    methods: frozenset[str] | set[str] = SAFE,
    reads_patient: bool = False,
    lists_patients: bool = False,
    public: str = "",
    step_up: bool = False,
    refused: View | None = None,
) -> Callable[[View], View]:
    """Declare a route. ``kwarg`` names the part of the URL that holds the object's key."""
    flags = {"reads_patient": reads_patient, "lists_patients": lists_patients, "step_up": step_up}
    route = Route(
        name, verb, object, kwarg if object else "", frozenset(methods), public=public, refused=refused, **flags
    )

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            audit.route.set(route.name)
            audit.on_behalf_of.set(None)
            if route.public:
                return run_once(request, view, [], kwargs)
            args = repeated(request) or let_in(request, route, kwargs)
            if isinstance(args, HttpResponseBase):
                return args
            try:
                return run_once(request, view, args, kwargs)
            except Clash as clash:
                forget_key(request)
                return show_clash(request, clash)

        guarded.access = route  # type: ignore[attr-defined]
        return guarded

    return decorate
