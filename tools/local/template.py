"""The migrated database that every process of the suite copies: made once, and kept in ``var/`` until a migration changes.

Running the migrations costs each process several seconds; a copy costs one.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg2

from tools.local import places
from tools.local.postgres import Postgres

NAME = "cpms_template"
SOURCES = (
    "*/migrations/*.py",
    "*/*/migrations/*.py",
    "cpms/tables.py",
    "*/texts/*",
    "*/*/questionnaires/*",
    "requirements.txt",
)
KEPT = places.VAR / "test-database"


def fingerprint() -> str:
    """Changes with every migration, with what migrations read, and with the packages whose migrations run."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in places.ROOT.glob(pattern) if path.is_file()):
        digest.update(str(path.relative_to(places.ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def prepare(database: Postgres, env: dict[str, str]) -> str:
    """Make the template in this cluster, from the kept dump or by migrating; gives its name."""
    with_template = {**os.environ, **env, "CPMS_OWNER_DATABASE_URL": database.owner_url_of(NAME)}
    connection = psycopg2.connect(database.owner_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {NAME}")
    connection.close()
    kept = KEPT / f"{fingerprint()}.sql"
    if kept.is_file():
        tool(database, "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--file={kept}")
        return NAME
    with_template.setdefault("EMAIL_URL", "smtp://127.0.0.1:1")
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=places.ROOT, env=with_template, check=True)
    keep(database, kept)
    return NAME


def keep(database: Postgres, kept: Path) -> None:
    """Only the newest dump, whole or not at all."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.glob("*.sql"):
        old.unlink(missing_ok=True)
    half = kept.with_suffix(f".{os.getpid()}")
    tool(database, "pg_dump", "--no-owner", "--no-privileges", f"--file={half}")
    half.replace(kept)


def tool(database: Postgres, program: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs on the template."""
    command = [str(database.programs / program), f"--dbname={database.owner_url_of(NAME)}", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
