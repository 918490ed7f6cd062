"""What linters cannot say about how the house is built."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest
from celery import current_app
from django.apps import apps

from cpms.accounts.access import RULES
from cpms.accounts.roles import Permission
from cpms.audit.states import Event
from cpms.notifications.notices import WORDS, Notice
from cpms.notifications.states import REMIND_AFTER, Verb
from tests import constraints

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("cpms", "consent", "panels", "outcomes", "helpdesk")
OURS = [app for app in apps.get_app_configs() if app.name.split(".")[0] in PACKAGES]
FILES = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py") if "migrations" not in file.parts]
TEXT = {file: file.read_text(encoding="utf-8") for file in FILES}
EVERYTHING = "\n".join(TEXT.values())


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


def entry_points() -> list[Path]:
    return [
        f
        for f in FILES
        if f.name in {"views.py", "tasks.py", "admin.py"} or f.parent.name in {"views", "commands", "admin"}
    ]


@pytest.mark.parametrize("file", entry_points(), ids=named)
def test_entry_points_never_write(file):
    """Whatever changes a row is an action."""
    bad = re.findall(
        r"\.(?:save|delete|bulk_create|update_or_create|get_or_create)\(|objects\.(?:create|update)\(", TEXT[file]
    )
    assert bad == []


def test_pages_and_mails_say_what_to_do_without_please():
    """One plain voice. The demo's clinicians write as clinicians do."""
    texts = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "helpdesk/learning/chapters").rglob("*.md"), *FILES]
    polite = [named(file) for file in texts if re.search(r"(?i)\bplease\b", file.read_text(encoding="utf-8"))]
    assert [name for name in polite if not name.startswith("helpdesk/demo/")] == []


def test_only_the_terminologies_drop_other_alphabets():
    """What people write is folded by ``fold_name``: a Greek title is a title."""
    latin = [named(file) for file in FILES if re.search(r"folding import [^\n]*\bfold\b", TEXT[file])]
    assert [name for name in latin if not name.startswith("cpms/terminology/")] == []


def public_actions():
    for app in OURS:
        for name in ("actions",):
            try:
                module = importlib.import_module(f"{app.name}.{name}")
            except ModuleNotFoundError:
                continue
            names = getattr(module, "__all__", None) or [
                n for n, f in vars(module).items() if inspect.isfunction(f) and f.__module__ == module.__name__
            ]
            for function in names:
                yield app.label, function, getattr(module, function)


# What has no person behind it, or is a building block of actions that have one
WITHOUT_BY = {
    "accounts": {"forget_unseen", "hold_person", "hold_unit", "hold_unused", "note_seen", "tell"},
    "audit": {"seal", "seal_to", "tell_head", "writing"},
    "cases": {"unplaced"},
    "consent": {"hold_consent"},
    "drafts": {"prune", "forget", "forget_about", "claim_post", "post_key", "repeat_of", "settle_post"},
    "jobs": {
        "enqueue",
        "at_once",
        "nudge_after_commit",
        "try_send",
        "dispatch",
        "do_here",
        "finish",
        "confirmed",
        "alone",
    },
    "notifications": {
        "open_for",
        "open_work",
        "move_due",
        "change_pace",
        "settle_work",
        "settle_all",
        "pass_work",
        "cancel_work",
        "remind",
        "seal_again",
        "dispatch_outbox",
        "cancel_mails",
        "cancel_mails_of",
        "notify_address",
        "send_daily",
    },
    "meetings": {"note_taken"},
    "panels": {"something_happened"},
    "patients": {"new_pseudonym"},
    "helpdesk": {"last_month"},
    "vault": {
        "new_key",
        "destroy_key",
        "keys_to_rotate",
        "rotate_some",
        "put_in",
        "take_out",
        "look_into",
        "throw_away",
        "forget_envelopes",
        "forget_left_over",
        "seal_envelopes_again",
    },
}


