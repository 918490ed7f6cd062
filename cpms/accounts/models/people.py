"""People, the dated roles they hold, their declared expertise, and who may act for whom."""

from __future__ import annotations

import operator
import uuid
from collections.abc import Callable
from functools import reduce
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from cpms import clock, countries
from cpms.accounts.models.covers import UnitCover
from cpms.accounts.models.places import Centre, Held, Network, ThematicGroup, Unit, in_charge_of, posts_of
from cpms.accounts.roles import OVERSEEING_ROLES, STAFF_ROLES, Care, Role
from cpms.accounts.states import FREED

GUESTS_IN: list[Callable[[Any], models.QuerySet[Any, Any]]] = []
"""Keys of the guests of what runs in some networks, by the floors above that have guests."""


def sight_of(held: list[Held]) -> Q:
    """Who is at a centre, or holds a role on a network, that somebody of these posts looks after."""
    networks = {post.network for post in held if post.role in OVERSEEING_ROLES}
    holders = Membership.objects.current().filter(Q(network__in=networks) | Q(group__network__in=networks))
    return in_charge_of(held, "centre") | Q(pk__in=holders.values("user"))


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> UserQuerySet:
        """May sign in: not switched off and through the activation."""
        return self.filter(is_active=True, activated_at__isnull=False)

    def visible_to(self, user: Any) -> UserQuerySet:
        """People looked after; for a helpdesk also its networks' guests, for a lost phone or a link: of no hospital or role."""
        held = posts_of(user) if user.is_active else []
        if not user.is_staff or Role.CORE_HELPDESK in user.held_roles():
            return self.in_sight_of(held)
        networks = {post.network for post in held if post.role in STAFF_ROLES}
        guests = reduce(operator.or_, (Q(pk__in=keys(networks)) for keys in GUESTS_IN), Q(pk__in=[]))
        alone = Q(centre=None) & ~Q(pk__in=Membership.objects.current().values("user"))
        return self.filter(sight_of(held) | (alone & guests))

    def looked_after_by(self, user: Any) -> UserQuerySet:
        """Whose roles a person may look after: people of the centres represented or overseen, who hold a role on own networks."""
        return self.in_sight_of(posts_of(user) if user.is_active else [])

    def in_sight_of(self, held: list[Held]) -> UserQuerySet:
        """The same by the posts that the person holds."""
        return self if any(post.role == Role.CORE_HELPDESK for post in held) else self.filter(sight_of(held))

    def covering(self, clinician: User) -> UserQuerySet:
        """Whose ``covers`` hold this clinician: the others of the unit, while all of it may see."""
        opened = UnitCover.objects.visible_to(clinician) if clinician.is_practising else UnitCover.objects.none()
        here = self.filter(is_active=True, centre=clinician.centre_id, unit__in=opened.values("unit"))
        return here.exclude(pk=clinician.pk).holding(Role.CLINICIAN)

    def holding(self, *roles: Role) -> UserQuerySet:
        held = Membership.objects.current().filter(user=models.OuterRef("pk"), role__in=roles)
        return self.filter(models.Exists(held))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Finds people by e-mail whatever its case; ``create_user`` is for tests and demo data, people come by invitation."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person. The e-mail address is the login; it never appears beside clinical content."""

    class Theme(models.TextChoices):
        AUTO = "auto", "as my device"
        LIGHT = "light", "light"
        DARK = "dark", "dark"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    display_name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, blank=True)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, blank=True, related_name="people")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="people")
    guest_hospital = models.CharField(max_length=160, blank=True)
    country = models.CharField(max_length=2, blank=True)
    zone = models.CharField(max_length=50, default="Europe/Brussels")
    language = models.CharField(max_length=10, default="en-gb")
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)
    shortcuts = models.BooleanField(default=True, db_default=True)
    languages = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    care = models.CharField(max_length=10, choices=Care, default=Care.BOTH)
    away_until = models.DateField(null=True, blank=True)
    deputy = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="deputises_for")
    groups_of_interest = models.ManyToManyField(ThematicGroup, blank=True, related_name="people")
    is_active = models.BooleanField(default=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    date_joined = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ["display_name"]
        constraints = [
            models.CheckConstraint(name="accounts_email_lower_case", condition=Q(email=Lower("email"))),
            models.CheckConstraint(
                name="accounts_deputy_is_somebody_else", condition=Q(deputy=None) | ~Q(deputy=F("id"))
            ),
            models.CheckConstraint(
                name="accounts_deputy_while_away", condition=Q(deputy=None) | Q(away_until__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_full_name(self) -> str:
        return self.display_name

    @property
    def initials(self) -> str:
        """Two letters for the round mark beside a name, titles left out."""
        words = [w for w in self.display_name.split() if not w.endswith(".") and w not in {"Dr", "Prof"}]
        return "".join(word[0] for word in [*words[:1], *words[-1:]]).upper()

    @property
    def is_freed(self) -> bool:
        """Whether nobody ever used the account, and its address was given up for another one."""
        return self.email.endswith(FREED)

    @property
    def place(self) -> str:
        """Hospital, city and country, or what a guest wrote."""
        if self.centre is not None:
            return f"{self.centre.name}, {self.centre.city}"
        return self.guest_hospital

    def roles_in_force(self) -> MembershipQuerySet:
        """The roles that count today: none of an account that is switched off, whoever asks and wherever it runs."""
        return self.memberships.current() if self.is_active else Membership.objects.none()

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        for kept in ("_posts", "_stood_for"):  # whoever is read anew has the roles of this moment
            vars(self).pop(kept, None)

    def posts(self) -> list[Held]:
        """The roles that count today, with where they hold; read once per request."""
        if not hasattr(self, "_posts"):
            self._posts = posts_of(self) if self.is_active else []
        return self._posts

    def held_roles(self) -> frozenset[str]:
        """The roles that count today, read once per request."""
        return frozenset(post.role for post in self.posts())

    def serves(self) -> list[uuid.UUID]:
        """Keys of the clinicians for whom this person works today, read once per request: of oneself and of those assisted.

        All of them are clinicians of one hospital, the person's own. Whoever left it, or is no clinician any more, answers for
        nobody's patients, the own ones included.
        """
        return self._stands_for()[0]

    def covers(self) -> list[uuid.UUID]:
        """Keys of the other clinicians of the person's unit, while the hospital lets the whole unit see (``UnitCover``); of nobody
        who is no clinician. To read what they share with others, and no more."""
        served, others = self._stands_for()
        return others if self.pk in served else []

    def _stands_for(self) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
        """Whom the person serves, and who else shares the person's unit while it is open: one query per request."""
        if not hasattr(self, "_stood_for"):
            own = Q(pk=self.pk) | Q(pk__in=self.acts_for.current().values("clinician"))
            here = User.objects.filter(is_active=True, centre__isnull=False, centre=self.centre_id)
            colleagues = Q(unit__in=UnitCover.objects.visible_to(self).values("unit"))
            served = models.ExpressionWrapper(own, models.BooleanField())
            rows = here.filter(own | colleagues).holding(Role.CLINICIAN).annotate(served=served)
            found = rows.values_list("pk", "served")
            self._stood_for = [pk for pk, own in found if own], [pk for pk, own in found if not own]
        return self._stood_for

    @property
    def is_practising(self) -> bool:
        """A clinician of a hospital today; of other people's rows ``practises`` asks the same."""
        return self.pk in self.serves()

    @property
    def is_away(self) -> bool:
        return self.away_until is not None and self.away_until >= clock.rights_day()

    @property
    def is_staff(self) -> bool:
        return bool(self.held_roles() & STAFF_ROLES)

    @property
    def is_superuser(self) -> bool:
        """Nobody is. Django's admin asks."""
        return False


ENDED = Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False)


def in_force() -> Q:
    """Of rows that hold from one day to another, or without end: those that hold today, by the day of rights, and were not ended."""
    today = clock.rights_day()
    return Q(Q(valid_to__isnull=True) | Q(valid_to__gte=today), valid_from__lte=today, ended_at=None)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> MembershipQuerySet:
        return self.filter(in_force())


class Membership(models.Model):
    """A role held by a person for a time, on a centre, a group, a network or a country; a researcher's on a network's cases for
    one registry, which ``registry`` names by its code."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, null=True, blank=True, related_name="role_holders")
    group = models.ForeignKey(
        ThematicGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="role_holders"
    )
    network = models.ForeignKey(Network, on_delete=models.PROTECT, null=True, blank=True, related_name="role_holders")
    country = models.CharField(max_length=2, blank=True)
    registry = models.CharField(max_length=80, blank=True, default="", db_default="")
    valid_from = models.DateField(default=clock.rights_day)
    valid_to = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "role"
        constraints = [
            models.CheckConstraint(
                name="accounts_membership_dates", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
            models.UniqueConstraint(
                name="accounts_open_role_once",
                fields=["user", "role", "centre", "group", "network", "country", "registry"],
                condition=Q(valid_to__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="accounts_second_person_is_another",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("granted_by")),
            ),
            models.CheckConstraint(name="accounts_ended_role_says_who", condition=ENDED),
            models.CheckConstraint(
                name="accounts_registry_of_a_researcher", condition=Q(registry="") | Q(role=Role.RESEARCHER)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"

    @property
    def is_current(self) -> bool:
        today = clock.rights_day()
        over = self.ended_at is not None or (self.valid_to is not None and self.valid_to < today)
        return self.valid_from <= today and not over

    @property
    def held_on(self) -> str:
        """What the role is held on, in words; empty for a role on everything."""
        place = self.centre or self.group or self.network
        where = str(place) if place is not None else countries.name(self.country) if self.country else ""
        return f"{where}, registry {self.registry}" if self.registry else where


def practises(person: str) -> Q:
    """Of rows that lead to a person by this name: who works at a hospital as a clinician today."""
    held = Membership.objects.current().filter(user=models.OuterRef(person), role=Role.CLINICIAN)
    return Q(models.Exists(held), **{f"{person}__centre__isnull": False})


def away(person: str) -> Q:
    """Of rows that lead to a person by this name: who is away today."""
    return Q(**{f"{person}__away_until__gte": clock.rights_day()})
