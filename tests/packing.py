"""The static files, packed once for all processes of a run."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

from tools.local import places


def folder_of(base: Path) -> Path:
    """Where they lie: beside the folders of the run's processes, of which ``base`` is this one's."""
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "static"


def collect(env: dict[str, str]) -> None:
    """As the image does when it is built; the first process to come does it, the others wait."""
    folder = Path(env["CPMS_STATIC_ROOT"])
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
            subprocess.run(command, env=env, cwd=places.ROOT, capture_output=True, check=True, timeout=300)
