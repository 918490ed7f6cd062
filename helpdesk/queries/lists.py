"""What the filters and searches of the staff site's lists keep of the rows that somebody may see."""

from __future__ import annotations

from typing import Any

from django.conf.locale import LANG_INFO
from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from consent.models import ConsentForm
from cpms import clock
from cpms.accounts import queries as accounts
from cpms.accounts.models import CentreMembership, Membership, Network, User
from cpms.accounts.roles import Role
from cpms.jobs.models import Job
from cpms.terminology.folding import fold_name
from helpdesk.queries.rows import signed_in
from helpdesk.queries.today import idle_this_year, stopped_coming


def places_in(networks: QuerySet[Network]) -> QuerySet[CentreMembership]:
    return CentreMembership.objects.current().filter(network__in=networks)


def hospital_in(networks: QuerySet[Network]) -> Q:
    """Hospitals that belong to one of the networks today."""
    return Q(pk__in=places_in(networks).values("centre"))


def hospital_of_kind(networks: QuerySet[Network], kind: str) -> Q:
    """Hospitals that are a full member, or an affiliated partner, of one of the networks today."""
    return Q(pk__in=places_in(networks).filter(kind=kind).values("centre"))


def role_in(networks: QuerySet[Network]) -> Q:
    """Roles on one of the networks, on a group of it, or at a hospital that belongs to it today."""
    places = places_in(networks).values("centre")
    return Q(network__in=networks) | Q(group__network__in=networks) | Q(centre__in=places)


def person_in(networks: QuerySet[Network]) -> Q:
    """People whose hospital belongs to one of the networks today, or who hold a role there today."""
    held = Membership.objects.current().filter(role_in(networks))
    return Q(centre__in=places_in(networks).values("centre")) | Q(pk__in=held.values("user"))


def holds(role: Role) -> Q:
    """People who hold this role today."""
    return Q(pk__in=Membership.objects.current().filter(role=role).values("user"))


def here_this_month() -> Q:
    """People who signed in since the first of the month, by the reader's calendar."""
    first = timezone.localtime(clock.now()).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Q(Exists(signed_in("pk").filter(at__gte=first)))


def gone_for_long() -> Q:
    """People who stopped coming, as on the page of today: not who is away, or cannot sign in."""
    return Q(pk__in=stopped_coming(User.objects.all()).values("pk"))


def never_here() -> Q:
    return ~Q(Exists(signed_in("pk")))


def cleared() -> Q:
    """Hospitals whose clearance is in force: ``may_open_panels`` asks the same of one."""
    return Q(cleared_on__lte=clock.today())


def not_cleared() -> Q:
    return Q(cleared_on=None) | Q(cleared_on__gt=clock.today())


def opened_none(networks: QuerySet[Network]) -> Q:
    """Hospitals that belong to one of the networks, and opened no panel of theirs this year."""
    return Q(pk__in=idle_this_year(networks).values("pk"))


def in_force() -> Q:
    return Q(pk__in=Membership.objects.current().values("pk"))


def over() -> Q:
    """Roles that somebody ended, or whose last day is past; one that has not begun is neither over nor in force."""
    return Q(ended_at__isnull=False) | Q(valid_to__lt=clock.rights_day())


def jobs_found(jobs: QuerySet[Job], text: str) -> QuerySet[Job]:
    """Those whose task's name holds each word: the database looks, there are many more jobs than names."""
    for word in text.split():
        jobs = jobs.filter(task__icontains=word)
    return jobs


def sheets_found(sheets: QuerySet[ConsentForm], text: str) -> QuerySet[ConsentForm]:
    """Those that hold each word in their title, or in their language: its code, its name in English, or in its own words."""
    if not text.strip():
        return sheets
    said: list[tuple[Any, str]] = []
    for sheet in sheets.only("title", "language"):
        english = LANG_INFO.get(sheet.language, {}).get("name", "")
        said.append((sheet.pk, fold_name(f"{sheet.title} {sheet.language} {english} {sheet.language_name}")))
    return sheets.filter(pk__in=accounts.holding(said, text))
