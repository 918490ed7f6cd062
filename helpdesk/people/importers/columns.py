"""The columns of a table by what people call them, and a file as numbered rows of them."""

from __future__ import annotations

from collections.abc import Iterator

from cpms import sheets
from cpms.terminology.folding import fold_name
from helpdesk.people.states import TableKind

MOST_COLUMNS, MOST_ROWS = 40, 2_000
WRONG = "what is wrong"
NAMES: dict[TableKind, dict[str, frozenset[str]]] = {
    TableKind.CENTRES: {
        "hospital": frozenset({"hospital", "centre", "center", "hcp", "name"}),
        "city": frozenset({"city", "town", "place"}),
        "country": frozenset({"country"}),
        "network": frozenset({"network", "ern"}),
        "kind": frozenset({"kind", "membership", "member", "type"}),
        "units": frozenset({"units", "unit"}),
        "cleared_on": frozenset({"cleared on", "clearance", "data protection clearance"}),
    },
    TableKind.PEOPLE: {
        "name": frozenset({"name", "full name", "person"}),
        "email": frozenset({"email", "e mail", "mail", "e mail address", "email address"}),
        "job_title": frozenset({"job title", "title", "function", "job"}),
        "hospital": frozenset({"hospital", "centre", "center", "hcp"}),
        "city": frozenset({"city", "town", "place"}),
        "country": frozenset({"country"}),
        "role": frozenset({"role"}),
        "groups": frozenset({"groups", "group", "thematic group", "thematic groups", "fields", "field"}),
    },
}
NEEDED = {TableKind.CENTRES: ("hospital", "city", "country"), TableKind.PEOPLE: ("name", "email", "hospital")}


def kind_of(header: list[str]) -> TableKind:
    """What the table is about; a column of addresses makes it one of people. Raises ``Unreadable`` when a column is missing."""
    for kind in (TableKind.PEOPLE, TableKind.CENTRES):
        if set(NEEDED[kind]) <= set(places_of(header, kind)):
            return kind
    people, centres = (", ".join(NEEDED[kind]) for kind in (TableKind.PEOPLE, TableKind.CENTRES))
    raise sheets.Unreadable(
        f"The first row must name the columns: for centres at least {centres}, for people at least {people}."
    )


def places_of(header: list[str], kind: TableKind) -> dict[str, int]:
    """Where each column that we know stands; of two of the same name the first counts."""
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        folded = fold_name(cell)
        for column, names in NAMES[kind].items():
            if folded in names:
                found.setdefault(column, place)
    return found


def unread_columns(header: list[str], kind: TableKind) -> list[str]:
    """Columns whose name says nothing to us: shown, so that nobody thinks they were taken in."""
    known = set(places_of(header, kind).values())
    rest = [cell for place, cell in enumerate(header) if place not in known]
    return [cell for cell in rest if cell and fold_name(cell) not in {WRONG, "row"}]


def read(data: bytes) -> tuple[TableKind, list[str], Iterator[tuple[int, list[str]]]]:
    """What the table is about, its header, and its rows one after the other with their numbers in the file.

    Empty rows are passed over. Raises ``Unreadable``, for more than ``MOST_ROWS`` rows too: half a table is never taken.
    """
    rows = enumerate(sheets.rows_of(data, most_columns=MOST_COLUMNS, headed=True), start=1)
    filled = ((number, cells) for number, cells in rows if any(cells))
    _number, header = next(filled, (0, []))
    return kind_of(header), header, limited(filled)


def limited(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise sheets.Unreadable(f"The table has more than {MOST_ROWS:,} rows. Split it; nothing was read.")
        yield row
