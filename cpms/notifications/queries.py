"""What a network's rules say, and what they would send today."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import Resolver404, resolve

from cpms import clock
from cpms.accounts.access import route_of, still_open
from cpms.accounts.models import Membership, Network
from cpms.accounts.roles import Role
from cpms.notifications.models import ChasingRule, OutboxMessage, WorkItem
from cpms.notifications.notices import Notice, line
from cpms.notifications.states import REMIND_AFTER, MailState, reminder_due, rule_choices, steps_due, usual_days

Rules = Mapping[str, Sequence[int]]
MOST_SHOWN = 100


def concerns(person: Any, path: str) -> bool:
    """Whether what this address leads to is still a thing of this person's: a right may have ended by itself meanwhile."""
    return person.is_active and (path == "/" or bool(still_open([path], person)))


def parts_of(mail: OutboxMessage) -> list[OutboxMessage]:
    """What a daily mail tells, as it was written; none of another mail."""
    if mail.notice != Notice.DIGEST:
        return []
    return list(mail.parts.filter(state=MailState.DIGESTED).order_by("written_at", "pk"))


def lines_of(mail: OutboxMessage) -> str:
    """The lines of a daily mail for what still concerns its reader, each once; of one that knows no parts, as they were written."""
    if mail.notice != Notice.DIGEST or not mail.parts.exists():
        return mail.lines
    told = [part for part in parts_of(mail) if concerns(mail.recipient, part.link)]
    return "\n".join(dict.fromkeys(line(part.notice, ref=part.ref) for part in told))


def is_still_told(mail: OutboxMessage) -> bool:
    """Whether a mail still says something to its reader."""
    if mail.notice == Notice.DIGEST and not mail.lines:
        return False
    return mail.recipient is None or concerns(mail.recipient, mail.link)


def lets_in(path: str) -> bool:
    """Whether whoever has this address needs nothing else, as with the link of an activation: nobody signs in on the way. An
    address that leads nowhere is taken for one."""
    if path == "/":
        return False
    try:
        route = route_of(resolve(re.split("[?#]", path)[0]).func)
    except Resolver404:
        return True
    return route is None or bool(route.public)


def has_later(message: OutboxMessage) -> bool:
    """Whether the same person was written to since, of the same kind about the same thing; of a meeting, with a newer entry for
    the calendar. What was never sent does not count, but for an entry: it holds no more once a newer one was written."""
    rows = OutboxMessage.objects.filter(about_id=message.about_id, written_at__gt=message.written_at)
    rows = rows.filter(recipient=message.recipient_id, address=message.address).exclude(state=MailState.CANCELLED)
    if message.calendar:
        return rows.exclude(calendar="").exists()
    return rows.filter(notice=message.notice).exclude(state=MailState.GIVEN_UP).exists()


def unsent_about(keys: Iterable[Any], *, besides: Any) -> set[Any]:
    """Of which of these things a mail still waits to be sent to others than this person: who is meant has not heard of them."""
    waiting = OutboxMessage.objects.filter(about_id__in=list(keys), state__in=[MailState.WAITING, MailState.HELD])
    waiting = waiting.exclude(recipient=besides)
    return set(waiting.order_by().values_list("about_id", flat=True))


def written_about(keys: Iterable[Any], *notices: str) -> set[tuple[Any, str]]:
    """About which of these things a mail of which of these kinds was written to anybody."""
    rows = OutboxMessage.objects.filter(about_id__in=list(keys), notice__in=notices)
    return set(rows.order_by().values_list("about_id", "notice").distinct())


def newest_mails(notice: str, about: Any, people: Iterable[Any]) -> dict[Any, OutboxMessage]:
    """Of each of these people the mail of this kind about this thing that was written last, by the person's key."""
    rows = OutboxMessage.objects.filter(notice=notice, about_id=about.pk, recipient__in=list(people))
    newest = rows.order_by("recipient_id", "-written_at").distinct("recipient_id")
    return {mail.recipient_id: mail for mail in newest}


