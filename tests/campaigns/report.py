"""What a campaign measured, for ``bin/campaign`` to write down. In an ordinary run nothing is kept."""

from __future__ import annotations

import json
import os
from pathlib import Path


def note(name: str, **figures: object) -> None:
    """One line of a campaign's figures, when a campaign asks for them."""
    folder = os.environ.get("CPMS_CAMPAIGN_NOTES")
    if folder:
        rounded = {key: round(value, 2) if isinstance(value, float) else value for key, value in figures.items()}
        with Path(folder, f"{name}.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(rounded) + "\n")
