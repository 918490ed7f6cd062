"""The archive: 89 closed panels from December 2017 to September 2020, with the rows that the actions leave and the figures count. What only a page of the time needs is left out: mails, visits,
read events."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.contrib.auth.models import Permission
from django.db import models

from cpms.accounts.models import Network, ThematicGroup, User
from helpdesk.demo import panel_rows
from helpdesk.demo.around import GUEST
from helpdesk.demo.chance import below, one_of, some_of
from helpdesk.demo.conditions import TOPICS
from panels.models import PanelCounter

FIRST_DAY, LAST_DAY = dt.date(2017, 12, 4), dt.date(2020, 9, 16)
STARTERS = 26


def load_archive(made: Network, users: list[User]) -> int:
    """Back-dated rows of all closed panels, each under its own patient's key. Gives the number of panels."""
    view_case = Permission.objects.get(codename="view_case", content_type__app_label="cases")
    groups = {group.number: group for group in made.groups.select_related("network")}
    numbers: dict[int, int] = defaultdict(int)
    rows: list[models.Model] = []
    topics, guest = _topics(), User.objects.get(email__startswith=f"{GUEST}@")
    for position, (topic, day) in enumerate(zip(topics, _days(len(topics)), strict=True)):
        numbers[day.year] += 1
        plan = _plan(position, topic, day, numbers[day.year], groups[topic], users, guest)
        rows += panel_rows.build(plan, view_case)
    _save(rows)
    PanelCounter.objects.bulk_create(PanelCounter(network=made, year=year, last=last) for year, last in numbers.items())
    return len(topics)


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
    position: int, topic: int, day: dt.date, number: int, group: ThematicGroup, users: list[User], guest: User
) -> panel_rows.Plan:
    """A few start most panels, as the network saw; experts come from people who had registered by then."""
    opened = dt.datetime.combine(day, dt.time(9, below(60, position)), dt.UTC)
    there = [user for user in users if user.activated_at and user.activated_at < opened]
    starters = there[:STARTERS]
    lead = one_of(starters[:9] if below(10, "few", position) < 6 else starters, "lead", position)
    invited = some_of([user for user in there if user != lead], 2 + below(3, "invited", position), "experts", position)
    return panel_rows.Plan(
        number=position,
        ref=f"{group.network.code}-{day.year % 100:02d}-{number:04d}",
        network=group.network,
        group=group,
        topic=TOPICS[topic],
        lead=lead,
        invited=tuple(invited),
        guest=guest,
        opened=opened,
    )


def _save(rows: list[Any]) -> None:
    """One bulk insert per model, parents first: in the order in which the models first appear."""
    by_model: dict[type[models.Model], list[Any]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    for model, found in by_model.items():
        model._default_manager.bulk_create(found, batch_size=500)
