"""Rounds of questions, and the report that says whether it helped."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from outcomes import actions, queries
from outcomes.forms import RoundForm, SurveyForm
from outcomes.models import SurveyAsked, SurveyRound

MOST_ROUNDS = 6


@access("outcomes:surveys", verb=Permission.SURVEY_LIST)
def surveys(request: HttpRequest) -> HttpResponse:
    """The rounds of one's networks, the closed ones side by side."""
    rounds = list(queries.rounds_of(request.user)[:MOST_ROUNDS])
    context = {
        "running": [one for one in rounds if one.closed_at is None],
        "results": queries.results_of([one for one in rounds if one.closed_at is not None]),
        "networks": queries.networks_without_open_round(request.user),
    }
    return render(request, "outcomes/surveys.html", context)


@access("outcomes:open_survey", verb=Permission.SURVEY_LIST, methods=WRITE)
def open_survey(request: HttpRequest) -> HttpResponse:
    form = RoundForm(request.POST)
    mine = queries.networks_without_open_round(request.user)
    network = next((one for one in mine if form.is_valid() and one.pk == form.cleaned_data["network"]), None)
    if network is None:
        messages.error(request, "No round was opened.")
    else:
        actions.open_round(network, by=request.user)
        messages.success(request, "The round is open, and everybody of the network is asked.")
    return redirect("outcomes:surveys")


@access("outcomes:close_survey", object=SurveyRound, verb=Permission.SURVEY_CLOSE, methods=WRITE)
def close_survey(request: HttpRequest, survey: SurveyRound) -> HttpResponse:
    actions.close_round(survey, by=request.user)
    messages.success(request, "The round is closed.")
    return redirect("outcomes:surveys")


@access("outcomes:survey", object=SurveyRound, verb=Permission.SURVEY_ANSWER, methods=READ | WRITE)
def survey(request: HttpRequest, survey: SurveyRound) -> HttpResponse:
    """Answered without a name."""
    asked = SurveyAsked.objects.get(round=survey, who=request.user.pk)
    form = SurveyForm(request.POST or None, kind=asked.kind)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "outcomes/survey.html", {"survey": survey, "form": form}, status=status)
    actions.answer_round(survey, by=request.user, **form.given)
    messages.success(request, "Thank you. Your answer is kept without your name.")
    return redirect("home")


@access("outcomes:effectiveness", verb=Permission.EFFECT_READ)
def effectiveness(request: HttpRequest) -> HttpResponse:
    """Of one network at a time, which one coordinates as a whole or by a group: who may read it coordinates one at least."""
    networks = queries.networks_reported(request.user)
    asked = request.GET.get("network", "")
    network = next((one for one in networks if str(one.pk) == asked), networks[0])
    context = {"networks": networks, "report": queries.report_of(network)}
    return render(request, "outcomes/effectiveness.html", context)
