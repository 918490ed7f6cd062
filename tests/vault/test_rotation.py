"""Rotating the key-encryption key: stopped anywhere, resumed from there, and no text changes."""

from __future__ import annotations

import base64
import io

import pytest
from django.core.management import call_command

from cpms.vault import actions, cipher
from cpms.vault.models import DataKey
from tests.factories import Story

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
