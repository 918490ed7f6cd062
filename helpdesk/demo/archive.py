"""The past of the demonstration: its network's 89 panels from December 2017 to September 2020, those of the two small networks beside
it, and three rounds of the survey, each carried through by the actions with the clock set to its time, then the months frozen that
count what these left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from django.db import transaction
from django.db.models import F

from cpms import clock
from cpms.accounts.models import Network, ThematicGroup, User
from cpms.accounts.roles import Role
from cpms.jobs import actions as jobs
from cpms.jobs.models import Job
from cpms.notifications.models import OutboxMessage
from cpms.notifications.states import MailState
from helpdesk import actions
from helpdesk.demo import network, past, surveys
from helpdesk.demo.around import GUEST
from helpdesk.demo.chance import below, one_of, some_of
from helpdesk.demo.conditions import TOPICS
from helpdesk.demo.neighbours import NEIGHBOURS
from helpdesk.demo.people import PEOPLE
from helpdesk.demo.sign_ins import FIRST_MONTH, OVER, last_whole_month, load_sign_ins, months, of_the_archive
from helpdesk.models import MonthlyKpi
from panels.models import Panel

FIRST_DAY, LAST_DAY, LAST_MONTH = dt.date(2017, 12, 4), dt.date(2020, 9, 16), dt.date(2020, 9, 1)
STARTERS = 26
COORDINATOR = "charlotte.vanbrederode"
Say = Callable[[str], object]


def load_past(say: Say) -> int:
    """What of the past is missing, each panel in a transaction of its own: it can be stopped and goes on where it stood. Only one
    at a time does it. Gives how many panels it carried."""
    made = Network.objects.filter(code=network.CODE).first()
    if made is None or is_whole():
        return 0
    with jobs.alone("load_past") as allowed:
        return _carry_on(made, say) if allowed else 0


def _carry_on(made: Network, say: Say) -> int:
    there, people = loaded(), of_the_archive()
    for month in months(FIRST_MONTH, last_whole_month()):
        load_sign_ins(people, month)
    plans = [*_plans(made), *_beside()]
    coordinator = plans[0].coordinator
    for place, plan in enumerate(plans[there:], start=there):
        _hold_surveys(made, plan.opened, coordinator)
        with transaction.atomic():
            past.carry(plan)
            note_mails_sent()
        if (place + 1) % 10 == 0 or place + 1 == len(plans):
            say(f"{place + 1} of {len(plans)} panels of December 2017 to September 2020")
    say(f"{_hold_surveys(made, OVER, coordinator)} rounds of the survey after them")
    for month in months(FIRST_MONTH, LAST_MONTH):
        freeze(month)
    return len(plans) - there


def _hold_surveys(made: Network, until: dt.datetime, coordinator: User) -> int:
    """In a transaction of their own: a round holds its network, and people work already."""
    with transaction.atomic():
        held = surveys.load_due(made, until=until, by=coordinator)
        note_mails_sent()
    return held


def is_whole() -> bool:
    """Whether its last month is frozen, which comes after everything else."""
    frozen = MonthlyKpi.objects.filter(network__code=network.CODE, month=LAST_MONTH)
    return loaded() >= panels_in_all() and frozen.exists()


def loaded() -> int:
    """How many panels of the archive are there: they are carried one after the other."""
    return Panel.objects.filter(opened_at__lt=OVER).count()


def panels_in_all() -> int:
    """With those of the networks beside it, which a demonstration of an earlier version does not have."""
    there = set(Network.objects.filter(groups__isnull=False).values_list("code", flat=True))
    beside = sum(one.panels for one in NEIGHBOURS if one.code in there)
    return sum(topic.panels for topic in TOPICS.values()) + beside


def freeze(month: dt.date) -> None:
    """On the first night of the next month."""
    night = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    with clock.at(dt.datetime.combine(night, dt.time(3, 5), dt.UTC)):
        actions.freeze_month(month, by=None)


def tell_at_their_time() -> None:
    """What the accounts' owners are told of by a task, which would do it today; asked again it finds it told."""
    for job in Job.objects.filter(task="notifications.tell", asked_at__lt=OVER):
        with clock.at(job.asked_at):
            jobs.at_once(job.task, **job.ids)


