"""Second factors on django-otp: a sealed TOTP seed, and ten recovery codes kept as keyed digests.

Both back off after misses, but never longer than five minutes: the library's own curve locks for days, and whoever guesses
must not lock the owner out for longer than the limit of guesses does.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from typing import Any

from django.db import models
from django.utils import timezone
from django_otp.models import Device, ThrottlingMixin, TimestampMixin, VerifyNotAllowed
from django_otp.oath import TOTP

from cpms.accounts.models.people import User
from cpms.vault import cipher
from cpms.vault.fields import SealedBytesField
from cpms.vault.models import DataKey

LONGEST_WAIT = dt.timedelta(minutes=5)
STEP_SECONDS, DIGITS, TOLERANCE = 30, 6, 1


class SlowingDevice(TimestampMixin, ThrottlingMixin, Device):
    """A device whose wait after misses doubles from one second and stops at ``LONGEST_WAIT``.

    What every kind of second factor says, a passkey as well: its ``kind`` for the audit, whether it ``stands_alone`` as one, and
    whether a typed token ``fits`` it. Nothing else asks which kind it has before it.
    """

    kind = ""
    stands_alone = True

    class Meta:
        abstract = True

    @classmethod
    def fits(cls, token: str) -> bool:
        """Whether a token of this shape is meant for such a device; never for one that takes no typed token."""
        return False

    def get_throttle_factor(self) -> int:
        return 1

    def waiting_until(self) -> dt.datetime | None:
        if not self.throttling_failure_count or self.throttling_failure_timestamp is None:
            return None
        seconds = min(2 ** min(self.throttling_failure_count - 1, 20), LONGEST_WAIT.total_seconds())
        until = self.throttling_failure_timestamp + dt.timedelta(seconds=seconds)
        return until if until > timezone.now() else None

    def verify_is_allowed(self) -> tuple[bool, dict[str, Any] | None]:
        until = self.waiting_until()
        if until is None:
            return True, None
        return False, {"reason": VerifyNotAllowed.N_FAILED_ATTEMPTS, "locked_until": until}

    def verify_token(self, token: str) -> bool:
        """Only through ``django_otp.verify_token``, which holds the row's lock: one code, one winner."""
        allowed, _why = self.verify_is_allowed()
        if not allowed or not self.confirmed:
            return False
        if not self.accepts(token):
            self.throttle_increment(commit=True)
            return False
        self.throttle_reset(commit=False)
        self.set_last_used_timestamp(commit=False)
        self.save()
        return True

    def accepts(self, token: str) -> bool:
        raise NotImplementedError


class TotpDevice(SlowingDevice):
    """An authenticator app (RFC 6238, SHA-1, 30 s, six digits, one step of tolerance). The seed is sealed."""

    kind = "totp"
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    seal_id = models.UUIDField(default=uuid.uuid4, editable=False)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    seed = SealedBytesField()
    last_step = models.BigIntegerField(default=-1)

    @classmethod
    def fits(cls, token: str) -> bool:
        return token.isdecimal()

    def accepts(self, token: str) -> bool:
        """Right, and newer than the last one used: a code works once."""
        if not token.isdecimal() or len(token) != DIGITS:
            return False
        totp = TOTP(self.seed, STEP_SECONDS, 0, DIGITS)
        totp.time = time.time()
        if not totp.verify(int(token), TOLERANCE, self.last_step + 1):
            return False
        self.last_step = totp.t()
        return True


class RecoveryDevice(SlowingDevice):
    """The set of unused recovery codes of a person."""

    kind, stands_alone = "recovery", False
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    @classmethod
    def fits(cls, token: str) -> bool:
        return not token.isdecimal()

    def accepts(self, token: str) -> bool:
        deleted, _per_model = self.codes.filter(digest=recovery_digest(token)).delete()
        return bool(deleted)


class RecoveryCode(models.Model):
    """One unused code as a keyed digest; 120 random bits, shown once, deleted when used."""

    device = models.ForeignKey(RecoveryDevice, on_delete=models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(name="accounts_recovery_code_once", fields=["device", "digest"])]

    def __str__(self) -> str:
        return "recovery code"


def device_kinds() -> list[type[SlowingDevice]]:
    """Every kind of second factor that the product knows."""
    return SlowingDevice.__subclasses__()


def recovery_digest(code: str) -> str:
    return cipher.digest("recovery", "".join(code.upper().split()).replace("-", ""))
