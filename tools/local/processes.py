"""Start child processes so that none outlives its parent, and end what an earlier, killed run left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import psutil

from tools.local.places import Owner

PR_SET_PDEATHSIG = 1
TERM = signal.SIGTERM
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _end_with_parent() -> None:
    """Runs in the child before the program starts: on Linux the kernel sends SIGTERM when the parent dies."""
    if _LIBC:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def spawn(
    command: list[str], *, log: IO[bytes], cwd: Path, env: dict[str, str] | None = None, owner: Owner | None = None
) -> subprocess.Popen[bytes]:
    """A child in a session of its own: Ctrl-C reaches the parent only, which then ends the children in order."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=cwd,
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"} if env is None else env,
        start_new_session=True,
        umask=0o077,
        user=owner.uid if owner else None,
        group=owner.gid if owner else None,
        extra_groups=[] if owner else None,
        preexec_fn=_end_with_parent,
    )


def end(process: subprocess.Popen[bytes] | None, number: signal.Signals, *, patience: float) -> None:
    """Ask, wait, insist."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(number)
    try:
        process.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=10)


def end_leftover(pid_file: Path, marker: str, number: signal.Signals) -> None:
    """End the process of ``pid_file`` when its command line holds ``marker``; a stranger with a reused number is left alone."""
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        if any(marker in word for word in process.cmdline()):
            process.send_signal(number)
            process.wait(timeout=30)
    except (OSError, ValueError, IndexError, psutil.Error):
        return
