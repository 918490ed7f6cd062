"""Reads ``docs/access.md``: the oracle is the hand-written document, never the policy code."""

from __future__ import annotations

from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "access.md"


def tables() -> dict[str, list[list[str]]]:
    """Heading to the rows of its table, header row left out."""
    found: dict[str, list[list[str]]] = {}
    heading = ""
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading = line[3:].strip()
        elif line.startswith("|") and not line.startswith("|---"):
            found.setdefault(heading, []).append([cell.strip() for cell in line.strip("|").split("|")])
    return {heading: rows[1:] for heading, rows in found.items()}


TABLES = tables()


STATES = ("draft", "open", "outcome", "closed", "withdrawn", "consent withdrawn")


def by_state(heading: str, always: str) -> dict[str, dict[str, set[str]]]:
    """The rows of a table with a cell for each state, and of one whose only cell holds in all of them."""
    rows = {row[0]: row[1:] for row in TABLES[heading]} | {row[0]: row[1:] * len(STATES) for row in TABLES[always]}
    return {
        name: {state: set(cell.split()) for state, cell in zip(STATES, cells, strict=True)}
        for name, cells in rows.items()
    }


SEES = by_state("Who sees a thing", "Things that depend on no panel")
MAY = by_state("Who may do what with it", "Who may do what with those")
WITHOUT_PANEL = {row[0] for row in TABLES["Things that depend on no panel"]}
SHELVED = {row[0]: set(row[1].split()) for row in TABLES["In the archive"]}
for thing in SEES.values():
    thing["archived"] = thing["closed"]
for verb, cells in MAY.items():
    cells["archived"] = SHELVED.get(verb, cells["closed"])
PAGES = {row[0]: set(row[1].split()) for row in TABLES["Pages without an object"]}
PUBLIC = {name.strip() for row in TABLES["Public addresses"] for name in row[0].split(",")}
PRINCIPALS = [name.strip() for row in TABLES["Principals"] for name in row[0].split(",")]
OUTSIDE = {"anonymous", "half", "switched_off"}
EVERYBODY = set(PRINCIPALS) - OUTSIDE


def expected(route, principal: str, state: str) -> int:
    """The status the oracle asks for: 200 (let in), 302 (to the login), 403 or 404."""
    if principal in OUTSIDE:
        return 302
    if route.model is None:
        allowed = PAGES[str(route.verb)]
        return 200 if principal in (EVERYBODY if allowed == {"everybody", "signed", "in"} else allowed) else 403
    if principal not in SEES[route.model.__name__][state]:
        return 404
    return 200 if principal in MAY[str(route.verb)][state] else 403
