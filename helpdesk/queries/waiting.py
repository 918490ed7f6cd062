"""Lists of the page of today whose rows have no button of their own: they lead to where something is decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from cpms import clock
from cpms.accounts.models import Centre, User
from cpms.accounts.policy import networks_served_by
from helpdesk.people import queries as log
from helpdesk.people.models import GlassBreak, LostPhone, PlaceProposal, RoleProposal
from helpdesk.queries.rows import FIRST, Part, Row, Span
from panels.models import Invitation
from panels.states import RUNNING

STEPS = "steps"
"""The lists of next steps, one for each network: its code follows after a colon."""
ASKS: dict[type[Any], str] = {RoleProposal: "a role", LostPhone: "a new phone", GlassBreak: "a look into a panel"}


def wishes(user: Any, span: Span) -> Iterator[tuple[list[Row], int]]:
    """What may stand among these rows, and how many there are in all, of each kind of wish."""
    for model, words in ASKS.items():
        rows = model.objects.visible_to(user).waiting().exclude(asked_by=user).select_related("asked_by")
        found, count = span.up_to(rows.order_by("asked_at", "pk"))
        yield [row_of_wish(wish, words) for wish in found], count
    places = PlaceProposal.objects.waiting().exclude(asked_by=user).filter(centre__in=Centre.objects.visible_to(user))
    found, count = span.up_to(places.select_related("centre", "network").order_by("asked_at", "pk"))
    yield [row_of_place(asked) for asked in found], count


def row_of_wish(wish: Any, words: str) -> Row:
    glass = isinstance(wish, GlassBreak)
    path = reverse("people:glass") if glass else reverse("people:person", args=[wish.person_id])
    return Row(wish.pk, f"{wish.asked_by} asks for {words}", "", wish.asked_at, path)


def row_of_place(asked: Any) -> Row:
    where = asked.centre.get_absolute_url()
    return Row(asked.pk, f"{asked.network} asks for a hospital", str(asked.centre), asked.asked_at, where)


def second_persons(user: Any, span: Span = FIRST) -> Part:
    """What a colleague, or another network, asked for and this person may confirm."""
    found = list(wishes(user, span))
    rows = sorted((row for some, _count in found for row in some), key=lambda row: (str(row.since), str(row.key)))
    count = sum(many for _some, many in found)
    return Part("Waits for a second person", span.cut(rows), count, name="second", span=span)


def unreachable(user: Any, span: Span = FIRST) -> Part:
    """Invitations into panels of the networks served that no mail brings: the account is switched off. Whoever invited learns
    nothing of an account by inviting, so the helpdesk is who sees to it."""
    waiting = Invitation.objects.pending().filter(expires_at__gt=clock.now(), invitee__is_active=False)
    rows = waiting.filter(panel__network__in=networks_served_by(user), panel__state__in=RUNNING)
    rows = rows.annotate(seen=Exists(User.objects.visible_to(user).filter(pk=OuterRef("invitee"))))
    rows = (
        rows.select_related(None)
        .select_related("panel", "invitee")
        .only("sent_at", "panel__ref", "invitee__display_name")
    )
    found, count = span.of(rows.order_by("sent_at", "pk"))
    written = [row_of_unreachable(one) for one in found]
    return Part("Invited, but the account is switched off", written, count, name="switched_off", span=span)


def row_of_unreachable(asked: Any) -> Row:
    name = asked.invitee.display_name if asked.seen else "Somebody that the core helpdesk looks after"
    path = reverse("people:person", args=[asked.invitee_id]) if asked.seen else ""
    return Row(asked.pk, name, f"asked into panel {asked.panel.ref}", asked.sent_at, path)


def next_steps(user: Any, span: Span = FIRST, *, network: str = "") -> list[Part]:
    """What the outreach log says is to be done with hospitals by today: a list for each network, or that of one."""
    found: dict[str, Part] = {}
    for entry in log.steps_due(user, most=span.most, before=span.before, network=network):
        about: Any = entry
        title, name = f"Next steps due, {about.network_name}", f"{STEPS}:{about.network_code}"
        part = found.setdefault(name, Part(title, [], about.whole, since="Due", name=name, span=span))
        words = "the words were taken out" if entry.is_forgotten else entry.next_step
        note = f"{words}, {entry.next_by}"
        part.rows.append(Row(entry.pk, str(entry.centre), note, entry.next_on, entry.get_absolute_url()))
    return list(found.values())


PLAIN: dict[str, Callable[[Any, Span], Part]] = {"second": second_persons, "switched_off": unreachable}
"""What each name of an address lists."""
