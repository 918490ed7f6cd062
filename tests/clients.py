"""Test clients that are signed in the way the login leaves a session: user, verified device, clocks."""

from __future__ import annotations

import re

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core import mail
from django.test import Client

from cpms import clock
from cpms.accounts.models import TotpDevice
from cpms.notifications import actions as notifications
from tests.factories import totp_device


def signed_in(user, *, verified=True, fresh=True) -> Client:
    """A client with this person's session; ``verified=False`` stops after the password, ``fresh=False`` leaves the code
    of the login behind by more than ten minutes."""
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    if verified:
        device = TotpDevice.objects.filter(user=user).first() or totp_device(user)
        session = client.session
        session["otp_device_id"] = device.persistent_id
        session["code_at"] = session["seen_at"] = session["started_at"] = clock.now().timestamp()
        if not fresh:
            session["code_at"] -= 601
        session.save()
        UserSession.objects.create(user=user, session_key=session.session_key, ip="127.0.0.1", user_agent="")
    return client


def mailed_reset_path() -> str:
    """Where the newest mail for a new password leads, once the outbox is sent."""
    notifications.dispatch_outbox()
    found = (re.search(r"https?://[^/]+(\S+/password/reset/key/\S+)", sent.body) for sent in reversed(mail.outbox))
    return next(filter(None, found)).group(1)
