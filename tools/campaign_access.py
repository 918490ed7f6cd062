"""`bin/campaign access [--seed N] [--only C3]`: who sees what, over and over; writes docs/evidence/access.md.

The parts are long and stand alone: each keeps its own seed and commit in the report, and one that is run again replaces itself.
"""

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
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.local import places
from tools.local.run_tests import services
from tools.local.supervisor import Stopped, heed_stop_signals
from tools.local.terminal import say

REPORT = places.ROOT / "docs" / "evidence" / "access.md"
FULL = {
    "CPMS_CAMPAIGN": "1",
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
    "C8": (
        "Ways round the second factor, guessing, races, what is told",
        [
            "tests/access/test_authentication.py",
            "tests/access/test_code_guesses.py",
            "tests/access/test_who_has_an_account.py",
        ],
    ),
    "C21": ("Rules about time at their edges", ["tests/access/test_boundaries.py", "tests/access/test_revocation.py"]),
}
IN_TWO = {"C1", "C3"}  # parts that two processes share

HEAD = """# Who sees what, tried over and over

Written by `bin/campaign access`, part by part; no figure is typed by hand. *Wrong* counts cases that were not as the hand-written
oracle, the independent model or the rule says; a canary (a token planted in each clinical field) before somebody who is not
entitled is such a case.
"""


def run_part(name: str, files: list[str], env: dict[str, str], folder: Path) -> dict[str, Any]:
    """One part in a process of its own; its lines of evidence, its seconds, and whether pytest was content."""
    before = set(folder.glob("*.jsonl"))
    began = time.monotonic()
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--tb=short",
        "--show-capture=no",
        "-n",
        "2" if name in IN_TWO else "0",
        *files,
    ]
    done = subprocess.run(command, cwd=places.ROOT, env=env, check=False, capture_output=True, text=True)
    lines = summed(
        json.loads(line)
        for file in sorted(set(folder.glob("*.jsonl")) - before)
        for line in file.read_text("utf-8").splitlines()
    )
    say(f"  {name}: {done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-400:]}")
    if done.returncode:
        say(done.stdout[-4000:])
    return {"lines": lines, "seconds": time.monotonic() - began, "passed": done.returncode == 0}


def summed(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What two processes counted of the same thing, as one line."""
    found: dict[str, dict[str, Any]] = {}
    for line in lines:
        kept = found.setdefault(line["what"], line | {"asked": 0, "wrong": 0})
        kept["asked"] += line["asked"]
        kept["wrong"] += line["wrong"]
    return list(found.values())


def section(name: str, part: dict[str, Any], *, seed: int, commit: str) -> str:
    """What one part asked and what was wrong: the machine's own words."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    verdict = f"{'Passed' if part['passed'] else 'FAILED'} in {part['seconds']:.0f} s"
    lines = [f"## {name}. {PARTS[name][0]}", ""]
    lines += [f"{verdict}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit}, seed {seed}, {machine}.", ""]
    lines += ["| what | asked | wrong | |", "|---|---|---|---|"]
    lines += [f"| {r['what']} | {r['asked']:,} | {r['wrong']} | {r['remark']} |" for r in part["lines"]]
    return "\n".join(lines) + "\n"


def keep(name: str, text: str) -> None:
    """Put the part into the report, in the place of its last run."""
    older = REPORT.read_text("utf-8").split("\n## ")[1:] if REPORT.exists() else []
    parts = {one.partition(".")[0]: f"## {one.strip()}\n" for one in older} | {name: text}
    REPORT.write_text("\n".join([HEAD, *(parts[one] for one in PARTS if one in parts)]), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/campaign", description=__doc__)
    parser.add_argument("campaign", choices=["access"])
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument(
        "--short", action="store_true", help="small numbers, to try the command itself; nothing is kept"
    )
    parser.add_argument("--only", choices=list(PARTS), action="append", help="one part")
    given = parser.parse_args()
    heed_stop_signals()
    found, commit = {}, places.commit()
    try:
        with services() as env, tempfile.TemporaryDirectory() as folder:
            more = {"CPMS_EVIDENCE": folder, "CPMS_SEED": str(given.seed), **(SHORT if given.short else FULL)}
            for name in given.only or PARTS:
                found[name] = run_part(name, PARTS[name][1], env | more, Path(folder))
                text = section(name, found[name], seed=given.seed, commit=commit)
                say(text)
                if not given.short:
                    keep(name, text)
    except Stopped:
        return 130
    return 0 if all(part["passed"] for part in found.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
