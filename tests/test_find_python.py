"""Which Python `bin/setup` takes where several are found."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tools.local import places


def stand_in(folder: Path, name: str, *, usable: bool, quick: bool) -> None:
    """A program that answers the script's two questions as such a Python would."""
    program = folder / name
    program.write_text(
        f'#!/bin/sh\ncase "$2" in\n*CONFIG_ARGS*) {exits(quick)} ;;\n*) {exits(usable)} ;;\nesac\n', "utf-8"
    )
    program.chmod(0o755)


def exits(well: object) -> str:
    return f"exit {int(not well)}"


def chosen(folder: Path, **env: str) -> str:
    command = ["bash", str(places.ROOT / "tools" / "find_python.sh")]
    known = {"PATH": f"{folder}:{os.environ['PATH']}"}
    done = subprocess.run(command, env=known | env, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_the_first_usable_one_that_was_built_with_its_profile(tmp_path):
    stand_in(tmp_path, "python3", usable=True, quick=False)
    stand_in(tmp_path, "python3.13", usable=False, quick=True)
    stand_in(tmp_path, "python3.12", usable=True, quick=True)
    stand_in(tmp_path, "python3.11", usable=True, quick=True)
    assert chosen(tmp_path) == str(tmp_path / "python3.12")


def test_the_first_usable_one_where_none_was_built_with_its_profile(tmp_path):
    for name in ("python3", "python3.13", "python3.12", "python3.11"):
        stand_in(tmp_path, name, usable=name < "python3.13", quick=False)
    own = tmp_path / "system"
    stand_in(tmp_path, own.name, usable=False, quick=False)
    assert chosen(tmp_path, PYTHON=f"{own} python3.12 python3.11") == str(tmp_path / "python3.12")


def test_one_that_is_named_is_taken_as_it_is(tmp_path):
    stand_in(tmp_path, "python3", usable=True, quick=True)
    stand_in(tmp_path, "mine", usable=True, quick=False)
    assert chosen(tmp_path, PYTHON=str(tmp_path / "mine")) == str(tmp_path / "mine")


def test_none_is_named_where_none_is_usable(tmp_path):
    stand_in(tmp_path, "old", usable=False, quick=True)
    assert not chosen(tmp_path, PYTHON=str(tmp_path / "old"))
