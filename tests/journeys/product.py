"""The running product for a journey: web server, worker with beat and mail catcher as real processes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import Mailbox
from tests.packing import collect
from tools.local import places, processes


@dataclass
class Product:
    url: str
    mailbox: Mailbox
    env: dict[str, str]
    logs: Path
    working: subprocess.Popen[bytes] | None = None

    @contextlib.contextmanager
    def held_worker(self) -> Iterator[None]:
        """The worker stands still meanwhile, so that what a page shows of unfinished work can be looked at."""
        os.killpg(self.working.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.working.pid, signal.SIGCONT)

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


def settings_of(env: dict[str, str], url: str, mail_port: int, mail: Path) -> dict[str, str]:
    """The environment of the product's processes; they know nothing of pytest."""
    port = url.rpartition(":")[2]
    return {key: value for key, value in env.items() if not key.startswith("PYTEST")} | {
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


@contextlib.contextmanager
def process(command: list[str], name: str, product: Product) -> Iterator[Any]:
    """One process of the product, its words in the logs; killed afterwards with its children, whatever they are at."""
    with (product.logs / f"{name}.log").open("wb") as log:
        started = processes.spawn(command, log=log, cwd=places.ROOT, env=product.env)
    try:
        yield started
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()


@contextlib.contextmanager
def website(env: dict[str, str], folder: Path) -> Iterator[Product]:
    """The web server by its entry script, its static files collected, and an SMTP sink."""
    port, mail_port = places.free_port(), places.free_port()
    url, mail = f"http://127.0.0.1:{port}", folder / "mail"
    product = Product(url, Mailbox(mail), settings_of(env, url, mail_port, mail), folder / "logs")
    product.logs.mkdir()
    collect(product.env)
    sink = [sys.executable, "-m", "tools.local.mail_sink", str(mail_port), str(mail)]
    with process(sink, "mail", product) as catching, process(["bin/entry", "web"], "web", product) as serving:
        places.wait_for_port(mail_port, catching)
        places.wait_for_port(port, serving)
        yield product


@contextlib.contextmanager
def worker(product: Product, folder: Path) -> Iterator[None]:
    """A Celery worker with beat inside."""
    command = ["celery", "--quiet", "-A", "cpms", "worker", "-B", "-s", str(folder / "beat"), "-c", "1"]
    with process(command, "worker", product) as product.working:
        yield
