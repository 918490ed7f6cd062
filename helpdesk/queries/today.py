"""What the helpdesk looks after today: what waits, who is silent, and whether the last nudge helped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import CharField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.urls import reverse

from cpms import clock
from cpms.accounts import queries as accounts
from cpms.accounts.models import Centre, CentreMembership, Network, User
from cpms.accounts.policy import networks_served_by
from cpms.accounts.roles import Role
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.jobs.models import Job
from cpms.keys import with_keys
from cpms.notifications.models import OutboxMessage
from cpms.notifications.states import MailState
from cpms.vault.models import Envelope
from helpdesk.people.models import AccessRequest
from helpdesk.queries.nudges import note_nudges
from helpdesk.queries.rows import FIRST, Part, Row, Span, signed_in
from helpdesk.queries.waiting import PLAIN, STEPS, next_steps, second_persons, unreachable
from helpdesk.states import GIVEN_UP_FOR, GONE_AFTER, MAIL, QUIET_AFTER, NudgeKind
from helpdesk.tickets.models import Ticket
from panels import queries as panels
from panels.models import Panel


def requests(user: Any) -> QuerySet[AccessRequest]:
    """Requests that wait at the hospitals this person of the helpdesk looks after; mostly others decide them."""
    rows = AccessRequest.objects.waiting().filter(centre__in=Centre.objects.visible_to(user))
    mine = Exists(AccessRequest.objects.visible_to(user).filter(pk=OuterRef("pk")))
    return rows.select_related("centre").annotate(since=F("asked_at"), mine=mine).order_by("asked_at", "pk")


def still(user: Any) -> QuerySet[Panel]:
    """Panels idle for long. Nothing of them but number and day is fetched."""
    return panels.forgotten(networks_served_by(user)).select_related(None).only("ref", "lead")


def belonging_since(day: dt.date) -> Q:
    """Hospitals that belong to a network today, and did on that day."""
    return Q(pk__in=CentreMembership.objects.current().filter(since__lte=day).values("centre"))


def opened_none_since(moment: dt.datetime, **where: Any) -> Q:
    """Hospitals that opened no panel since then (``where`` says of which networks), however lately they joined."""
    return Q(~Exists(Panel.objects.filter(centre=OuterRef("pk"), opened_at__gte=moment, **where)))


def quiet(user: Any) -> QuerySet[Centre]:
    """Hospitals that belong to a network for a year or longer, and opened no panel in that time."""
    border = clock.now() - QUIET_AFTER
    rows = Centre.objects.visible_to(user).filter(belonging_since(border.date()), opened_none_since(border))
    return rows.annotate(since=Max("panels__opened_at")).order_by(F("since").asc(nulls_first=True), "name", "pk")


def idle_this_year(networks: QuerySet[Network]) -> QuerySet[Centre]:
    """Hospitals that belong to one of these networks today, and opened no panel of theirs since January: of one network those that
    the official figure ``centres_idle`` counts."""
    new_year = dt.datetime(clock.rights_day().year, 1, 1, tzinfo=dt.UTC)
    places = CentreMembership.objects.current().filter(network__in=networks)
    return Centre.objects.filter(opened_none_since(new_year, network__in=networks), pk__in=places.values("centre"))


def silent_this_year() -> QuerySet[Centre]:
    """Of those of all networks the ones that had the whole year for it: who joined since is not told of a long time."""
    return idle_this_year(Network.objects.all()).filter(belonging_since(clock.rights_day().replace(month=1, day=1)))


def briefly(people: QuerySet[User]) -> QuerySet[User]:
    """What a row shows, and no more: thousands are counted for the few that are shown."""
    return people.select_related("centre").only("display_name", "guest_hospital", "centre__name", "centre__city")


def stopped_coming(people: QuerySet[User]) -> QuerySet[User]:
    """Of these who may sign in, and did before, but not of late; whoever said to be away is not missed."""
    border, today = clock.now() - GONE_AFTER, clock.rights_day()
    ever = AuditEvent.objects.filter(event=Event.SIGNED_IN).order_by().values("actor_id")
    rows = people.filter(is_active=True, activated_at__isnull=False, pk__in=ever).exclude(away_until__gte=today)
    return rows.exclude(pk__in=ever.filter(at__gte=border, actor_id__isnull=False))


def gone(user: Any) -> QuerySet[User]:
    """Who stopped coming, of the people looked after."""
    last = Subquery(signed_in("pk").order_by("-at").values("at")[:1])
    rows = stopped_coming(User.objects.visible_to(user).exclude(pk=user.pk))
    return briefly(rows).annotate(since=last).order_by("last_login", "pk")


def asleep(user: Any) -> QuerySet[User]:
    """Accounts that were prepared and never activated."""
    rows = User.objects.visible_to(user).filter(is_active=True, activated_at=None)
    return briefly(rows).annotate(since=F("date_joined")).order_by("date_joined", "pk")


def given_up(user: Any) -> QuerySet[OutboxMessage]:
    """Mails of the list that were given up."""
    return failing(user).filter(state=MailState.GIVEN_UP)


FOUND: dict[str, Callable[[Any], QuerySet[Any]]] = {
    MAIL: given_up,
    NudgeKind.REQUEST: requests,
    NudgeKind.PANEL: still,
    NudgeKind.CENTRE: quiet,
    NudgeKind.RETURN: gone,
    NudgeKind.ACTIVATION: asleep,
}
"""What each kind of button is about, in one order: read page by page, each row comes once."""


def row_of_request(asked: Any, _user: Any) -> Row:
    if not asked.mine:
        path = reverse("people:centre", args=[asked.centre_id])
        return Row(asked.pk, str(asked.centre), "a colleague asks for access", asked.since, path)
    note = f"{asked.get_role_display()}, {asked.centre}"
    approve = reverse("people:approve", args=[asked.pk])
    return Row(asked.pk, asked.display_name, note, asked.since, reverse("people:requests"), approve=approve)


def row_of_panel(panel: Any, _user: Any) -> Row:
    return Row(panel.pk, panel.ref, "", panel.last_at)


def row_of_centre(centre: Any, _user: Any) -> Row:
    none = "no panel so far" if centre.since is None else ""
    note = none if centre.cleared_on else "data-protection clearance is missing"
    return Row(centre.pk, str(centre), note, centre.since, centre.get_absolute_url())


def row_of_person(person: Any, _user: Any) -> Row:
    return Row(person.pk, person.display_name, person.place, person.since, reverse("people:person", args=[person.pk]))


SLEEPERS = "helpdesk:accounts_user_changelist"
WORDS: dict[str, tuple[str, str, str, str, Callable[[Any, Any], Row]]] = {
    NudgeKind.REQUEST: ("Requests for access", "Remind who decides", "", "Asked", row_of_request),
    NudgeKind.PANEL: ("Panels that stand still", "Remind the lead", "", "Silent since", row_of_panel),
    NudgeKind.CENTRE: (
        "Hospitals with no panel for a year",
        "Write to the hospital",
        "people:centres",
        "Last panel",
        row_of_centre,
    ),
    NudgeKind.RETURN: ("People who stopped coming", "Ask why", "people:list", "Last here", row_of_person),
    NudgeKind.ACTIVATION: ("Not activated yet", "Mail a fresh link", SLEEPERS, "Prepared", row_of_person),
}
"""Heading, button, where the whole list stands, what its day means, and how a row is written."""


def part_of(kind: str, user: Any, span: Span = FIRST) -> Part:
    """Those rows of the list of one kind of button."""
    title, button, whole, since, written = WORDS[kind]
    found, count = span.of(FOUND[kind](user))
    rows = [written(thing, user) for thing in found]
    link = reverse(whole) + ("?activated=no" if whole == SLEEPERS else "") if whole else ""
    return Part(title, rows, count, kind, button, link, since, span=span)


def jobs_of(user: Any) -> QuerySet[Job]:
    """What the machine does for all networks: the core helpdesk's alone. ``has_words`` says that what a job was to take out is
    still kept, sealed."""
    kept = Envelope.objects.annotate(name=Cast("pk", CharField())).filter(name=OuterRef("envelope"))
    rows = Job.objects.annotate(envelope=KeyTextTransform("envelope_id", "ids")).annotate(has_words=Exists(kept))
    return rows if Role.CORE_HELPDESK in user.held_roles() else rows.none()


def mails_of(user: Any) -> QuerySet[OutboxMessage]:
    """Mails to the people looked after, and to strangers whose request for access is. To other bare addresses: the core
    helpdesk's alone, as no network is known of them."""
    if Role.CORE_HELPDESK in user.held_roles():
        return OutboxMessage.objects.all()
    asked = AccessRequest.objects.filter(centre__in=Centre.objects.visible_to(user))
    strangers = Q(recipient=None, about_type=AccessRequest._meta.label_lower, about_id__in=asked.values("pk"))
    return OutboxMessage.objects.filter(Q(recipient__in=User.objects.visible_to(user)) | strangers)