def test_public_actions_take_a_thing_and_then_keywords_with_by():
    faults, used = [], set()
    for label, name, action in public_actions():
        if inspect.isclass(action) or name.startswith("_"):
            continue
        parameters = list(inspect.signature(action).parameters.values())
        positional = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        if name in WITHOUT_BY.get(label, ()):
            used.add((label, name))
            continue
        if "by" not in {p.name for p in parameters if p.kind is p.KEYWORD_ONLY}:
            faults.append(f"{label}.{name} has no keyword-only by=")
        if len(positional) > 2:
            faults.append(f"{label}.{name} takes {len(positional)} positional arguments")
    assert faults == []
    assert used == {(label, name) for label, names in WITHOUT_BY.items() for name in names}


def test_every_task_asked_for_by_name_exists():
    current_app.loader.import_default_modules()
    asked = set(re.findall(r"(?:enqueue|at_once|nudge_after_commit)\(\s*\"([a-z_.]+)\"", EVERYTHING))
    beat = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert asked
    assert (asked | beat) <= set(current_app.tasks)


def test_every_permission_has_one_rule_and_is_used():
    for module in pkgutil.walk_packages([str(ROOT)]):
        if module.name.endswith("policy") and module.name.split(".")[0] in PACKAGES:
            importlib.import_module(module.name)
    assert set(RULES) == set(Permission)
    routed = set(re.findall(r"verb=Permission\.([A-Z_]+)", EVERYTHING))
    assert {p.name for p in Permission} == routed | {
        "PANEL_OPEN",
        "PANEL_COMMENT",
    }  # asked by the prepare page and reply


def test_every_audit_event_and_notice_is_used():
    unused = [e.name for e in Event if f"Event.{e.name}" not in EVERYTHING]
    assert unused == []
    assert [n.name for n in Notice if f"Notice.{n.name}" not in EVERYTHING.replace("class Notice", "")] == []
    assert set(WORDS) == set(Notice)
    assert set(REMIND_AFTER) == set(Verb)


def test_each_moment_with_a_person_has_its_constraint():
    faults = []
    for app in OURS:
        for model in app.get_models():
            fields = {field.name for field in model._meta.get_fields()}
            text = " ".join(str(c.condition) for c in model._meta.constraints if hasattr(c, "condition"))
            for name in fields:
                base = name.removesuffix("_at")
                nullable = name.endswith("_at") and model._meta.get_field(name).null
                if nullable and f"{base}_by" in fields and name not in text:
                    faults.append(f"{model.__name__}.{name}")
    assert faults == []


@pytest.mark.parametrize("file", FILES, ids=named)
def test_sizes(file):
    """Files under 300 lines, functions under 40."""
    assert len(TEXT[file].splitlines()) <= 300
    assert long_functions(TEXT[file]) == []


def long_functions(text: str) -> list[str]:
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    return [node.name for node in functions if node.end_lineno - node.lineno >= 40]


def test_tests_tools_and_looks_stay_short_too():
    found = [
        file for part in ("tests", "tools", "static/css", "static/js", "templates") for file in (ROOT / part).rglob("*")
    ]
    long = [named(f) for f in found if f.suffix in {".py", ".css", ".js", ".html"} and f.read_text().count("\n") > 300]
    assert long == []
    assert {named(f): names for f in found if f.suffix == ".py" and (names := long_functions(f.read_text()))} == {}


def test_templates_stay_short():
    assert [named(f) for f in (ROOT / "templates").rglob("*.html") if f.read_text().count("\n") > 120] == []


def test_lines_of_templates_can_be_read():
    """120 where a line can be broken. One tag of Django's cannot, nor can what would stand apart on the page if it were."""
    lines = ((file, line) for file in (ROOT / "templates").rglob("*.html") for line in file.read_text().splitlines())
    assert {named(file) for file, line in lines if len(line) > 170} == set()


def test_templates_hold_no_inline_script_style_or_handler():
    bad = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|\|safe\b|autoescape off")
    for file in (ROOT / "templates").rglob("*.html"):
        assert bad.findall(file.read_text(encoding="utf-8")) == [], file


def test_no_module_is_a_drawer_for_odds_and_ends():
    names = {file.stem for file in FILES} | {file.parent.name for file in FILES}
    assert names & {"utils", "helpers", "services", "common", "misc"} == set()


def test_every_constraint_is_tried_against_the_database():
    """A new constraint needs an entry in ``tests/constraints.py``: how to break it with a plain statement."""
    assert set(constraints.CHECKS) | set(constraints.DOUBLES) == constraints.declared()
