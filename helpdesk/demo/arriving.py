"""How the invented people came to their accounts and roles: by the actions that let everybody in, each at its time."""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.hashers import Argon2PasswordHasher, get_hasher
from django.db.models import F
from django_otp.oath import TOTP

from cpms import clock
from cpms.accounts import actions as accounts
from cpms.accounts import queries
from cpms.accounts.models import Centre, ThematicGroup, TotpDevice, User
from cpms.accounts.models.devices import DIGITS, STEP_SECONDS
from cpms.accounts.policy import Post
from cpms.accounts.roles import Care
from helpdesk.people import actions as people


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody says of themselves. ``centre`` is empty for who works in no hospital of a network."""

    email: str
    name: str
    job_title: str
    country: str
    zone: str
    languages: list[str]
    care: Care = Care.BOTH
    centre: Centre | None = None
    hospital: str = ""
    groups: tuple[ThematicGroup, ...] = ()
    expertise: tuple[tuple[str, str], ...] = ()


def prepare(one: Newcomer, *, at: dt.datetime, by: User | None) -> tuple[User, str]:
    """The account that waits for its owner, and the token of its link."""
    with clock.at(at):
        known: dict[str, Any] = {"guest_hospital": one.hospital, "country": one.country, "centre": one.centre}
        user, token = accounts.prepare_account(one.email, display_name=one.name, by=by, **known)
        accounts.take_up_duty(user, job_title=one.job_title, groups=one.groups, by=by)
        people.mail_activation(user, token, by=by)
    return user, token


def come_in(user: User, token: str, one: Newcomer, *, at: dt.datetime, password: str = "", seed: bytes = b"") -> User:
    """Password, phone, first sign-in, and what is said in the profile; gives the person as they are then. Whoever comes later than
    a day asks for a fresh link. Without a ``password`` it is one that nobody knows."""
    with clock.at(at):
        link = queries.usable_link(token) or queries.usable_link(accounts.resend_link(user, by=None))
        if link is None:
            raise ValueError(f"{one.email} has no link to come in by.")
        said: dict[str, Any] = {"display_name": one.name, "guest_hospital": one.hospital, "by": None}
        if password:
            accounts.choose_password(link, password=password, **said)
        else:
            with hashed_quickly():
                accounts.choose_password(link, password=secrets.token_urlsafe(32), **said)
        owner = link.user
        enrol(accounts.pending_device(owner, by=owner), seed)
        accounts.activate(link, by=owner)
        sign_in(owner, at=at)
        accounts.set_profile(owner, by=owner, zone=one.zone, job_title=one.job_title)
        accounts.set_practice(owner, languages=one.languages, care=one.care, groups=one.groups, by=owner)
    return User.objects.get(pk=user.pk)


def enrol(device: TotpDevice, seed: bytes) -> None:
    """The phone takes the code that its app shows; when the next one comes at this very moment, it is still good for a while. With a
    ``seed`` it is the phone of the demonstration page, whose code of now whoever tries it can still use."""
    if seed:
        device.seed = seed
        device.save()
    totp = TOTP(device.seed, STEP_SECONDS, 0, DIGITS)
    totp.time = time.time()
    if not accounts.confirm_device(device, token=f"{totp.token():0{DIGITS}d}", by=device.user):
        raise ValueError("The phone's own code did not fit.")
    if seed:
        TotpDevice.objects.filter(pk=device.pk).update(last_step=F("last_step") - 1)


def declare(user: User, one: Newcomer, *, at: dt.datetime) -> None:
    with clock.at(at):
        for code, name in one.expertise:
            accounts.declare_expertise(user, system=code.partition(":")[0], code=code, name=name, by=user)


def give(user: User, post: Post, *, at: dt.datetime, by: User, second: User | None = None) -> None:
    """A role; a powerful one is proposed by one and confirmed by a second person."""
    with clock.at(at):
        if second is None:
            accounts.give_post(user, post, by=by)
        else:
            people.confirm_role(people.propose_role(user, post, by=by), by=second)


def sign_in(user: User, *, at: dt.datetime) -> None:
    """What the login writes: the event, and the last time, as Django notes it, which never goes back."""
    with clock.at(at):
        accounts.sign_in_verified(user, by=user)
    User.objects.filter(pk=user.pk).exclude(last_login__gte=at).update(last_login=at)


@contextmanager
def hashed_quickly() -> Iterator[None]:
    """Argon2 is slow so that what people think of is hard to guess; 32 random bytes that nobody kept need no such care."""
    hasher = cast("Argon2PasswordHasher", get_hasher())
    slow = {name: getattr(hasher, name) for name in ("time_cost", "memory_cost", "parallelism")}
    hasher.time_cost, hasher.memory_cost, hasher.parallelism = 1, 8, 1
    try:
        yield
    finally:
        vars(hasher).update(slow)
