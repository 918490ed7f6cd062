"""Short ways to have a phenopacket read."""

from __future__ import annotations

import json

from panels.cases.importers import phenopacket


def read(**parts):
    packet = {"id": "p1", "subject": {"id": "s1", "sex": "FEMALE"}, **parts}
    return phenopacket.read(json.dumps(packet).encode())
