"""The one way a typed code is looked at, at the sign-in and before a sensitive act: five wrong ones in five minutes.

The limit is the account's, whichever device, session or address a guess comes from; it is counted where the password's is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import django_otp
from allauth.core.internal import ratelimit  # the public doorway counts, and takes no count back
from django.http import HttpRequest

from cpms.accounts import actions

WRONG = "This code is not right, or it was used already. Wait for the next one."
WAIT = "Too many wrong codes. Wait a little, then try again."
WAIT_LONGER = "Too many wrong codes. Wait five minutes, then try again."


@dataclass(frozen=True)
class Answer:
    """The device that took the code, or what to say; ``missed`` when a code was looked at and found wrong."""

    device: Any = None
    why_not: str = ""
    missed: bool = False


def device_for(user: Any, token: str) -> Any:
    """The confirmed device that a token of this shape belongs to; never one that the form names."""
    devices = django_otp.devices_for_user(user, confirmed=True)
    return next((device for device in devices if device.fits(token)), None)


def check(request: HttpRequest, user: Any, token: str, *, by: Any) -> Answer:
    """Under the row's lock, and used up by it. ``by`` is nobody before the sign-in: who typed it is not known yet.

    A guess is counted before it is looked at, so that guesses at once share the limit; a right code gives its count back.
    """
    device = device_for(user, token)
    if device is None:
        return Answer(why_not=WRONG)
    if device.waiting_until() is not None:
        return Answer(why_not=WAIT)
    counted = ratelimit.consume(request, app="allauth.account", action="code", user=user)
    if counted is None:
        return Answer(why_not=WAIT_LONGER)
    if django_otp.verify_token(user, device.persistent_id, token) is None:
        actions.note_miss(user, by=by)
        return Answer(why_not=WRONG, missed=True)
    counted.rollback()
    return Answer(device)
