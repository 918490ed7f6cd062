"""`bin/campaign access [--seed N] [--short]`: who sees what, over and over; writes docs/evidence/access.md."""

from __future__ import annotations

import argparse
import json
import os
import platform
import secrets
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.local import places
from tools.local.run_tests import services
from tools.local.supervisor import Stopped, heed_stop_signals
from tools.local.terminal import say

REPORT = places.ROOT / "docs" / "evidence" / "access.md"
FULL = {
    "CPMS_SEQUENCES": "500",
    "CPMS_STEPS": "30",
    "CPMS_ROUNDS": "200",
    "CPMS_GUESSES": "10000",
    "CPMS_TIMINGS": "500",
}
SHORT = {"CPMS_SEQUENCES": "20", "CPMS_STEPS": "9", "CPMS_ROUNDS": "3", "CPMS_GUESSES": "100", "CPMS_TIMINGS": "20"}
PARTS = {
    "C1": ("Every principal x every route x every state x every method", ["tests/access/test_matrix.py"]),
    "C3": ("Random sequences of deeds against an independent model", ["tests/access/test_sequences.py"]),
    "C8": ("Ways round the second factor, guessing, races, what is told", ["tests/access/test_authentication.py"]),
    "C21": ("Rules about time at their edges", ["tests/access/test_boundaries.py", "tests/access/test_revocation.py"]),
}


def run_part(name: str, files: list[str], env: dict[str, str], folder: Path) -> dict[str, Any]:
    """One part in a process of its own; its lines of evidence, its seconds, and whether pytest was content."""
    before = set(folder.glob("*.jsonl"))
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2" if name == "C1" else "0", *files]
    done = subprocess.run(command, cwd=places.ROOT, env=env, check=False, capture_output=True, text=True)
    lines = [
        json.loads(line)
        for file in sorted(set(folder.glob("*.jsonl")) - before)
        for line in file.read_text("utf-8").splitlines()
    ]
    say(f"  {name}: {done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-400:]}")
    if done.returncode:
        say(done.stdout[-4000:])
    return {"lines": lines, "seconds": time.monotonic() - began, "passed": done.returncode == 0}


def commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, cwd=places.ROOT, capture_output=True, text=True, check=False).stdout.strip()


def report(found: dict[str, dict[str, Any]], seed: int, *, short: bool) -> str:
    """The document: what was asked, what was wrong, nothing typed by hand."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [
        "# Who sees what, tried over and over",
        "",
        f"Written by `bin/campaign access{' --short' if short else ''}`; no figure is typed by hand.",
        "",
        f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit()}, seed {seed}, {machine}",
        "- *wrong* counts cases that were not as the hand-written oracle, the independent model or the rule says; a canary (a token planted in",
        "  each clinical field) before somebody who is not entitled is such a case",
    ]
    for name, (title, _files) in PARTS.items():
        if name in found:
            part = found[name]
            lines += ["", f"## {name}. {title}", ""]
            lines += [f"{'Passed' if part['passed'] else 'FAILED'} in {part['seconds']:.0f} s.", ""]
            lines += ["| what | asked | wrong | |", "|---|---|---|---|"]
            lines += [f"| {r['what']} | {r['asked']:,} | {r['wrong']} | {r['remark']} |" for r in part["lines"]]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/campaign", description=__doc__)
    parser.add_argument("campaign", choices=["access"])
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--short", action="store_true", help="small numbers, to try the command itself")
    parser.add_argument("--only", choices=list(PARTS), action="append", help="one part; nothing is written then")
    given = parser.parse_args()
    heed_stop_signals()
    found = {}
    try:
        with services() as env, tempfile.TemporaryDirectory() as folder:
            more = {"CPMS_EVIDENCE": folder, "CPMS_SEED": str(given.seed), **(SHORT if given.short else FULL)}
            for name in given.only or PARTS:
                found[name] = run_part(name, PARTS[name][1], env | more, Path(folder))
    except Stopped:
        return 130
    text = report(found, given.seed, short=given.short)
    if given.only:
        say(text)
    else:
        REPORT.write_text(text, encoding="utf-8")
    return 0 if all(part["passed"] for part in found.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
