"""When the clock does what about late and silent panels, by their network's days; and what it would do today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from consent.models import care_consent
from cpms.accounts import queries as accounts
from cpms.accounts.models import Network
from cpms.notifications import queries as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.queries import Coming, Rules, also_sent
from cpms.notifications.states import IDLE, LADDER, OF_PANELS, UNANSWERED
from panels.models import Invitation, Question
from panels.queries.answers import late_panels, replies_of
from panels.queries.idle import at, idle
from panels.states import CHASED_WITHIN, Rung, State, due_on

FOR_WHOM = {
    Rung.REMIND: ("Everybody who owes an answer", "The day it was wanted by has passed"),
    Rung.SUBSTITUTE: ("The lead", "Advice is late, a substitute is asked for"),
    Rung.COORDINATOR: ("The group's coordinators", "Advice is late, coordinators are asked for help"),
}


def next_rung(panel: Any) -> Rung:
    """What follows in a panel that ``late_panels`` found. Where all who owe an answer are away, nobody is to be reminded."""
    return Rung(max(panel.escalated + 1, Rung.SUBSTITUTE if panel.deserted else Rung.REMIND))


def climbs_at(panel: Any, rung: Rung, ladder: Sequence[int]) -> dt.datetime | None:
    """When this rung of a panel that ``late_panels`` found is due. ``ladder`` holds the days after the answer-by day for
    substitutes and for coordinators, which an urgent panel halves; ``None`` where the network asks for neither, or the panel has
    no such day. Where all who owe an answer are away, each rung is climbed when the one before it would be."""
    if panel.wanted_by is None or (rung != Rung.REMIND and not ladder):
        return None
    first = Rung.SUBSTITUTE if panel.deserted else Rung.REMIND
    wait = dt.timedelta(days=[0, *ladder][rung - first])
    return due_on(panel.wanted_by) + (wait / 2 if panel.urgent else wait)


@also_sent
def late_until(network: Network, rules: Rules, moment: dt.datetime) -> list[Coming]:
    """The next rung of each late panel of the network that is reached by then."""
    late = [(panel, next_rung(panel)) for panel in late_panels().filter(network=network).order_by("wanted_by", "ref")]
    due = [(panel, rung) for panel, rung in late if (when := climbs_at(panel, rung, rules[LADDER])) and when <= moment]
    said = replies_of(panel.pk for panel, _rung in due)
    return [Coming(panel.ref, *FOR_WHOM[rung]) for panel, rung in due if said.get(panel.pk, 0) < panel.quorum]


FOR_THE_GROUP = {
    Notice.QUESTION_OPEN: ("The group", "A quick question is not answered"),
    Notice.QUESTION_LEFT: ("The group's coordinators", "A quick question is not answered"),
}


def unanswered_until(
    moment: dt.datetime, own: Mapping[Any, Sequence[int]] | None = None
) -> list[tuple[Question, Notice]]:
    """The furthest step that each unanswered question reaches by then, where nobody was mailed about it or a later one; the
    first that was asked comes first. ``own`` gives networks' days by key, or those that they set."""
    own = notifications.days_by_network(UNANSWERED) if own is None else own
    usual = OF_PANELS[UNANSWERED].usual
    found = list(Question.objects.unanswered().select_related("group").order_by("asked_at", "pk"))
    steps = [(question, step_of(question, own.get(question.network_id, usual), moment)) for question in found]
    reached = [(question, step) for question, step in steps if step is not None]
    told = notifications.written_about([question.pk for question, _step in reached], *FOR_THE_GROUP)
    return [(one, step) for one, step in reached if not told & {(one.pk, step), (one.pk, Notice.QUESTION_LEFT)}]


def step_of(question: Question, days: Sequence[int], moment: dt.datetime) -> Notice | None:
    """How far a question is by a network's days; ``None`` before the first step, and long after the last."""
    due = [question.asked_at + dt.timedelta(days=n) for n in days]
    reached = [step for step, when in zip(FOR_THE_GROUP, due, strict=False) if when <= moment]
    return reached[-1] if reached and moment < due[-1] + CHASED_WITHIN else None


@also_sent
def questions_until(network: Network, rules: Rules, moment: dt.datetime) -> list[Coming]:
    """The steps that unanswered questions to the network's groups reach by then."""
    steps = unanswered_until(moment, {network.pk: rules[UNANSWERED]})
    due = [(one, step) for one, step in steps if one.network_id == network.pk]
    rows = accounts.coordinating() if due else []
    told = [(one, *FOR_THE_GROUP[step], step == Notice.QUESTION_LEFT) for one, step in due]
    lines = [(one, coordinators_of(one, rows) if left else group, why) for one, group, why, left in told]
    return [Coming(one.ref, to, why) for one, to, why in lines if to]


def coordinators_of(question: Question, rows: Iterable[tuple[Any, Any, Any]]) -> str:
    """Whose coordinators are asked to see to it, as ``coordinators_for`` finds them; empty where there are none. ``rows`` is what
    ``coordinating`` gives."""
    others = [row for row in rows if row[0] != question.asker_id]
    groups, networks = {row[1] for row in others if row[1]}, {row[2] for row in others}
    if question.group_id in groups or question.group.parent_id in groups:
        return FOR_THE_GROUP[Notice.QUESTION_LEFT][0]
    return "The network's coordinators" if question.network_id in networks else ""


@also_sent
def silent_until(network: Network, rules: Rules, moment: dt.datetime) -> list[Coming]:
    """Panels that cross one of the two days of silence between now and then: who heard of it before hears it once."""
    found: list[Coming] = []
    if not rules[IDLE]:
        return found
    before = moment - dt.timedelta(days=rules[IDLE][0]) / 2  # as an urgent panel halves it
    silent_ones: Iterable[Any] = idle(before=at(before)).filter(network=network)
    for panel in silent_ones:
        silent = (moment - panel.last_at) * (2 if panel.urgent else 1)
        for to, days in zip(("The lead and the group's coordinators", "The helpdesk"), rules[IDLE], strict=False):
            since = silent - dt.timedelta(days=days)
            if dt.timedelta(0) <= since < dt.timedelta(days=2 if panel.urgent else 1):
                found.append(Coming(panel.ref, to, "Nothing happens in the panel"))
    return found


@also_sent
def lapsing_until(network: Network, _rules: Rules, moment: dt.datetime) -> list[Coming]:
    """Leads who hear by then that an invitation ran out without an answer, once for each panel. The rule is of what is asked from
    now on: an invitation keeps the day it was sent with."""
    rows = Invitation.objects.pending().filter(care_consent("panel__case__patient"), expires_at__lte=moment)
    rows = rows.filter(panel__network=network, panel__state=State.OPEN).order_by("panel__ref")
    refs = rows.values_list("panel__ref", flat=True).distinct()
    return [Coming(ref, "The lead", "An invitation ran out without an answer") for ref in refs]