def network_key(thing: Any) -> Any:
    """The network of what somebody has to do something about; none for what concerns no panel."""
    return getattr(thing, "network_id", None) or getattr(getattr(thing, "panel", None), "network_id", None)


def waits(verb: str, network: Any) -> Sequence[dt.timedelta]:
    """The network's own waits (its key is given), or the product's."""
    rule = ChasingRule.objects.filter(network=network, about=verb).first() if network else None
    return REMIND_AFTER[verb] if rule is None else in_days(rule.days)


def rules_of(network: Network) -> dict[str, list[int]]:
    """Every rule in days, the network's own or the product's."""
    own = dict(ChasingRule.objects.filter(network=network).values_list("about", "days"))
    return {about: own.get(about, usual_days(about)) for about, _words in rule_choices()}


def days_by_network(about: str) -> dict[Any, list[int]]:
    """The networks that have a rule of their own on this, by key."""
    return dict(ChasingRule.objects.filter(about=about).values_list("network", "days"))


def networks_coordinated(user: Any) -> list[Network]:
    held = Membership.objects.current().filter(user=user, role=Role.NETWORK_COORDINATOR)
    return list(Network.objects.filter(pk__in=held.values("network")))


def due_by(item: WorkItem, days: Sequence[int]) -> dt.datetime | None:
    """When the item's next reminder goes out under a rule in days."""
    return reminder_due(in_days(days), item.opened_at, item.reminders, urgent=item.urgent)


def in_days(days: Iterable[int]) -> list[dt.timedelta]:
    return [dt.timedelta(days=n) for n in days]


def days_of(network: Any, about: str) -> list[int]:
    """The days of one rule about panels, of the network of this key or the product's."""
    own = ChasingRule.objects.filter(network=network, about=about).values_list("days", flat=True).first()
    return usual_days(about) if own is None else own


@dataclass(frozen=True)
class Coming:
    """One mail that would be sent: about which panel, to whom, what for, and which reminder of its kind (0 for none)."""

    ref: str
    to: str
    why: str
    number: int = 0


@dataclass(frozen=True)
class Preview:
    """What would be sent today: the first so many, and how many there are."""

    items: list[Coming]
    count: int


OF_OTHERS: list[Callable[[Network, Rules, dt.datetime], list[Coming]]] = []
"""What apps above send by a network's rules until a moment."""


def also_sent(
    found: Callable[[Network, Rules, dt.datetime], list[Coming]],
) -> Callable[[Network, Rules, dt.datetime], list[Coming]]:
    """Let the preview show what this function finds."""
    OF_OTHERS.append(found)
    return found


def reminders_of(item: WorkItem, days: Sequence[int], tonight: dt.datetime) -> list[Coming]:
    """The mails about one thing until tonight: one for all reminders that lie behind, and one for each that still comes."""
    behind, by_tonight = (
        steps_due(in_days(days), item.opened_at, at=at, urgent=item.urgent) for at in (clock.now(), tonight)
    )
    numbers = [behind] if behind > item.reminders else []
    numbers += range(max(behind, item.reminders) + 1, by_tonight + 1)
    return [Coming(item.ref, item.who.display_name, item.get_verb_display(), number) for number in numbers]


def preview(network: Network, rules: Rules) -> Preview:
    """Everything that these rules would send until midnight, if they were in force now; nothing to whoever is away."""
    tonight = clock.end_of_today()
    items = WorkItem.objects.of_network(network).of_those_here().filter(verb__in=list(rules))
    items = items.select_related("who").order_by("due_at")
    lines = [line for item in items for line in reminders_of(item, rules[item.verb], tonight)]
    lines += [line for found in OF_OTHERS for line in found(network, rules, tonight)]
    return Preview(lines[:MOST_SHOWN], len(lines))
