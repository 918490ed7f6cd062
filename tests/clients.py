"""Test clients that are signed in the way the login leaves a session: user, verified device, clocks."""

from __future__ import annotations

import re

from allauth.usersessions.models import UserSession
from celery import current_app
from django.conf import settings
from django.core import mail
from django.test import Client

from cpms import clock
from cpms.accounts.models import TotpDevice
from cpms.jobs.models import Job
from cpms.jobs.states import JobState
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


def work_off(*tasks: str) -> int:
    """Do the jobs of these names that wait, as a worker does; gives how many."""
    current_app.loader.import_default_modules()
    waiting = list(Job.objects.filter(task__in=tasks, state=JobState.WAITING).order_by("asked_at"))
    for job in waiting:
        current_app.tasks[job.task].run(job_id=str(job.pk), **job.ids)
    return len(waiting)


def mailed_reset_path() -> str:
    """Where the newest mail for a new password leads, once a worker made it and the outbox is sent."""
    work_off("accounts.answer_reset")
    notifications.dispatch_outbox()
    found = (re.search(r"https?://[^/]+(\S+/password/reset/key/\S+)", sent.body) for sent in reversed(mail.outbox))
    return next(filter(None, found)).group(1)
