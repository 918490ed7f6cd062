"""Who opens rounds of questions, who answers them, and who reads what came of them."""

from __future__ import annotations

from typing import Any

from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.roles import Permission, Role
from outcomes.models import SurveyAsked, SurveyRound
from panels.policy.coordinating import may_list_dispatches


@rule(Permission.SURVEY_LIST)
def may_list_surveys(user: Any, _thing: Any = None) -> Verdict:
    if Role.NETWORK_COORDINATOR in user.held_roles():
        return yes
    return no("Surveys are for the coordinators of networks.")


@rule(Permission.SURVEY_CLOSE)
def may_close_round(user: Any, survey: Any) -> Verdict:
    if not SurveyRound.objects.of_coordinator(user).filter(pk=survey.pk).exists():
        return no("The coordinators of the network close a round.")
    return yes if survey.closed_at is None else no("This round is closed.")


@rule(Permission.SURVEY_ANSWER)
def may_answer_round(user: Any, survey: Any) -> Verdict:
    """Whoever was asked, once."""
    asked = SurveyAsked.objects.filter(round=survey, who=user).first()
    if asked is None:
        return no("You are not asked in this round.")
    if asked.answered:
        return no("You have answered already. Thank you.")
    return yes if survey.closed_at is None else no("This round is closed.")


@rule(Permission.EFFECT_READ)
def may_read_effect(user: Any, _thing: Any = None) -> Verdict:
    if may_list_dispatches(user):
        return yes
    return no("What the advice did, by group, is for coordinators. Reports have the figures of the year.")


def may_open_round(user: Any, network: Any) -> Verdict:
    """A coordinator of that network, while no round of it is open."""
    if not user.memberships.current().filter(role=Role.NETWORK_COORDINATOR, network=network).exists():
        return no("The coordinators of the network open a round.")
    open_one = SurveyRound.objects.open().filter(network=network)
    return no("A round is open already. Close it first.") if open_one.exists() else yes
