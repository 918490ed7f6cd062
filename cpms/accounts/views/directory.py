"""Finding the right expert: the search, a person's page, and where nobody is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

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


def chosen_network(request: HttpRequest) -> tuple[list[Network], Network | None]:
    """The networks to choose from, and the one asked for: else the person's own, else the first."""
    networks = list(Network.objects.filter(groups__isnull=False).distinct().order_by("code"))
    own = queries.networks_of(request.user).first()
    code = request.POST.get("network") or request.GET.get("network") or (own.code if own else "")
    return networks, get_object_or_404(Network, code=code) if code else networks[0] if networks else None


@access("matrix", verb=Permission.DIRECTORY)
def matrix(request: HttpRequest) -> HttpResponse:
    """Groups against countries, the empty places in plain sight."""
    networks, chosen = chosen_network(request)
    context = {"networks": networks, "chosen": chosen, "coverage": queries.coverage(chosen) if chosen else None}
    return render(request, "accounts/matrix.html", context)


@access("condition_matrix", verb=Permission.DIRECTORY, methods=READ | WRITE)
def conditions(request: HttpRequest) -> HttpResponse:
    """The tree of conditions against countries, one level at a time. By POST, so that no condition stands in an address."""
    networks, chosen = chosen_network(request)
    under = request.POST.get("under", "")[:32]
    context = {
        "networks": networks,
        "chosen": chosen,
        "tree": queries.branches(chosen, under=under) if chosen else None,
    }
    return render(request, "accounts/condition_matrix.html", context)
