"""A workbook is written row by row: memory does not grow with it, but by the packed file itself.

What may be asked for ends at 40,000 rows, where CSV goes on; ``python -m tests.campaigns.long_workbook`` takes any number.
"""

from __future__ import annotations

import json
import subprocess
import sys

from helpdesk.states import MOST_ROWS, Kind
from tools.local import places

ROWS, SECONDS = 10_000, 60
SLACK_KB = 4_000


def test_memory_does_not_grow_with_the_rows():
    command = [sys.executable, "-m", "tests.campaigns.long_workbook", str(ROWS)]
    done = subprocess.run(command, cwd=places.ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["bytes"] > 20 * ROWS
    assert found["most"] - found["early"] < SLACK_KB + 3 * found["bytes"] // 1_000, found


def test_a_workbook_ends_long_before_a_sheet_does():
    """A sheet takes 1,048,576 rows; longer tables are for CSV, as the form says."""
    assert MOST_ROWS[Kind.XLSX] < 1_048_576
