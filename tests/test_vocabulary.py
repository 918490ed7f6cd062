"""Modules have the names that the plan of the house gives, or that a decision added; contracts name every module."""

from __future__ import annotations

import configparser
import re

from tests.test_conventions import OURS, ROOT

PLAN = "states roles models policy access queries notices pdf kpis importers actions forms views admin tasks management urls"
DJANGO = "apps migrations"
NESTED = {"panels": {"cases", "meetings"}, "helpdesk": {"people", "tickets", "learning"}}


def decided() -> set[str]:
    rows = (ROOT / "docs/adr/0063-names-of-modules.md").read_text(encoding="utf-8").splitlines()
    return {name for row in rows if row.startswith("| `") for name in re.findall(r"`([a-z_]+)`", row.split("|")[1])}


def modules(folder) -> set[str]:
    """Modules and packages of a folder, by name."""
    files = {file.stem for file in folder.glob("*.py")} - {"__init__"}
    return files | {child.name for child in folder.iterdir() if (child / "__init__.py").exists()}


def contract(name: str, key: str) -> set[str]:
    found = configparser.ConfigParser()
    found.read(ROOT / ".importlinter", encoding="utf-8")
    return set(re.findall(r"[a-z_.]+", found[f"importlinter:contract:{name}"][key]))


def test_no_module_has_a_name_of_its_own():
    allowed, used = {*PLAN.split(), *DJANGO.split()} | decided(), set()
    for app in OURS:
        folder = ROOT / app.name.replace(".", "/")
        here = modules(folder) - NESTED.get(app.name, set())
        assert here <= allowed, app.name
        used |= here
    assert decided() <= used


def test_every_module_beside_the_apps_stands_in_a_contract():
    apps = {f"cpms.{file.parent.name}" for file in (ROOT / "cpms").glob("*/apps.py")}
    beside = {f"cpms.{name}" for name in modules(ROOT / "cpms")} - apps
    assert beside - {"cpms.urls"} == contract("beside", "source_modules")
    assert beside - {"cpms.urls"} | apps == contract("platform", "source_modules")
    layers = contract("apps", "layers")
    assert "cpms.urls" in layers
    assert apps <= layers
    assert {app.name for app in OURS} == contract("modules", "containers")
