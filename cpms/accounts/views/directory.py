"""Finding the right expert: the search, a person's page, and where nobody is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cpms import countries
from cpms.accounts import queries
from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.forms import DirectoryForm, SaveExpertsForm
from cpms.accounts.models import Expert, Network
from cpms.accounts.queries.directory import Pages, records_of, shown_by_panels
from cpms.accounts.roles import Permission

PAGE = 20


@access("experts", verb=Permission.DIRECTORY, methods=READ | WRITE)
def search(request: HttpRequest) -> HttpResponse:
    """By POST, so that the condition stands in no address and no log."""
    form = DirectoryForm(request.POST or None)
    context: dict[str, Any] = {
        "form": form,
        "asked": False,
        "save": SaveExpertsForm(user=request.user, auto_id="save_%s"),
    }
    if form.is_valid():
        wanted = {name: value for name, value in form.cleaned_data.items() if name != "page"}
        found = queries.find_experts(queries.Wanted(**wanted), by=request.user)
        page = Pages(found.experts, PAGE).get_page(form.cleaned_data["page"] or 1)
        records = records_of(page.object_list)
        rows = [(expert, records[expert.pk]) for expert in page.object_list]
        context |= {"asked": True, "rows": rows, "page": page, "found": found}
    return render(request, "accounts/experts.html", context)


@access("expert", object=Expert, verb=Permission.EXPERT_READ)
def expert(request: HttpRequest, expert: Expert) -> HttpResponse:
    """What the person declares, beside what panels show: in how many conditions, never in which."""
    context = {
        "expert": expert,
        "deputy": expert.deputy if expert.deputy and expert.deputy.is_practising else None,
        "record": queries.profile_of(expert),
        "shown": shown_by_panels(expert),
        "own": expert.pk == request.user.pk,
        "expertise": expert.expertise.order_by("system", "name"),
        "languages": ", ".join(countries.LANGUAGES.get(code, code) for code in expert.languages),
        "groups": expert.groups_of_interest.in_tree(),
    }
    return render(request, "accounts/expert.html", context)


class PlaceForm(forms.Form):
    """Of which network, and below which condition; both may be left open."""

    network = forms.ModelChoiceField(Network.objects.all(), to_field_name="code", required=False)
    under = forms.CharField(max_length=32, required=False)


def looked_at(request: HttpRequest) -> tuple[list[Network], Network | None, str]:
    """The networks to choose from, the one asked for, else the person's own, else the first; and the condition."""
    networks = list(Network.objects.filter(groups__isnull=False).distinct().order_by("code"))
    network = request.POST.get("network") or request.GET.get("network")
    form = PlaceForm({"network": network, "under": request.POST.get("under")})
    if not form.is_valid():
        raise Http404
    chosen = form.cleaned_data["network"] or queries.networks_of(request.user).first()
    return networks, chosen or next(iter(networks), None), form.cleaned_data["under"]


@access("matrix", verb=Permission.DIRECTORY)
def matrix(request: HttpRequest) -> HttpResponse:
    """Groups against countries, the empty places in plain sight."""
    networks, chosen, _under = looked_at(request)
    context = {"networks": networks, "chosen": chosen, "coverage": queries.coverage(chosen) if chosen else None}
    return render(request, "accounts/matrix.html", context)


@access("condition_matrix", verb=Permission.DIRECTORY, methods=READ | WRITE)
def conditions(request: HttpRequest) -> HttpResponse:
    """The tree of conditions against countries, one level at a time. By POST, so that no condition stands in an address."""
    networks, chosen, under = looked_at(request)
    context = {
        "networks": networks,
        "chosen": chosen,
        "tree": queries.branches(chosen, under=under) if chosen else None,
    }
    return render(request, "accounts/condition_matrix.html", context)
