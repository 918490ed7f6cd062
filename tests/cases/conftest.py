"""Published cases: the files in the folder that ``CPMS_PUBLISHED_CASES`` names. Unset, their tests are not collected."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def published_files() -> list[Path]:
    folder = os.environ.get("CPMS_PUBLISHED_CASES", "")
    if not folder:
        return []
    files = sorted(Path(folder).glob("**/*.json"))
    if not files:
        raise pytest.UsageError(f"CPMS_PUBLISHED_CASES names {folder}, which holds no .json files.")
    return files


def pytest_generate_tests(metafunc):
    if "published" in metafunc.fixturenames:
        metafunc.parametrize("published", published_files(), ids=lambda path: path.stem)


def pytest_collection_modifyitems(config, items):
    if not os.environ.get("CPMS_PUBLISHED_CASES"):
        needs = [item for item in items if "published" in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if item not in needs]
        config.hook.pytest_deselected(items=needs)
