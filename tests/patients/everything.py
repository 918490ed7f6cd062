"""The copy for the patient, opened."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable


def opened(pieces: Iterable[bytes]) -> tuple[dict, dict[str, bytes]]:
    """What it says, and its files by name."""
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        held = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(held.pop("everything.json")), held