def mails_found(mails: QuerySet[OutboxMessage], text: str) -> QuerySet[OutboxMessage]:
    """Those of the mails that hold each word in who receives them or in the panel's number: there are many more mails than people."""
    if not (words := text.split()):
        return mails
    receive = User.objects.filter(pk__in=mails.order_by().values("recipient"))
    people = accounts.written(receive, "email", "display_name")
    for word in words:
        mails = mails.filter(with_keys(accounts.holding(people, word), "recipient") | Q(ref__icontains=word))
    return mails


def failing(user: Any) -> QuerySet[OutboxMessage]:
    """Mails that should have gone, or were given up of late, as on the list of mails."""
    given_up = Q(state=MailState.GIVEN_UP, due_at__gte=clock.now() - GIVEN_UP_FOR)
    late = Q(pk__in=OutboxMessage.objects.overdue().values("pk"))
    return mails_of(user).filter(given_up | late).select_related("recipient")


def mails(user: Any) -> Part:
    """They are opened, and those that were given up sent again, but for links that were for that mail alone."""
    rows = failing(user).defer("calendar", "lines")
    found, count = FIRST.of(rows.order_by("due_at", "pk"))
    whole = "helpdesk:notifications_outboxmessage_changelist"
    written = []
    for mail in found:
        path = reverse("helpdesk:notifications_outboxmessage_change", args=[mail.pk])
        to = mail.recipient.display_name if mail.recipient else "somebody without an account"
        given_up = mail.state == MailState.GIVEN_UP
        again = given_up and mail.leads_somewhere
        note = f"to {to}, {'given up' if given_up else 'late'}"
        written.append(Row(mail.pk, mail.get_notice_display(), note, mail.due_at, path, again=again))
    return Part("Mails late or given up", written, count, whole=reverse(whole), since="Due")


