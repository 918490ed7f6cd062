"""Test clients that are signed in the way the login leaves a session: user, verified device, clocks."""

from __future__ import annotations

from django.conf import settings
from django.test import Client

from cpms import clock
from cpms.accounts.models import TotpDevice
from tests.factories import totp_device


def signed_in(user, *, verified=True) -> Client:
    """A client with this person's session; ``verified=False`` stops after the password."""
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    if verified:
        device = TotpDevice.objects.filter(user=user).first() or totp_device(user)
        session = client.session
        session["otp_device_id"] = device.persistent_id
        session["seen_at"] = session["started_at"] = clock.now().timestamp()
        session.save()
    return client
