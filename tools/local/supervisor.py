"""Keep a handful of child processes: steps with their seconds, a dead child ends all, everything ends in reverse order."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from tools.local import processes, terminal


class Stopped(BaseException):
    """SIGINT, SIGTERM or SIGHUP arrived. Not an ``Exception``, so nothing swallows it on the way."""


@dataclass(frozen=True)
class Child:
    """A running program and how to end it."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    end: Callable[[], None]


class Supervisor:
    """Owns the children from their start to their end."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.children: list[Child] = []

    def keep(self, name: str, process: subprocess.Popen[bytes], log: Path, end: Callable[[], None]) -> None:
        """Watch a process that something else started."""
        self.children.append(Child(name, process, log, end))

    def run(self, name: str, command: list[str], env: dict[str, str], cwd: Path, *, patience: float = 20) -> None:
        """Start and watch; its output goes to ``<name>.log``."""
        self.logs.mkdir(parents=True, exist_ok=True)
        path = self.logs / f"{name}.log"
        with path.open("wb") as log:
            process = processes.spawn(command, log=log, cwd=cwd, env=env)
        self.keep(name, process, path, lambda: processes.end(process, signal.SIGTERM, patience=patience))

    def dead(self) -> Child | None:
        """The first child that ended by itself."""
        return next((child for child in self.children if child.process.poll() is not None), None)

    def wait_until(self, ready: Callable[[], bool], *, within: float) -> bool:
        """Whether it became ready in time, with every child alive."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline and self.dead() is None:
            if ready():
                return True
            time.sleep(0.1)
        return False

    def watch(self) -> Child:
        """Wait for a child to die; returns it."""
        while (child := self.dead()) is None:
            time.sleep(0.3)
        return child

    def end_all(self) -> None:
        """Last started, first ended: the web server before its database."""
        for child in reversed(self.children):
            began = time.monotonic()
            child.end()
            terminal.say(f"  {child.name} stopped, {time.monotonic() - began:.1f} s")
        self.children.clear()


def explain(child: Child) -> str:
    """Why a child died, as far as its log tells."""
    lines = child.log.read_text(errors="replace").splitlines()[-15:] if child.log.is_file() else []
    return f"{child.name} ended by itself (code {child.process.returncode}); {child.log} ends with:\n" + "\n".join(
        lines
    )


def heed_stop_signals() -> None:
    """Turn the first stop signal into ``Stopped``; later ones are ignored so that the clean end is not cut short."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        terminal.say("\nStopping …")
        raise Stopped

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # under nohup it stays ignored
        signal.signal(signal.SIGHUP, stop)
