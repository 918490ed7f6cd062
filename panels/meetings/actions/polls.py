"""Propose dates, say when one can come, make a meeting of the date that suits, or end the asking without one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from consent.actions import hold_consent
from cpms import clock
from cpms.accounts.access import Refused
from cpms.audit import actions as audit
from cpms.audit.states import Event
from cpms.locking import hold
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from cpms.notifications.states import Verb
from panels import actions as panels
from panels import queries
from panels.meetings.actions.single import end_polls, runs, schedule
from panels.meetings.models import DateAnswer, DatePoll, Meeting, ProposedDate
from panels.meetings.policy import may_answer_dates, may_pick_date, may_propose_dates
from panels.meetings.states import Can
from panels.models import Panel

FEWEST, MOST = 2, 5
ANSWER_WITHIN = dt.timedelta(days=3)


@transaction.atomic
def propose_dates(panel: Panel, *, dates: list[dt.datetime], minutes: int, link: str, by: Any) -> DatePoll:
    """Ask everybody in the panel which of these dates suits. Raises ``ValueError`` for too few or too many of them."""
    hold_consent(panel.audit_patient_id)
    panel = Panel.objects.held(panel.pk)
    if not (verdict := may_propose_dates(by, panel)):
        raise Refused(verdict.reason)
    if not FEWEST <= len(set(dates)) <= MOST:
        raise ValueError(f"Propose {FEWEST} to {MOST} different dates.")
    poll = DatePoll.objects.create(panel=panel, minutes=minutes, link=link, zone=by.zone, called_by=by)
    ProposedDate.objects.bulk_create(ProposedDate(poll=poll, starts_at=moment) for moment in sorted(set(dates)))
    people = queries.people_in(panel)
    path = poll.get_absolute_url()
    earlier = DatePoll.objects.filter(panel=panel, closed_at=None).exclude(pk=poll.pk)
    notifications.settle_all(panel, Verb.DATES)  # a poll of the same panel that is open still is asked no more
    notifications.cancel_mails(list(earlier.values_list("pk", flat=True)), Notice.DATES)
    notifications.notify(people, notice=Notice.DATES, by=by, about=poll, ref=panel.ref, path=path)
    ask_for_dates(poll, [person for person in people if person.pk != by.pk])
    panels.something_happened(panel)
    audit.record(Event.DATES_PROPOSED, on=poll, by=by, count=len(dates))
    return poll


def ask_for_dates(poll: DatePoll, people: list[Any]) -> None:
    """It waits for each of them, three days at most or until the first date to come."""
    panel, first = poll.panel, min(poll.dates.to_come().values_list("starts_at", flat=True))
    due = min(clock.now() + ANSWER_WITHIN, first)
    about: dict[str, Any] = {"on": panel, "ref": panel.ref, "path": poll.get_absolute_url(), "due_at": due}
    notifications.open_for(people, Verb.DATES, urgent=panel.urgent, **about)


@transaction.atomic
def answer_dates(poll: DatePoll, *, answers: Mapping[Any, Can], by: Any) -> None:
    """Whether one can come, by key of the date; dates that are not named keep their answer. It waits no more for who has answered
    all that are to come."""
    current = held_poll(poll)
    if not (verdict := may_answer_dates(by, current)):
        raise Refused(verdict.reason)
    for date in current.dates.filter(pk__in=answers):
        DateAnswer.objects.update_or_create(date=date, who=by, defaults={"can": answers[date.pk], "at": clock.now()})
    newest = not DatePoll.objects.filter(panel=current.panel, called_at__gt=current.called_at).exists()
    if newest and not current.dates.to_come().exclude(answers__who=by).exists():
        notifications.settle_work(by, Verb.DATES, on=current.panel)
        notifications.cancel_mails([current.pk], Notice.DATES, to=by)


def held_poll(poll: DatePoll) -> DatePoll:
    """The poll as it is now, held until commit. Its panel is held first, then all that is open of the panel in one order: who
    calls a meeting ends every poll of its panel."""
    panel = Panel.objects.held(poll.panel_id)
    hold(DatePoll.objects.filter(panel=panel, closed_at=None))
    current = DatePoll.objects.get(pk=poll.pk)
    current.panel = panel
    return current


@transaction.atomic
def pick_date(poll: DatePoll, *, date: ProposedDate, by: Any) -> Meeting:
    """A meeting on this date; everybody in the panel gets the mail with its calendar entry, and the poll is closed."""
    current = held_poll(poll)
    if not (verdict := may_pick_date(by, current)):
        raise Refused(verdict.reason)
    if date.poll_id != current.pk:
        raise Refused("This date was not proposed here.")
    if date.starts_at <= clock.now():
        raise Refused("This date has passed. Propose other ones.")
    meeting = schedule(current.panel, starts_at=date.starts_at, minutes=current.minutes, link=current.link, by=by)
    current.meeting, current.closed_at = meeting, clock.now()
    current.save(update_fields=["meeting", "closed_at"])
    return meeting


@transaction.atomic
def end_dates(poll: DatePoll, *, by: Any) -> None:
    """None of them is picked, and nobody is asked any more. Raises ``Refused`` once it has ended."""
    current = held_poll(poll)
    if not (verdict := may_pick_date(by, current)):
        raise Refused(verdict.reason)
    end_polls(DatePoll.objects.filter(pk=current.pk))
    audit.record(Event.DATES_PROPOSED, on=current, by=by, verb="ended")


def end_passed_dates(*, by: Any) -> int:
    """Run by the clock: a poll of which every date has passed ends, and the lead of the running panel hears of it. Safe to run
    twice; gives how many have ended."""
    polls = list(DatePoll.objects.filter(closed_at=None).exclude(dates__in=ProposedDate.objects.to_come()))
    return sum(end_passed(poll, by=by) for poll in polls)


@transaction.atomic
def end_passed(found: DatePoll, *, by: Any) -> int:
    """One poll, under its lock."""
    poll = held_poll(found)
    if poll.closed_at is not None:
        return 0
    end_polls(DatePoll.objects.filter(pk=poll.pk))
    panel, path = poll.panel, poll.get_absolute_url()
    if runs(panel):
        notifications.notify([panel.lead], notice=Notice.DATES_PASSED, by=by, about=poll, ref=panel.ref, path=path)
    audit.record(Event.DATES_PROPOSED, on=poll, by=by, verb="ended")
    return 1
