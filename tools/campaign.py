"""`bin/campaign`: the tests whose rounds are few in every run, with as many as a release asks for; the figures are written down."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tools.local import places
from tools.local.terminal import say

SHOWN, WHEN_FAILED = 1_500, 20_000
"""Characters of a campaign's output: of one that failed the reason, too."""
EVIDENCE = places.ROOT / "docs" / "evidence" / "campaigns.md"
HEAD = """# Campaigns

The rounds that a release asks for; every run of `bin/test` takes a few of each. Written by `bin/campaign`, one line per campaign.

| campaign | what is done | tests | passed | seconds | figures | when, at which commit |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Campaign:
    """Which tests, with which variable raised to what, and others ``also``, and what they do in words."""

    words: str
    tests: tuple[str, ...]
    variable: str = ""
    rounds: int = 0
    also: tuple[tuple[str, int], ...] = ()


CAMPAIGNS = {
    "figures": Campaign(
        "500 random histories of three networks with a survey: every figure of every line equal to an independent count; "
        "500 of hospitals that move and leave: what a quarter counts anew equal to one by the frozen lines",
        ("tests/helpdesk/test_figures.py", "tests/helpdesk/test_moved.py"),
        "CPMS_FIGURES",
        500,
    ),
    "rules": Campaign(
        "1,000 recurrence rules equal to dateutil's and read back by icalendar; clocks that change in three zones; 200 series that "
        "meet at another time, once and twice",
        ("tests/meetings/test_recurrence.py", "tests/meetings/test_rescheduled_rules.py"),
        "CPMS_RULES",
        1000,
        (("CPMS_CHANGES", 200),),
    ),
    "races": Campaign(
        "pairs of deeds about a panel at one moment, 8 threads, 200 rounds each",
        ("tests/panels/test_races.py", "tests/panels/test_races_of_members.py", "tests/panels/test_registries.py"),
        "CPMS_RACES",
        200,
    ),
    "agendas": Campaign("the same about meetings and series", ("tests/meetings/test_races.py",), "CPMS_RACES", 200),
    "signatures": Campaign("the same about an outcome", ("tests/outcomes/test_races.py",), "CPMS_RACES", 200),
    "handovers": Campaign(
        "the same about whose patient it is", ("tests/patients/test_hand_over_races.py",), "CPMS_RACES", 200
    ),
    "hostile": Campaign(
        "100 outcomes of hostile text: no fetch, no script",
        ("tests/outcomes/test_document_checks.py",),
        "CPMS_HOSTILE",
        100,
    ),
    "formulas": Campaign(
        "60 beginnings of a formula in every column of every file that leaves, opened by LibreOffice (Debian: libreoffice-calc)",
        ("tests/campaigns/test_formulas.py",),
        "CPMS_FORMULAS",
        1,
    ),
    "export": Campaign(
        "a month of 1,000,000 lines taken out as CSV, as the web process sends it, memory watched",
        ("tests/campaigns/test_long_export.py",),
        "CPMS_EXPORT_NETWORKS",
        10_000,
    ),
    "documents": Campaign(
        "50 documents at once through a worker of two, memory watched",
        ("tests/campaigns/test_documents.py",),
        "CPMS_DOCUMENTS",
        50,
    ),
    "lives": Campaign(
        "500 random lives of 30 deeds against an oracle", ("tests/panels/test_random_lives.py",), "CPMS_LIVES", 500
    ),
    "kills": Campaign(
        "500 processes killed at ten points between deed and mail",
        ("tests/campaigns/test_kills.py",),
        "CPMS_KILLS",
        500,
    ),
    "outages": Campaign(
        "Redis away for 5 minutes, the mail server for 30",
        ("tests/campaigns/test_outages.py",),
        "CPMS_OUTAGE",
        1,
    ),
    "tamperings": Campaign(
        "300 changes of the sealed audit trail by the owner of the tables: edits, deletions, insertions, swaps, cut ends, new seals",
        ("tests/audit/test_seals.py",),
        "CPMS_TAMPERINGS",
        300,
    ),
    "pages": Campaign(
        "every page in a browser, each judged on a phone, in the dark and at 1440 px too, and its contrast",
        ("tests/journeys/test_every_page.py",),
    ),
    "twice": Campaign(
        "every task with something to do: twice, and begun by four at one moment; every POST replayed, and pressed in four tabs at "
        "one moment",
        ("tests/campaigns/test_twice.py", "tests/campaigns/test_replayed.py", "tests/campaigns/test_at_once.py"),
        "CPMS_TWICE",
        100,
        (("CPMS_AT_ONCE", 1000),),
    ),
}


def run(name: str, rounds: int | None) -> str:
    """The campaign's line of the table."""
    campaign = CAMPAIGNS[name]
    with tempfile.TemporaryDirectory() as notes:
        env = {**os.environ, "CPMS_CAMPAIGN_NOTES": notes}
        for variable, usual in ((campaign.variable, campaign.rounds), *campaign.also):
            if variable:
                env[variable] = str(rounds or usual)
        began = time.monotonic()
        command = ["bin/test", "-n", "0", "-q", "-p", "no:logging", "--junitxml", f"{notes}/junit.xml", *campaign.tests]
        done = subprocess.run(command, cwd=places.ROOT, env=env, capture_output=True, text=True, check=False)
        took = time.monotonic() - began
        say(done.stdout[-(WHEN_FAILED if done.returncode else SHOWN) :])
        figures = "; ".join(figures_in(Path(notes)))
    last = next((line for line in reversed(done.stdout.splitlines()) if "passed" in line or "failed" in line), "")
    counts = {word: int(number) for number, word in pairs(last)}
    total = sum(counts.get(word, 0) for word in ("passed", "failed", "error", "errors"))
    words = campaign.words if rounds is None else f"{campaign.words} (here {rounds})"
    return f"| {name} | {words} | {total} | {counts.get('passed', 0)} | {took:.0f} | {figures} | {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {places.commit()} |"


def pairs(line: str) -> list[tuple[str, str]]:
    """ "3 failed, 12 passed in 4 s" as number and word."""
    parts = [part.split() for part in line.replace("=", "").split(" in ")[0].split(",")]
    return [(part[0], part[1]) for part in parts if len(part) == 2 and part[0].isdigit()]


def figures_in(notes: Path) -> list[str]:
    found = []
    for file in sorted(notes.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            found.append(", ".join(f"{key.replace('_', ' ')} {value}" for key, value in json.loads(line).items()))
    return found


def write(lines: dict[str, str]) -> None:
    """The table, with the lines of earlier campaigns kept."""
    known = {}
    if EVIDENCE.exists():
        rows = [row for row in EVIDENCE.read_text(encoding="utf-8").splitlines() if row.startswith("| ")][1:]
        known = {row.split("|")[1].strip(): row for row in rows}
    known |= lines
    EVIDENCE.write_text(HEAD + "\n".join(known[name] for name in CAMPAIGNS if name in known) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("campaign", choices=[*CAMPAIGNS, "all"])
    parser.add_argument("--rounds", type=int, help="other than the release asks for; said so in the table")
    asked = parser.parse_args()
    names = list(CAMPAIGNS) if asked.campaign == "all" else [asked.campaign]
    write({name: run(name, asked.rounds) for name in names})


if __name__ == "__main__":
    main()