def note_mails_sent() -> int:
    """The mails of the past went out in the past, as the dispatcher would have noted it; nobody gets them today. Gives how many."""
    waiting = OutboxMessage.objects.filter(state=MailState.WAITING, due_at__lt=OVER)
    return waiting.update(state=MailState.SENT, sent_at=F("due_at"), attempts=1, doubts=1, path="/", address="")


def _plans(made: Network) -> list[past.Plan]:
    """All panels of these years in the order in which they were opened."""
    groups = {group.number: group for group in made.groups.select_related("network")}
    guest, coordinator = (User.objects.get(email__startswith=f"{key}@") for key in (GUEST, COORDINATOR))
    members, topics = _members(made), _topics()
    return [
        _plan(place, groups[topic], day, members, guest=guest, coordinator=coordinator)
        for place, (topic, day) in enumerate(zip(topics, _days(len(topics)), strict=True))
    ]


def _beside() -> list[past.Plan]:
    """The panels of the networks beside it, evenly over their years."""
    plans, guest = [], User.objects.get(email__startswith=f"{GUEST}@")
    groups = {group.network.code: group for group in ThematicGroup.objects.filter(number=1).select_related("network")}
    for one in [one for one in NEIGHBOURS if one.code in groups]:
        group = groups[one.code]
        made, members = group.network, _members(group.network)
        coordinator = User.objects.get(memberships__network=made, memberships__role=Role.NETWORK_COORDINATOR)
        for place in range(one.panels):
            day = one.since + dt.timedelta(days=(2 + place) * (LAST_DAY - one.since).days // (one.panels + 2))
            day -= dt.timedelta(days=max(0, day.weekday() - 4))
            plan = _plan(place, group, day, members, guest=guest, coordinator=coordinator)
            plans.append(replace(plan, topic=TOPICS[one.topic]))
    return plans


def _members(made: Network) -> list[User]:
    """Those of the network who cannot be tried, in the order in which they joined."""
    listed = [person.email for person in PEOPLE]
    people = User.objects.filter(centre__networks=made, activated_at__lt=OVER).exclude(email__in=listed)
    return list(people.select_related("centre").order_by("date_joined", "email"))


def _topics() -> list[int]:
    """Each group's number as often as it has panels, mixed."""
    all_of_them = [number for number, topic in TOPICS.items() for _ in range(topic.panels)]
    return some_of(all_of_them, len(all_of_them), "order of panels")


def _days(count: int) -> list[dt.date]:
    """Evenly from the first day to the last, on weekdays."""
    span = (LAST_DAY - FIRST_DAY).days
    days = [FIRST_DAY + dt.timedelta(days=number * span // (count - 1)) for number in range(count)]
    return [day - dt.timedelta(days=max(0, day.weekday() - 4)) for day in days]


def _plan(
    position: int, group: ThematicGroup, day: dt.date, users: list[User], *, guest: User, coordinator: User
) -> past.Plan:
    """A few start most panels, as the network saw; experts come from people who had registered by then."""
    opened = dt.datetime.combine(day, dt.time(9, below(60, position)), dt.UTC)
    there = [user for user in users if user.activated_at and user.activated_at < opened]
    starters = [user for user in there if user.centre and user.centre.cleared_on][:STARTERS]
    lead = one_of(starters[:9] if below(10, "few", position) < 6 else starters, "lead", position)
    invited = some_of([user for user in there if user != lead], 2 + below(3, "invited", position), "experts", position)
    return past.Plan(
        number=position,
        network=group.network,
        group=group,
        topic=TOPICS[group.number],
        lead=lead,
        invited=tuple(invited),
        guest=guest,
        coordinator=coordinator,
        opened=opened,
    )
