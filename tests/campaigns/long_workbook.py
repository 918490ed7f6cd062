"""``python -m tests.campaigns.long_workbook ROWS``: a process that writes a workbook of so many rows, as figures are taken out.

Says on its last line how many bytes it made, and how much memory it held early on and at most, in kilobytes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import psutil

from cpms.sheets import as_workbook

EARLY, LOOKED_EACH = 500, 500


def memory() -> int:
    """What this process holds now, in kilobytes."""
    return int(psutil.Process().memory_info().rss // 1_000)


def made(rows: int) -> dict[str, int]:
    seen = {"early": 0, "most": 0}

    def lines() -> Iterator[list[str | int]]:
        for number in range(rows):
            if number % LOOKED_EACH == 0:
                seen["most"] = max(seen["most"], memory())
            if number == EARLY:
                seen["early"] = memory()
            yield [f"Network {number // 100}", "Finland", f"Hospital {number}, Town", *range(number, number + 5)]

    size = len(as_workbook({"Figures": lines()}))
    return {**seen, "most": max(seen["most"], memory()), "bytes": size}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(made(int(sys.argv[1]))) + "\n")
