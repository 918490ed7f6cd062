"""`bin/test`: the suite on a PostgreSQL and a Redis of its own, which live in a temporary folder and vanish afterwards.

Every argument goes to pytest. ``--gate`` adds the coverage gates: 95 % of branches overall, 100 % of the rules. Order and random
examples are drawn from the committed files but documents: each change draws anew, and what failed elsewhere is found again here.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from tools.local import keys, places, template
from tools.local.broker import Redis
from tools.local.postgres import Postgres
from tools.local.supervisor import Stopped, heed_stop_signals
from tools.local.terminal import say, step

GATE = ["--cov", "--cov-branch", "--cov-report=term-missing:skip-covered", "--cov-fail-under=95"]
RULES = "*/policy.py,*/policy/*,*/access.py,*/access/*,*/states.py,*/roles.py,cpms/notifications/actions/outbox.py,cpms/vault/cipher.py"
PARALLEL = ["-n", "2", "--dist", "worksteal"]
DOCUMENTS = {"docs", "CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md"}


@contextlib.contextmanager
def services() -> Iterator[dict[str, str]]:
    """The environment of a test run; services that the caller's environment names are not started."""
    folder = Path(tempfile.mkdtemp(prefix="cpms-test-"))
    folder.chmod(0o711)
    secrets = keys.load(folder / "env")
    env = {
        "SECRET_KEY": secrets["SECRET_KEY"],
        "CPMS_KEK": secrets["CPMS_KEK"],
        "CPMS_HTTPS": "0",
        "CPMS_BASE_URL": "http://localhost",
        "CPMS_TERMINOLOGY_DIR": str(places.VAR / "terminology"),
    } | dict(os.environ)
    env["PATH"] = f"{Path(sys.executable).parent}:{env['PATH']}"
    database = None
    with contextlib.ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        if not env.get("DATABASE_URL"):
            with step("PostgreSQL for the tests"):
                database = Postgres(folder / "postgres", secrets, volatile=True)
                ending.callback(database.stop)
                database.start()
                env |= {"DATABASE_URL": database.url, "CPMS_OWNER_DATABASE_URL": database.owner_url}
        if not env.get("REDIS_URL"):
            with step("Redis for the tests"):
                broker = Redis(folder / "redis", secrets, volatile=True)
                ending.callback(broker.stop)
                broker.start()
                env["REDIS_URL"] = broker.url
        if database is not None:
            with step("Its tables, as the migrations make them"):
                env["CPMS_TEST_TEMPLATE"] = template.prepare(database, env)
        yield env


def pytest_command(arguments: list[str]) -> list[str]:
    """Two processes unless the caller debugs or says otherwise."""
    gate = GATE if "--gate" in arguments else []
    rest = [argument for argument in arguments if argument != "--gate"]
    alone = any(argument in {"--pdb", "-s", "--lf", "--collect-only"} or argument.startswith("-n") for argument in rest)
    return [
        sys.executable,
        "-m",
        "pytest",
        *drawn(arguments),
        *([] if alone else PARALLEL),
        "--durations=10",
        *gate,
        *rest,
    ]


def drawn(arguments: list[str]) -> list[str]:
    """The seeds of the files committed here, before the caller's own, which win; none in a campaign, or without a commit. Words about
    the product, as the evidence of a run, change neither."""
    there = "" if "CPMS_CAMPAIGN" in os.environ else places.git("ls-tree", "HEAD")
    rows = [row for row in there.splitlines() if row.partition("\t")[2] not in DOCUMENTS]
    seed = zlib.crc32("\n".join(rows).encode())
    options = ["--hypothesis-seed", *([] if "no:randomly" in arguments else ["--randomly-seed"])]
    return [f"{option}={seed}" for option in options] if rows else []


def run(arguments: list[str]) -> int:
    """pytest's exit code, or the second gate's."""
    with services() as env:
        code = subprocess.run(pytest_command(arguments), cwd=places.ROOT, env=env, check=False).returncode
        if code == 0 and "--gate" in arguments:
            say("\nThe rules (policy, access, states, outbox, cipher) must be covered whole:")
            report = [sys.executable, "-m", "coverage", "report", f"--include={RULES}", "--fail-under=100"]
            code = subprocess.run(report, cwd=places.ROOT, env=env, check=False).returncode
    return code


def main() -> int:
    """130 when stopped by a signal, after everything was cleaned up."""
    heed_stop_signals()
    try:
        return run(sys.argv[1:])
    except Stopped:
        return 130


if __name__ == "__main__":
    sys.exit(main())
