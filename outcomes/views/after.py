"""What became of the advice, and the topics that came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cpms.accounts.access import access, record_shown
from cpms.accounts.access.routes import READ, WRITE
from cpms.accounts.roles import Permission
from cpms.drafts import queries as drafts
from cpms.drafts.actions import discard
from outcomes import actions, queries
from outcomes.forms import EffectForm, FollowUpForm, TopicForm
from outcomes.models import Topic
from outcomes.states import TopicState
from panels.cases.queries import allowed
from panels.models import Panel

PAGE = 25


@access(
    "outcomes:after",
    object=Panel,
    kwarg="ref",
    verb=Permission.OUTCOME_FOLLOW,
    methods=READ | WRITE,
    reads_patient=True,
)
def after(request: HttpRequest, panel: Panel) -> HttpResponse:
    """The follow-up that is asked, in one form; the effect, which may be said at any time; and what was answered before."""
    asked = queries.asked_of(panel)
    if request.method != "POST" or asked is None:
        return after_page(request, panel)
    text = queries.text_in_force(panel)
    form = FollowUpForm(request.POST, advice=text.advice)
    if not form.is_valid():
        return after_page(request, panel, status=422, form=form)
    clean = form.cleaned_data
    if clean["version"] != text.version:
        messages.error(request, "The advice was corrected meanwhile. Look at it again: your words are still here.")
        return redirect("outcomes:after", panel.ref)
    words = {name: clean[name] for name in ("benefit", "patient_view", "version")}
    actions.answer_follow_up(asked, answers=form.answers, by=request.user, **words)
    discard(f"after:{panel.ref}", by=request.user)
    messages.success(request, "Thank you. The follow-up is answered, and nothing more is asked.")
    return redirect("outcomes:after", panel.ref)


def after_page(request: HttpRequest, panel: Panel, status: int = 200, **forms: Any) -> HttpResponse:
    asked, effect = queries.asked_of(panel), queries.effect_of(panel)
    typed = drafts.fields_of_each([f"after:{panel.ref}", f"effect:{panel.ref}"], by=request.user)
    text = queries.text_in_force(panel) if asked else None
    kept = FollowUpForm.kept(typed[f"after:{panel.ref}"], text.version if text else 0)
    said = {"kind": effect.kind, "text": effect.text} if effect else {}
    context = {
        "panel": panel,
        "consent": allowed(panel.case),
        "asked": asked,
        "effect": effect,
        "answered": queries.answered_of(panel),
        "form": forms.get("form") or FollowUpForm(initial=kept, advice=text.advice if text else []),
        "effect_form": forms.get("effect_form") or EffectForm(initial=said | typed[f"effect:{panel.ref}"]),
    }
    return render(request, "outcomes/after.html", context, status=status)


@access("outcomes:effect", object=Panel, kwarg="ref", verb=Permission.OUTCOME_FOLLOW, methods=WRITE, reads_patient=True)
def effect(request: HttpRequest, panel: Panel) -> HttpResponse:
    """What the advice did to the treatment."""
    form = EffectForm(request.POST)
    if not form.is_valid():
        return after_page(request, panel, status=422, effect_form=form)
    actions.say_effect(panel, by=request.user, **form.cleaned_data)
    discard(f"effect:{panel.ref}", by=request.user)
    messages.success(request, "Thank you. It is noted.")
    return redirect("outcomes:after", panel.ref)


@access("outcomes:topics", verb=Permission.TOPIC_LIST, lists_patients=True)
def topics(request: HttpRequest) -> HttpResponse:
    """What nobody had experience with, in the groups and networks one coordinates."""
    waiting = list(queries.topics(request.user, decided=False)[:PAGE])
    page = Paginator(queries.topics(request.user, decided=True), PAGE).get_page(request.GET.get("page"))
    shown = {row.panel_id: row.panel for row in [*waiting, *page.object_list]}
    record_shown(shown.values(), by=request.user)
    choices = [choice for choice in TopicState.choices if choice[0] != TopicState.OPEN]
    return render(request, "outcomes/topics.html", {"waiting": waiting, "page": page, "choices": choices})


@access("outcomes:decide_topic", object=Topic, verb=Permission.TOPIC_DECIDE, methods=WRITE)
def decide_topic(request: HttpRequest, topic: Topic) -> HttpResponse:
    form = TopicForm(request.POST)
    if form.is_valid():
        actions.decide_topic(topic, state=form.cleaned_data["state"], by=request.user)
        messages.success(request, "It is noted.")
    return redirect("outcomes:topics")
