"""``manage.py generate_docs``: the documents that are made from the code, and ``--check`` that they are up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import URLPattern, URLResolver, get_resolver

from cpms.accounts.access import route_of
from cpms.accounts.roles import Permission
from helpdesk.privacy import PLACED
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
    text = "Made from `panels/states.py`. The guards are rules in `panels/policy/` and `outcomes/policy.py`."
    return f"# The life of a panel\n\n{NOTE}{text}\n\n{diagram}\n\n{table}\n"


def patterns(resolver: Any = None, prefix: str = "", namespace: str = "") -> list[tuple[str, str, Any]]:
    """(name, address, view) of every route outside the admin site."""
    found: list[tuple[str, str, Any]] = []
    for entry in (resolver or get_resolver()).url_patterns:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver) and entry.namespace != "helpdesk":
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            found += patterns(entry, here, inner)
        elif isinstance(entry, URLPattern):
            found.append((f"{namespace}{entry.name}", "/" + here.replace("^", "").replace("$", ""), entry.callback))
    return found


def routes() -> str:
    """Every address, what it shows, which rule decides, and whether a patient's data is read."""
    rows = []
    for name, address, view in patterns():
        route = route_of(view)
        if route is None:
            continue
        shows = route.model.__name__ if route.model else ""
        rule = f"public: {route.public}" if route.public else Permission(str(route.verb)).value
        rule += ", step-up" if route.step_up else ""
        methods = " ".join(sorted(route.methods - {"HEAD"}))
        clean = address.replace("<", "{").replace(">", "}").replace("|", "/")
        rows.append(f"| {name} | `{clean}` | {methods} | {shows} | {rule} | {'yes' if route.reads_patient else ''} |")
    head = ["| route | address | methods | thing | rule | reads a patient |", "|---|---|---|---|---|---|"]
    return f"# Routes\n\n{NOTE}Made from the `@access` declarations.\n\n" + "\n".join([*head, *rows]) + "\n"


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


DOCUMENTS = {"panel-states.md": panel_states, "routes.md": routes, "privacy.md": privacy}


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
