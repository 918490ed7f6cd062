"""The page of one panel: case, thread, seats. Constant query counts, whatever the size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from cpms import clock
from cpms.accounts.models import User
from cpms.accounts.queries import name_deputies
from cpms.vault.models import DataKey
from panels.models import Contribution, Invitation, Message, Panel, Sign, Stance, TimeSpent, Visit, Wording
from panels.models.invitations import sits
from panels.queries.answers import has_named, has_spoken
from panels.queries.counting import number_of
from panels.queries.idle import newest
from panels.states import StanceKind

LATEST = 20


@dataclass(frozen=True)
class Entry:
    """One line of the thread: a statement with its stances, or a message. ``changed`` are views that agree now and did not before.

    ``news`` stands above it, if anything does: new or changed since the reader's last visit; ``first`` above the first such.
    ``own`` are the reader's words; ``paper`` is older advice, which is printed and not shown. Of what is answered the name is there alone, as the words' own ``answered_name``.
    """

    at: dt.datetime
    author: Any
    contribution: Contribution | None = None
    message: Message | None = None
    agrees: int = 0
    objections: tuple[Stance, ...] = ()
    changed: tuple[Stance, ...] = ()
    mine: str = ""
    guest_until: dt.datetime | None = None
    news: str = ""
    first: bool = False
    own: bool = False
    paper: bool = False

    @cached_property
    def said(self) -> Any:
        """The statement or the message."""
        return self.contribution or self.message

    @cached_property
    def mark(self) -> str:
        """Its place on the page, and what an answer to it names."""
        return f"s-{self.contribution.pk}" if self.contribution else f"m-{self.said.pk}"


def thread(
    panel: Panel, user: Any, seats: list[Seat], *, latest: int | None = None, besides: Collection[Any] = ()
) -> list[Entry]:
    """Statements and messages in the order they came, the ``latest`` so many or all; few queries whatever their number.

    ``seats`` bring the people who speak, and until when guests stay; ``besides`` are the keys of older words that are shown too.
    """
    worded = Prefetch("wordings", Wording._base_manager.all())
    stances = Prefetch("stances", Stance._base_manager.prefetch_related(worded))
    mentions = Prefetch("mentions", User._base_manager.only("display_name"))
    statements = Contribution._base_manager.filter(panel=panel).prefetch_related(stances, worded, mentions)
    messages = Message._base_manager.filter(panel=panel).prefetch_related(worded, mentions)
    chosen_rows = (rows.filter(chosen(rows, latest, besides)) for rows in (statements, messages))
    reader, named = user.pk, Coalesce(*(f"answers_{kind}__author__display_name" for kind in ("message", "statement")))
    said = [row for rows in chosen_rows for row in rows.annotate(answered_name=named)]
    under_one_key(panel.key, [*with_words(said)])
    views = [(view, "who") for one in said if isinstance(one, Contribution) for view in one.stances.all()]
    with_people(
        [*((one, "author") for one in said), *views], [panel.lead, *(seat.invitation.invitee for seat in seats)]
    )
    guests = guests_of(seats)
    entries = [
        statement_entry(one, reader, guests) if isinstance(one, Contribution) else message_entry(one, reader, guests)
        for one in said
    ]
    entries.sort(key=lambda entry: entry.at)
    older = max(len(entries) - latest, 0) if latest else 0
    return [*of_older(entries[:older], besides), *entries[older:]]


def with_words(said: list[Any]) -> Iterator[Any]:
    """The statements and messages, and the views of them, each followed by what it said before."""
    for one in said:
        for row in (one, *(one.stances.all() if isinstance(one, Contribution) else ())):
            yield from (row, *row.wordings.all())


def under_one_key(key: DataKey, rows: list[Any]) -> list[Any]:
    """The same rows. All of a panel is sealed under one key, which need not come along with each row, and is opened once."""
    for row in rows:
        if row.key_id == key.pk:
            row.key = key
    return rows


def with_people(named: Iterable[tuple[Any, str]], known: Iterable[User] = ()) -> None:
    """Gives each row its person, by the field that names them: most are ``known``, being in the panel; the others come in one query."""
    rows, people = list(named), {person.pk: person for person in known}
    others = {getattr(row, f"{field}_id") for row, field in rows} - people.keys()
    people |= User._base_manager.select_related("centre").in_bulk(others) if others else {}
    for row, field in rows:
        setattr(row, field, people[getattr(row, f"{field}_id")])


def of_older(entries: list[Entry], besides: Collection[Any]) -> list[Entry]:
    """Those that are shown all the same, and advice for the paper alone; what was only talk stays out."""
    marked = [replace(entry, paper=entry.said.pk not in besides) for entry in entries]
    return [entry for entry in marked if entry.contribution or not entry.paper]


def entries(
    panel: Panel, user: Any, seats: list[Seat], *, seen: dt.datetime | None, last_at: dt.datetime, latest: int | None
) -> list[Entry]:
    """The thread for this reader; of older words those that were corrected or objected to since the last visit too, and advice for
    the paper. ``last_at`` is what ``so_far`` gives: nothing is looked for where nothing happened since that visit."""
    news = fresh(panel, user, after=seen) if seen is not None and last_at > seen else {}
    changed = [key for key, at in news.items() if seen is not None and at <= seen]
    return with_news(thread(panel, user, seats, latest=latest, besides=changed), news, seen=seen)


def not_shown(entries: list[Entry], said: int, *, whole: bool) -> dict[str, Any]:
    """Of so many statements and messages how many come ``earlier`` than those on the page, and how many are ``unprinted``; of the
    ``whole`` thread none."""
    printed = said if whole else sum(bool(entry.contribution) for entry in entries)
    earlier = said - sum(not entry.paper for entry in entries)
    return {"earlier": earlier, "whole": whole, "unprinted": said - printed}


def chosen(rows: QuerySet[Any], latest: int | None, besides: Collection[Any]) -> Q:
    """The latest so many of the rows, or all, and those of the keys ``besides``."""
    return Q(pk__in=rows.order_by("-at").values("pk")[:latest]) | Q(pk__in=list(besides)) if latest else Q()


def so_far(panel: Panel) -> tuple[int, dt.datetime]:
    """How many statements and messages the panel holds, and when something was last said, corrected or viewed in it, else when it
    was opened; in one query."""
    said = [Sign(model, "panel", ("at", "edited_at")) for model in (Contribution, Message)]
    last = Greatest(F("opened_at"), *map(newest, (*said, Sign(Stance, "contribution__panel", ("at",)))))
    numbers = [Coalesce(number_of(model._default_manager.all()), 0) for model in (Contribution, Message)]
    *counted, at = Panel.objects.filter(pk=panel.pk).values_list(*numbers, last).get()
    return sum(counted), at or clock.now()


def fresh(panel: Panel, user: Any, *, after: dt.datetime | None) -> dict[Any, dt.datetime]:
    """Keys of the statements and messages of which something of others came after a moment, and when they were said: the words,
    their correction, an amendment or a dissent. None without a moment."""
    if after is None:
        return {}
    theirs = ~Q(author=user) & (Q(at__gt=after) | Q(edited_at__gt=after))
    views = Stance.objects.exclude(who=user).exclude(kind=StanceKind.AGREE).filter(at__gt=after)
    statements = Contribution.objects.filter(theirs | Exists(views.filter(contribution=OuterRef("pk"))), panel=panel)
    messages = Message.objects.filter(theirs, panel=panel)
    return dict(pair for rows in (statements, messages) for pair in rows.values_list("pk", "at"))


def with_news(entries: list[Entry], keys: Collection[Any], *, seen: dt.datetime | None) -> list[Entry]:
    """The entries, marked: the first that is new since the reader's last visit, and each older one of which something is.
    ``keys`` is what ``fresh`` gives after that visit."""
    marked: list[Entry] = []
    above: set[str] = set()
    for entry in entries:
        news = (
            "" if entry.said.pk not in keys or seen is None or entry.paper else "new" if entry.at > seen else "changed"
        )
        shown = "" if news == "new" and news in above else news
        marked.append(replace(entry, news=shown, first=bool(shown and not above)))
        above |= {news} - {""}
    return marked


def message_entry(message: Message, reader: Any, guests: dict[Any, dt.datetime]) -> Entry:
    until, own = guests.get(message.author_id), message.author_id == reader
    return Entry(message.at, message.author, message=message, guest_until=until, own=own)


def statement_entry(contribution: Contribution, reader: Any, guests: dict[Any, dt.datetime]) -> Entry:
    views = list(contribution.stances.all())
    return Entry(
        contribution.at,
        contribution.author,
        contribution=contribution,
        agrees=sum(view.kind == StanceKind.AGREE for view in views),
        objections=tuple(view for view in views if view.kind != StanceKind.AGREE),
        changed=tuple(view for view in views if view.kind == StanceKind.AGREE and view.wordings.all()),
        mine=next((view.kind for view in views if view.who_id == reader), ""),
        guest_until=guests.get(contribution.author_id),
        own=contribution.author_id == reader,
    )


def time_spent(panel: Panel, user: Any) -> int:
    """The person's own minutes with the panel this year."""
    row = TimeSpent.objects.filter(panel=panel, who=user, year=clock.today().year).first()
    return row.minutes if row else 0


