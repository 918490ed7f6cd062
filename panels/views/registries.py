"""What registries may receive, for researchers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from consent.models import Registry
from cpms.accounts.access import access
from cpms.accounts.access.routes import WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import actions as drafts
from cpms.drafts.queries import fields_of
from panels import actions
from panels.forms import PurposeForm
from panels.queries.registries import offer, releases_of


@access("panels:registries", verb=Permission.REGISTRY_LIST)
def registries(request: HttpRequest) -> HttpResponse:
    return render(request, "panels/registries.html", {"registries": Registry.objects.visible_to(request.user)})


def shown(request: HttpRequest, registry: Registry, form: PurposeForm) -> HttpResponse:
    offered, before = offer(registry, request.user), releases_of(registry, request.user)
    context = {"registry": registry, "offer": offered, "form": form, "releases": before}
    return render(request, "panels/registry.html", context, status=422 if form.errors else 200)


@access("panels:registry", object=Registry, kwarg="code", verb=Permission.REGISTRY_READ, step_up=True)
def registry(request: HttpRequest, registry: Registry) -> HttpResponse:
    """How many cases there are for it, and what was taken before."""
    return shown(request, registry, PurposeForm(initial=fields_of(f"receive:{registry.code}", by=request.user)))


@access("panels:receive", object=Registry, kwarg="code", verb=Permission.REGISTRY_RECEIVE, methods=WRITE, step_up=True)
def receive(request: HttpRequest, registry: Registry) -> HttpResponseBase:
    """The cases as one file, sent while it is made."""
    form = PurposeForm(request.POST)
    if not form.is_valid():
        return shown(request, registry, form)
    data = actions.receive(registry, purpose=form.cleaned_data["purpose"], by=request.user)
    drafts.discard(f"receive:{registry.code}", by=request.user)
    named = f'attachment; filename="{registry.code}.zip"'
    return StreamingHttpResponse(data, content_type="application/zip", headers={"Content-Disposition": named})
