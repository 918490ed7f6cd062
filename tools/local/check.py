"""`bin/check`: run every check, say each one's name, seconds and result, fail when any failed. Names as arguments pick some.

No check needs a database: the address given to Django leads nowhere.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.local import inline, keys, places
from tools.local.terminal import say

PYTHON = sys.executable
PROGRAMS = Path(PYTHON).parent
OFFLINE = ("ConnectionError", "Max retries", "Failed to resolve", "timed out", "ServiceError", "HTTPError", "SSLError")


@dataclass(frozen=True)
class Check:
    """A command that must end with 0, or a function that must return no findings."""

    name: str
    command: list[str] | None = None
    findings: Callable[[], list[str]] | None = None
    tolerant: bool = False  # a service that cannot be reached is reported, not failed


CHECKS = [
    Check("ruff", ["ruff", "check", "--quiet", "."]),
    Check("format", ["ruff", "format", "--check", "--quiet", "."]),
    Check("mypy", ["mypy", "--no-error-summary", "cpms", "panels", "consent", "outcomes", "helpdesk", "tools"]),
    Check("layers", ["lint-imports", "--no-cache"]),
    Check("templates", ["djlint", "templates", "--lint", "--quiet"]),
    Check("inline", findings=lambda: inline.findings(places.ROOT)),
    Check("migrations", ["python", "manage.py", "makemigrations", "--check", "--dry-run"]),
    Check("docs", ["python", "manage.py", "generate_docs", "--check"]),
    Check("deploy", ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"]),
    Check("assets", ["python", "tools/vendor_assets.py", "--check"]),
    Check(
        "compose",
        ["podman-compose", "--no-ansi", "--podman-path", "tools/no-podman", "--file", "docker-compose.yml", "config"],
    ),
    Check(
        "audit",
        ["pip-audit", "--requirement", "requirements.txt", "--disable-pip", "--progress-spinner=off"],
        tolerant=True,
    ),
]


def production_env(scratch: Path) -> dict[str, str]:
    """As in production, with throw-away secrets and no service behind the addresses."""
    secrets = keys.fresh()
    return dict(os.environ) | {
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
        "SECRET_KEY": secrets["SECRET_KEY"],
        "CPMS_KEK": secrets["CPMS_KEK"],
        "DATABASE_URL": "postgresql://cpms:none@127.0.0.1:1/cpms",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "CPMS_DEBUG": "0",
        "CPMS_DEMO": "0",
        "CPMS_HTTPS": "1",
        "CPMS_BASE_URL": "https://cpms.example",
        "CPMS_DOMAIN": "cpms.example",
        "ALLOWED_HOSTS": "cpms.example",
        "POSTGRES_PASSWORD": "none",
        "POSTGRES_APP_PASSWORD": "none",
        "REDIS_PASSWORD": "none",
        "CPMS_STATIC_ROOT": str(scratch / "static"),
        "DJANGO_SETTINGS_MODULE": "cpms.settings",
        "PYTHONWARNINGS": "ignore:Got an error checking a consistent migration history:RuntimeWarning",
    }


def run_command(check: Check, env: dict[str, str]) -> tuple[str, str]:
    """The result's word and what to show."""
    try:
        done = subprocess.run(
            check.command or [], cwd=places.ROOT, env=env, capture_output=True, text=True, timeout=600, check=False
        )
    except (subprocess.TimeoutExpired, FileNotFoundError) as error:
        return ("unreachable" if check.tolerant else "FAILED"), str(error)
    output = (done.stdout + done.stderr).strip()
    if check.tolerant and "vulnerabilit" not in output.replace("No known vulnerabilities", ""):
        if unknown := output.count("could not be audited"):
            return (
                "not run",
                f"The vulnerability service does not know {unknown} packages, so it cannot be reached from here.",
            )
        if any(sign in output for sign in OFFLINE):
            return "not run", "The vulnerability service cannot be reached from here."
    return ("ok", "") if done.returncode == 0 else ("FAILED", output)


def perform(check: Check, env: dict[str, str]) -> tuple[str, str]:
    """One check, command or function."""
    if check.findings is None:
        return run_command(check, env)
    found = check.findings()
    return ("FAILED", "\n".join(found)) if found else ("ok", "")


def main() -> int:
    """1 when any check failed; 64 for a name that does not exist."""
    chosen = [check for check in CHECKS if not sys.argv[1:] or check.name in sys.argv[1:]]
    if not chosen:
        say("The checks are: " + ", ".join(check.name for check in CHECKS))
        return 64
    results = []
    with tempfile.TemporaryDirectory() as scratch:
        env = production_env(Path(scratch))
        for check in chosen:
            began = time.monotonic()
            result, text = perform(check, env)
            results.append(result)
            say(f"  {check.name:<12} {time.monotonic() - began:5.1f} s  {result}")
            if text:
                say("\n".join("      " + line for line in text.splitlines()[-60:]))
    failed = results.count("FAILED")
    say(f"checks: {results.count('ok')} passed, {failed} failed, {len(results) - results.count('ok') - failed} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