def objection_of(user: Any, contribution: Contribution) -> str:
    """The person's own words on a statement, to be changed; empty when there are none."""
    mine = Stance.objects.filter(contribution=contribution, who=user).first()
    return mine.text if mine else ""


@dataclass(frozen=True)
class Seat:
    """One person of "who is in this panel": the newest invitation, when they last looked, whether they ``spoke`` or ``named`` a
    colleague, whether they sit there now, and the invitations ``earlier`` than that, the first one first."""

    invitation: Invitation
    seen_at: dt.datetime | None
    spoke: bool
    named: bool
    seated: bool
    earlier: tuple[Invitation, ...] = ()

    @property
    def replied(self) -> bool:
        """Nothing is awaited any more."""
        return self.spoke or self.named


@dataclass(frozen=True)
class Reader:
    """A member: when they were here last, and whether they have seen everything that others said."""

    person: User
    last_here: dt.datetime | None
    up_to_date: bool


def readers(seats: Iterable[Seat], entries: Sequence[Entry], user: Any) -> list[Reader]:
    """Everybody seated, held against the words that the thread shows. Who said something was here then, and whoever asks is here."""
    said = [(entry.at, entry.author.pk) for entry in entries if not entry.paper]
    found = []
    for seat in seats:
        if seat.seated:
            who = seat.invitation.invitee
            here = max([*filter(None, [seat.seen_at]), *(at for at, author in said if author == who.pk)], default=None)
            newest = max((at for at, author in said if author != who.pk), default=None)
            seen = who.pk == user.pk or (here is not None and (newest is None or here >= newest))
            found.append(Reader(who, here, seen))
    return found


