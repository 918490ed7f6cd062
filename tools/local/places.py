"""Where local state stands, and which user may hold it."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import socket
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = ROOT / "var"
SERVICE_USER = "cpms-db"


@dataclass(frozen=True)
class Owner:
    """The system user a service runs as."""

    uid: int
    gid: int


def commit() -> str:
    """The commit that stands here, for evidence; "-dirty" where files differ from it."""
    return git("describe", "--always", "--dirty")


def git(*words: str) -> str:
    """What git answers; empty where there is no history or no git."""
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def package_folder(package: str) -> Path:
    """Where a package is installed, without importing it (its import may warn, lock or write)."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"The Python package {package} is missing. Run bin/setup.")
    return Path(spec.origin).parent


def service_owner() -> Owner | None:
    """PostgreSQL refuses to run as root, so root gets a system user for it; ``None`` means: run as yourself."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        entry = pwd.getpwnam(SERVICE_USER)
        return Owner(entry.pw_uid, entry.pw_gid)
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVICE_USER]
    subprocess.run(command, check=True, capture_output=True)
    entry = pwd.getpwnam(SERVICE_USER)
    return Owner(entry.pw_uid, entry.pw_gid)


def reachable(path: Path) -> bool:
    """Whether any user may walk down to ``path``; a checkout under /root is not."""
    folders = [folder for folder in (path, *path.parents) if folder.exists()]
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)


def home_for(owner: Owner | None, wanted: Path) -> Path:
    """``wanted``, or a place under /var/lib when the service user could not walk down to it."""
    if owner is None or reachable(wanted.parent):
        return wanted
    digest = hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
    return Path("/var/lib/cpms-local") / f"{wanted.name}-{digest}"


def own_folder(path: Path, owner: Owner | None) -> Path:
    """A folder only the service user may read."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    if owner:
        os.chown(path, owner.uid, owner.gid)
    return path


def binaries_for(owner: Owner | None, package: Path, inner: str, copy_to: Path) -> Path:
    """The folder ``inner`` of an installed package, copied to where the service user can walk when it cannot reach it.

    The libraries that a wheel brings lie beside the package and are found by relative path, so they are copied along.
    """
    if owner is None or reachable(package / inner / "bin"):
        return package / inner
    if not copy_to.is_dir():
        partial = copy_to.with_suffix(".part")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(package / inner, partial / package.name / inner, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, partial / libraries.name)
        partial.rename(copy_to)
    return copy_to / package.name / inner


def free_port(wanted: int = 0) -> int:
    """``wanted`` when nobody listens on it, else any free one, on the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port(0) if wanted == 0 else free_port_after(wanted)
        return int(probe.getsockname()[1])


def free_port_after(wanted: int) -> int:
    """The next free port among the ten that follow, else any."""
    for port in range(wanted + 1, wanted + 11):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    return free_port(0)


def wait_for_port(port: int, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Until something listens there; raises when the process died or the time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"Nothing listens on port {port}.")
