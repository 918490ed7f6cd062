"""The running product for a journey: web server, worker with beat and mail catcher as real processes."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import Mailbox
from tools.local import places, processes


@dataclass
class Product:
    url: str
    mailbox: Mailbox
    env: dict[str, str]
    logs: Path

    def manage(self, *words: str) -> str:
        """One management command in a process of its own; its output."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            env=self.env,
            cwd=places.ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


def static_files(folder: Path, env: dict[str, str]) -> Path:
    """Collected and compressed once for all products of this test process."""
    if not (folder / "staticfiles.json").exists():
        command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
        subprocess.run(command, env={**env, "CPMS_STATIC_ROOT": str(folder)}, cwd=places.ROOT, check=True)
    return folder


@contextlib.contextmanager
def running(env: dict[str, str], folder: Path) -> Iterator[Product]:
    """The web server by its entry script, a Celery worker with beat inside, an SMTP sink; all ended afterwards."""
    port, mail_port = places.free_port(), places.free_port()
    url, mail = f"http://127.0.0.1:{port}", folder / "mail"
    env = {
        **env,
        "CPMS_HTTPS": "0",
        "CPMS_DEMO": "1",
        "CPMS_BASE_URL": url,
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "CPMS_MAIL_DIR": str(mail),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "CPMS_LOG_LEVEL": "INFO",
        "CPMS_BIND": f"127.0.0.1:{port}",
        "CPMS_WEB_WORKERS": "1",
    }
    (folder / "logs").mkdir()
    env["CPMS_STATIC_ROOT"] = str(static_files(folder.parent / "static", env))
    commands = {
        "mail": [sys.executable, "-m", "tools.local.mail_sink", str(mail_port), str(mail)],
        "web": ["bin/entry", "web"],
        "worker": ["celery", "--quiet", "-A", "cpms", "worker", "-B", "-s", str(folder / "beat"), "-c", "1"],
    }
    started = []
    with contextlib.ExitStack() as stack:
        for name, command in commands.items():
            log = stack.enter_context((folder / "logs" / f"{name}.log").open("wb"))
            started.append(processes.spawn(command, log=log, cwd=places.ROOT, env=env))
        places.wait_for_port(mail_port, started[0])
        places.wait_for_port(port, started[1])
        try:
            yield Product(url, Mailbox(mail), env, folder / "logs")
        finally:
            for process in reversed(started):
                processes.end(process, processes.TERM, patience=15)


def environment(process_env: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in process_env.items() if not key.startswith("PYTEST")} | {
        "PATH": os.environ["PATH"]
    }
