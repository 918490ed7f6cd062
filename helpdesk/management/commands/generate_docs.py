"""``manage.py generate_docs``: the documents that are made from the code, and ``--check`` that they are up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from consent import states as consent
from cpms.accounts.access import route_of, walk
from cpms.accounts.roles import Permission
from helpdesk import kpis
from helpdesk.privacy import PLACED
from helpdesk.tickets import states as tickets
from outcomes import states as outcomes
from panels import states as panels
from panels.meetings import states as meetings
from panels.states import TRANSITIONS, State

NOTE = "<!-- Made by manage.py generate_docs; change the code, not this file. -->\n\n"


def panel_states() -> str:
    """The state table of panels as a diagram and a table."""
    arrows = [f"    {source.label} --> {t.target.label}: {t.verb.label}" for t in TRANSITIONS for source in t.sources]
    rows = [
        f"| {t.verb.label} | {', '.join(s.label for s in t.sources)} | {t.target.label} | {t.who} | {t.needs} |"
        for t in TRANSITIONS
    ]
    diagram = "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {State.DRAFT.label}", *arrows, "```"])
    table = "\n".join(["| verb | from | to | who | needs |", "|---|---|---|---|---|", *rows])
    text = "Made from `panels/states.py`. The guards are rules in `panels/policy/` and `outcomes/policy/`."
    return f"# The life of a panel\n\n{NOTE}{text}\n\n{diagram}\n\n{table}\n"


def figures() -> str:
    """Every official figure with its definition."""
    parts = []
    for part in kpis.Part:
        rows = [f for f in kpis.FIGURES if f.part == part]
        lines = [
            f"| {f.words} | `{f.name}` | {f.formula} | {f.source} | {f.of or 'neither'} | {f.over} | {f.indicator} | {'yes' if f.late else 'no'} |"
            for f in rows
        ]
        head = (
            "| figure | name | formula | source | counts | quarter, year | indicator | counted again |\n"
            "|---|---|---|---|---|---|---|---|"
        )
        parts.append("\n".join([f"## {part}\n", head, *lines, ""]))
    return f"# The monthly figures\n\n{NOTE}{kpis.ABOUT}\n" + "\n".join(parts)


# Title, module, where it begins, moves: verb, from, to, who
LIVES: list[tuple[str, str, str, tuple[tuple[str, tuple[str, ...], str, str], ...]]] = [
    ("Invitations", "panels/states.py", panels.InvitationState.PENDING, panels.INVITATION_MOVES),
    ("Consent, each stage", "consent/states.py", consent.UNASKED, consent.CONSENT_MOVES),
    ("Meetings", "panels/meetings/states.py", meetings.MeetingState.PLANNED, meetings.MEETING_MOVES),
    ("Outcomes", "outcomes/states.py", outcomes.OutcomeState.DRAFT, outcomes.OUTCOME_MOVES),
    ("Tickets", "helpdesk/tickets/states.py", tickets.TicketState.OPEN, tickets.TICKET_MOVES),
]


def word(state: str) -> str:
    return str(getattr(state, "label", state))


def life(title: str, module: str, first: str, moves: tuple[tuple[str, tuple[str, ...], str, str], ...]) -> str:
    """One state table as a diagram and a table. Names stand apart from words, as mermaid wants it."""
    states = dict.fromkeys([first, *(s for _verb, sources, target, _who in moves for s in (*sources, target))])
    names = {state: f"s{number}" for number, state in enumerate(states)}
    known = [f'    state "{word(state)}" as {name}' for state, name in names.items()]
    arrows = [f"    {names[s]} --> {names[target]}: {verb}" for verb, sources, target, _who in moves for s in sources]
    rows = [
        f"| {verb} | {', '.join(map(word, sources))} | {word(target)} | {who} |" for verb, sources, target, who in moves
    ]
    diagram = ["```mermaid", "stateDiagram-v2", *known, f"    [*] --> {names[first]}", *arrows, "```"]
    table = ["| verb | from | to | who |", "|---|---|---|---|", *rows]
    return "\n".join([f"## {title}\n", f"Made from `{module}`.\n", *diagram, "", *table, ""])


def other_states() -> str:
    parts = [life(title, module, first, moves) for title, module, first, moves in LIVES]
    return f"# The lives of invitations, consents, meetings, outcomes and tickets\n\n{NOTE}" + "\n".join(parts)


def routes() -> str:
    """Every address, what it shows, which rule decides, and whether a patient's data is read."""
    rows = []
    for name, address, pattern in walk():
        route = route_of(pattern.callback)
        if route is None or name.startswith("helpdesk:"):
            continue
        shows = route.model.__name__ if route.model else ""
        rule = f"public: {route.public}" if route.public else Permission(str(route.verb)).value
        rule += ", step-up" if route.step_up else ""
        methods = " ".join(sorted(route.methods - {"HEAD"}))
        clean = address.replace("<", "{").replace(">", "}").replace("|", "/")
        reads = "yes" if route.reads_patient else "list" if route.lists_patients else ""
        rows.append(f"| {name} | `{clean}` | {methods} | {shows} | {rule} | {reads} |")
    head = ["| route | address | methods | thing | rule | reads a patient |", "|---|---|---|---|---|---|"]
    return (
        f"# Routes\n\n{NOTE}Made from the `@access` declarations. *list*: one read event holds every row shown.\n\n"
        + "\n".join([*head, *rows])
        + "\n"
    )


def privacy() -> str:
    """Which columns hold what."""
    text = "Made from `helpdesk/privacy.py`. Keys, references, moments and yes-or-no columns that are not named are technical."
    parts = [f"# What the database holds\n\n{NOTE}{text}\n"]
    for kind, lines in PLACED.items():
        rows = (line.strip().partition(": ") for line in lines.strip().splitlines())
        table = [f"| {model} | {', '.join(names.split())} |" for model, _, names in rows]
        parts.append(
            "\n".join([f"## {kind.name.capitalize()}: {kind}\n", "| table | columns |", "|---|---|", *table, ""])
        )
    return "\n".join(parts)


def decisions() -> str:
    """The decisions taken, by number, as their own headings name them."""
    files = sorted(file for file in (Path(settings.BASE_DIR) / "docs" / "adr").glob("[0-9]*.md"))
    titles = [(file.name, file.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")) for file in files]
    rows = [f"- [{title}]({name})" for name, title in titles]
    text = "Why things are as they are, and what was rejected. Numbers leave room for neighbours."
    return "\n".join([f"# Decisions\n\n{NOTE}{text}\n", *rows, ""])


DOCUMENTS = {
    "adr/README.md": decisions,
    "kpis.md": figures,
    "panel-states.md": panel_states,
    "states.md": other_states,
    "routes.md": routes,
    "privacy.md": privacy,
}


class Command(BaseCommand):
    help = "Write the documents made from the code into docs/; with --check, fail when they are not up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "docs"
        stale = []
        for name, make in DOCUMENTS.items():
            file, text = folder / name, make()
            if options["check"]:
                stale += [name] if not file.exists() or file.read_text(encoding="utf-8") != text else []
            else:
                file.write_text(text, encoding="utf-8")
        if stale:
            raise CommandError(f"Not up to date: {', '.join(stale)}. Run manage.py generate_docs.")
        self.stdout.write("Documents are up to date." if options["check"] else "Documents written.")
