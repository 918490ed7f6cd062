"""What a campaign counted, one line of JSON each, for ``bin/campaign``; nothing is written in an ordinary run."""

from __future__ import annotations

import json
import os
from pathlib import Path


def note(campaign: str, what: str, *, asked: int, wrong: int = 0, remark: str = "") -> None:
    """``asked`` cases were tried and ``wrong`` of them were not as they should be."""
    folder = os.environ.get("CPMS_EVIDENCE")
    if folder:
        line = {"campaign": campaign, "what": what, "asked": asked, "wrong": wrong, "remark": remark}
        with (Path(folder) / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