def tickets(user: Any) -> Part:
    """What people asked this helpdesk and waits for a reply, the longest wait first; nothing of the words."""
    rows = Ticket.objects.waiting_for(user).select_related(None).select_related("asker")
    found, count = FIRST.of(rows.only("kind", "moved_at", "asker__display_name").order_by("moved_at", "pk"))
    written = []
    for one in found:
        note = f"{one.get_kind_display()}, {one.asker.display_name}"
        written.append(Row(one.pk, one.ref, note, one.moved_at, one.get_absolute_url()))
    return Part("Tickets", written, count, whole=reverse("tickets:list"), since="Waits since")


def part_alone(name: str, user: Any, *, page: int) -> list[Part]:
    """One list of the page, so that the last row of it is as near as the first; nothing beyond its end."""
    span, (kind, _mark, network) = Span(page), name.partition(":")
    if kind in WORDS:
        found = [part_of(kind, user, span)]
    elif kind in PLAIN:
        found = [PLAIN[kind](user, span)]
    else:
        found = next_steps(user, span, network=network) if kind == STEPS and network else []
    note_nudges(found, user=user)
    return [part for part in found if part.rows]


def parts_of(user: Any) -> list[Part]:
    """The page, in the order in which somebody would work it off. Lists with nothing in them are left out."""
    found = [second_persons(user), *(part_of(kind, user) for kind in WORDS)]
    found[2:2] = [mails(user), unreachable(user)]
    found[1:1] = [tickets(user), *next_steps(user)]
    note_nudges(found, user=user)
    return [part for part in found if part.rows]


def thing_pressed(kind: str, key: str, *, user: Any) -> Any:
    """The thing of this key, if it stands on the person's list today; otherwise nothing."""
    return FOUND[kind](user).filter(pk=key).first()