def visits(panel: Panel) -> dict[Any, dt.datetime]:
    """Who looked at the panel, and when last."""
    return dict(Visit.objects.filter(panel=panel).values_list("who_id", "at"))


def seats(panel: Panel, *, seen: dict[Any, dt.datetime]) -> list[Seat]:
    """Everybody ever asked into the panel, once each; ``seen`` is what ``visits`` gives."""
    rows = Invitation._base_manager.filter(panel=panel).select_related("invitee__centre")
    told = {"spoke": has_spoken(), "named": has_named(), "seated": sits()}
    rows = rows.annotate(**{name: ExpressionWrapper(holds, BooleanField()) for name, holds in told.items()})
    found = under_one_key(panel.key, list(rows))
    name_deputies(row.invitee for row in found)
    return [
        Seat(row, seen.get(row.invitee_id), row.spoke, row.named, row.seated, tuple(before))
        for *before, row in by_person(found)
    ]


def by_person(invitations: Iterable[Any]) -> list[list[Any]]:
    """Each person's invitations in the order they were sent, who was asked last at the end. A guest as typed is nobody else: that
    the address has an account here already is not said by putting the two together."""
    found: dict[Any, list[Any]] = {}
    for row in sorted(invitations, key=lambda row: row.sent_at):
        found.setdefault((row.invitee_id, row.shown is row.invitee), []).append(row)
    return sorted(found.values(), key=lambda rows: rows[-1].sent_at)


def room(panel: Panel) -> tuple[dict[Any, dt.datetime], list[Seat]]:
    """``visits`` and ``seats``, looked up once per loaded panel: its page and the form on it ask alike."""
    if "_room" not in panel.__dict__:
        seen = visits(panel)
        panel.__dict__["_room"] = seen, seats(panel, seen=seen)
    found: tuple[dict[Any, dt.datetime], list[Seat]] = panel.__dict__["_room"]
    return found


def guests_of(seats: list[Seat]) -> dict[Any, dt.datetime]:
    """The guests among them, and until when they stay."""
    rows = ((seat.invitation.invitee_id, seat.invitation.guest_until) for seat in seats)
    return {who: until for who, until in rows if until is not None}
