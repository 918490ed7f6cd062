"""Rotating the key-encryption key: stopped anywhere, resumed from there, and no text changes."""

from __future__ import annotations

import base64
import io
import signal
import subprocess
import sys

import pytest
from django.core.management import call_command

from cpms import clock
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from cpms.notifications.states import MailState, Pace
from cpms.vault import actions, cipher
from cpms.vault.models import DataKey
from tests.factories import Story
from tools.local import places

pytestmark = pytest.mark.django_db


@pytest.fixture
def fresh_key(settings):
    """A new key-encryption key stands first; the old one still opens."""
    old = settings.CPMS_KEKS[0]
    cipher.key_encryption_keys.cache_clear()
    settings.CPMS_KEKS = ["next:" + base64.b64encode(b"n" * 32).decode(), old]
    yield old
    cipher.key_encryption_keys.cache_clear()


def test_rotation_stops_and_goes_on_and_the_old_key_is_not_needed_after(fresh_key, settings):
    cipher.key_encryption_keys.cache_clear()
    settings.CPMS_KEKS = [fresh_key]
    story = Story()
    gone = actions.new_key()
    actions.destroy_key(gone)
    secrets = {key.pk: key.secret() for key in (actions.new_key() for _ in range(5))}
    assert story.case.summary == story.canary("summary")
    story.open(story.expert)
    waiting = OutboxMessage.objects.get(recipient=story.expert)
    led_to = waiting.link
    cipher.key_encryption_keys.cache_clear()
    settings.CPMS_KEKS = ["next:" + base64.b64encode(b"n" * 32).decode(), fresh_key]
    everything = actions.keys_to_rotate()
    assert everything >= 6
    assert actions.rotate_some(2) == 2
    assert actions.keys_to_rotate() == everything - 2
    out = io.StringIO()
    call_command("rotate_keys", batch=3, stdout=out)
    assert f"{everything - 2:,} of {everything - 2:,} keys" in out.getvalue()
    assert actions.keys_to_rotate() == 0
    cipher.key_encryption_keys.cache_clear()
    settings.CPMS_KEKS = settings.CPMS_KEKS[:1]
    assert {key.pk: key.secret() for key in DataKey.objects.filter(pk__in=secrets)} == secrets
    assert type(story.case).objects.get(pk=story.case.pk).summary == story.canary("summary")
    assert DataKey.objects.get(pk=gone.pk).secret() is None
    assert OutboxMessage.objects.get(pk=waiting.pk).link == led_to


def test_a_mail_under_a_key_that_was_taken_away_waits_and_holds_nobody_up(fresh_key, settings, mailoutbox):
    cipher.key_encryption_keys.cache_clear()
    settings.CPMS_KEKS = [fresh_key]
    story = Story()
    story.open(story.expert)
    cipher.key_encryption_keys.cache_clear()
    settings.CPMS_KEKS = ["next:" + base64.b64encode(b"n" * 32).decode()]
    notifications.notify([story.expert], notice=Notice.RECOVERY_USED, by=None, about=story.expert)
    assert notifications.dispatch_outbox() == 1
    assert [mail.to for mail in mailoutbox] == [[story.expert.email]]
    left = OutboxMessage.objects.exclude(notice=Notice.RECOVERY_USED).get(recipient=story.expert)
    assert (left.state, left.not_before > clock.now()) == (MailState.WAITING, True)


def test_a_daily_mail_leaves_what_cannot_be_opened_for_another_day(fresh_key, settings, mailoutbox):
    cipher.key_encryption_keys.cache_clear()
    settings.CPMS_KEKS = [fresh_key]
    story = Story()
    notifications.wish_mails(pace=Pace.DAILY, daily_at=0, quiet_from=None, quiet_to=None, by=story.expert)
    story.open(story.expert)
    assert OutboxMessage.objects.filter(recipient=story.expert, state=MailState.HELD).count() == 1
    cipher.key_encryption_keys.cache_clear()
    settings.CPMS_KEKS = ["next:" + base64.b64encode(b"n" * 32).decode()]
    assert notifications.send_daily() == 0
    assert OutboxMessage.objects.filter(recipient=story.expert, state=MailState.HELD).count() == 1


DYING = """
import os, signal
import django
django.setup()
from django.core.management import call_command
from cpms.vault import actions
whole, done = actions.rotate_some, []
def rotate_some(count):
    if len(done) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(count)
    return whole(count)
actions.rotate_some = rotate_some
call_command("rotate_keys", batch=1)
"""


@pytest.mark.django_db(transaction=True)
def test_a_rotation_killed_half_way_is_resumed_and_loses_no_key(fresh_key, settings, process_env):
    cipher.key_encryption_keys.cache_clear()
    settings.CPMS_KEKS, both = [fresh_key], list(settings.CPMS_KEKS)
    secrets = {key.pk: key.secret() for key in (actions.new_key() for _ in range(5))}
    env = {**process_env, "CPMS_KEK": ",".join(both)}
    killed = subprocess.run([sys.executable, "-c", DYING], env=env, cwd=places.ROOT, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    cipher.key_encryption_keys.cache_clear()
    settings.CPMS_KEKS = both
    assert actions.keys_to_rotate() == 3
    done = subprocess.run(
        [sys.executable, "manage.py", "rotate_keys"],
        env=env,
        cwd=places.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "3 of 3 keys" in done.stdout
    cipher.key_encryption_keys.cache_clear()
    settings.CPMS_KEKS = both[:1]
    assert {key.pk: key.secret() for key in DataKey.objects.all()} == secrets
