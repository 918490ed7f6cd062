"""Saved groups of experts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts import actions, queries
from cpms.accounts.access import Refused, access, ask
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.forms import DescribeExpertGroupForm, SaveExpertsForm
from cpms.accounts.models import ExpertGroup
from cpms.accounts.roles import Permission


@access("expert_groups", verb=Permission.DIRECTORY, methods=READ | WRITE)
def groups(request: HttpRequest) -> HttpResponse:
    """The list; a POST comes from the directory with the people ticked there."""
    user: Any = request.user
    form = SaveExpertsForm(request.POST or None, user=user)
    if form.is_valid():
        group = actions.save_experts(by=user, **form.cleaned_data)
        messages.success(request, f"{len(form.cleaned_data['people'])} saved in “{group.name}”.")
        return redirect(group)
    context = {"groups": queries.expert_groups_of(user), "form": form}
    return render(request, "accounts/expert_groups.html", context, status=422 if form.errors else 200)


@access("expert_group", object=ExpertGroup, verb=Permission.EXPERT_GROUP_READ)
def group(request: HttpRequest, group: ExpertGroup) -> HttpResponse:
    return show(request, group, None)


def show(request: HttpRequest, group: ExpertGroup, form: DescribeExpertGroupForm | None) -> HttpResponse:
    initial = {"name": group.name, "shared_with": group.shared_with_id, "version": group.version}
    context = {
        "group": queries.expert_group_of(request.user, group),
        "form": form or DescribeExpertGroupForm(user=request.user, initial=initial),
        "may_change": ask(Permission.EXPERT_GROUP_CHANGE, request.user, group),
    }
    return render(request, "accounts/expert_group.html", context, status=422 if form else 200)


@access("describe_expert_group", object=ExpertGroup, verb=Permission.EXPERT_GROUP_CHANGE, methods=WRITE)
def describe(request: HttpRequest, group: ExpertGroup) -> HttpResponse:
    form = DescribeExpertGroupForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            actions.describe_expert_group(group, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect(group)
    return show(request, group, form)


@access("drop_from_group", object=ExpertGroup, verb=Permission.EXPERT_GROUP_CHANGE, methods=WRITE)
def drop(request: HttpRequest, group: ExpertGroup, person: Any) -> HttpResponse:
    found = group.members.filter(pk=person).first()
    if found is None:
        raise Http404
    actions.drop_from_group(group, person=found, by=request.user)
    return redirect(group)


@access("forget_expert_group", object=ExpertGroup, verb=Permission.EXPERT_GROUP_CHANGE, methods=WRITE)
def forget(request: HttpRequest, group: ExpertGroup) -> HttpResponse:
    actions.forget_expert_group(group, by=request.user)
    messages.success(request, "The group is gone.")
    return redirect("expert_groups")
