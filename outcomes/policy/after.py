"""Who says what became of the advice, and who decides what a group makes of it."""

from __future__ import annotations

from typing import Any

from consent.policy import may_be_discussed
from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.roles import Permission
from outcomes.models import Topic
from panels.policy import part_of
from panels.policy.coordinating import may_list_dispatches
from panels.states import Part, State


@rule(Permission.OUTCOME_FOLLOW)
def may_follow_up(user: Any, panel: Any) -> Verdict:
    """The treating side, once the panel is closed; from the archive too."""
    if part_of(user, panel) != Part.TREATING:
        return no("The treating physician says what became of the advice.")
    if panel.state != State.CLOSED:
        return no("What became of the advice is asked once the panel is closed.")
    return may_be_discussed(panel.case.patient)


@rule(Permission.TOPIC_LIST)
def may_list_topics(user: Any, _thing: Any = None) -> Verdict:
    return may_list_dispatches(user)


@rule(Permission.TOPIC_DECIDE)
def may_decide_topic(user: Any, topic: Any) -> Verdict:
    """Whoever sees it coordinates its group or network."""
    seen = Topic.objects.visible_to(user).filter(pk=topic.pk).exists()
    return yes if seen else no("A topic is decided by who coordinates its group or network.")
