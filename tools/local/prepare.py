"""Bring the database (``database``), the demonstration's past (``past``) or the static files (``static``) up to date, starting
Django once for all of it."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import sys
import time
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.core.management import call_command
from django.db import DatabaseError

from tools.local import places
from tools.local.terminal import say, step


def fingerprint() -> str:
    """Changes whenever a static file or a package that brings some does."""
    digest = hashlib.sha256((places.ROOT / "requirements.txt").read_bytes())
    for path in sorted((places.ROOT / "static").rglob("*")):
        state = path.stat()
        digest.update(f"{path}:{state.st_size}:{state.st_mtime_ns}".encode())
    return digest.hexdigest()


def collect_static() -> None:
    """Skip the work when nothing changed since the last run."""
    stamp = Path(str(settings.STATIC_ROOT)) / ".stamp"
    now = fingerprint()
    if stamp.is_file() and stamp.read_text() == now:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(now)


def fill_database() -> None:
    """In this order: the demo people need tables and terms."""
    with step("Tables"):
        call_command("migrate", interactive=False, verbosity=0)
        call_command("give_rights", stdout=io.StringIO())
    with step("Networks"):
        call_command("load_networks", stdout=io.StringIO())
    with step("Terminology"):
        call_command("load_terminology", stdout=io.StringIO())
    if os.environ.get("CPMS_DEMO") == "1":
        with step("Demo network"):
            call_command("load_demo", only="present", stdout=io.StringIO())


def load_past() -> None:
    """While people work already: nothing to do after the first start, and what a stop left over after one."""
    began, told = time.monotonic(), io.StringIO()
    try:
        call_command("load_demo", only="past", stdout=told)
    except (
        PermissionDenied,
        DatabaseError,
        ObjectDoesNotExist,
    ) as error:  # somebody's deed came between; the product runs on
        say(f"  The past of the demonstration stopped: {error}. It goes on at the next start.")
    if "was loaded" in told.getvalue():
        say(f"  The past of the demonstration is complete after {time.monotonic() - began:.0f} s.")


def main() -> None:
    """Without a word of its own on Ctrl-C: the parent says that it stops."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    django.setup()
    {"static": collect_static, "past": load_past, "database": fill_database}[sys.argv[1]]()


if __name__ == "__main__":
    main()
