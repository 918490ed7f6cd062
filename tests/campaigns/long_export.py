"""``python -m tests.campaigns.long_export USER MONTH``: a process that takes a month out as CSV, as the web process sends it.

Says on its last line how many lines and bytes left, in how many seconds, and how much memory it held at most, in megabytes.
"""

from __future__ import annotations

import json
import sys
import time

import django
import psutil

if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.urls import reverse

from cpms.accounts.models import User
from tests.clients import signed_in

LOOKED_EACH = 100


def taken_out(user: User, month: str) -> dict[str, float]:
    settings.SECURE_SSL_REDIRECT = False
    asked = {"period": month, "kind": "csv", "purpose": "network", "words": "How much memory it takes"}
    began, before, most = time.monotonic(), memory(), 0
    answer = signed_in(user).post(reverse("kpis_export", args=[month]), asked, secure=True)
    first, lines, size = 0.0, 0, 0
    for piece in answer.streaming_content:
        first = first or time.monotonic() - began
        size += len(piece)
        lines += piece.count(b"\n")
        most = max(most, memory()) if lines % LOOKED_EACH == 0 else most
    took = time.monotonic() - began
    return {
        "lines": lines,
        "megabytes": size // 1_000_000,
        "seconds": round(took),
        "seconds_to_the_first": round(first, 1),
        "memory_before": before,
        "most_memory": max(most, memory()),
    }


def memory() -> int:
    """What this process holds now, in megabytes."""
    return int(psutil.Process().memory_info().rss // 1_000_000)


if __name__ == "__main__":
    found = taken_out(User.objects.get(pk=sys.argv[1]), sys.argv[2])
    sys.stdout.write(json.dumps(found) + "\n")
