"""``manage.py load_terminology``: HPO terms and ORPHA names from the files that ``bin/setup`` laid down."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpms.terminology import actions, queries
from cpms.terminology.importers import hpoa, obo, orphanet
from cpms.terminology.importers.release import Release, ReleaseRefused
from cpms.terminology.states import System

Lines = Iterable[str]
SOURCES: dict[System, tuple[str, Callable[[Lines], str], Callable[[Lines], Release]]] = {
    System.HPO: ("hp.obo", obo.version_of, obo.read),
    System.ORPHA: ("phenotype.hpoa", hpoa.version_of, hpoa.read),
}


class Command(BaseCommand):
    help = "Load HPO terms and ORPHA names. Does nothing for a version that is loaded already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dir", type=Path, default=None, help="the folder with hp.obo and phenotype.hpoa")
        parser.add_argument("--force", action="store_true", help="load again even when the version is the same")

    def handle(self, *args: Any, dir: Path | None, force: bool, **options: Any) -> None:  # noqa: A002 - the option's name
        folder = dir or settings.TERMINOLOGY_DIR
        for system in SOURCES:
            try:
                self._load(system, folder, force=force)
            except ReleaseRefused as refusal:
                raise CommandError(str(refusal)) from None

    def _load(self, system: System, folder: Path, *, force: bool) -> None:
        name, version_of, read = SOURCES[system]
        path = folder / name
        if not path.is_file():
            raise CommandError(f"{path} is missing. Run bin/setup, which fetches it, or name the folder with --dir.")
        with path.open(encoding="utf-8") as lines:
            version = version_of(lines)
        if queries.loaded_version(system).startswith(orphanet.PREFIX) and not force:
            self.stdout.write(f"{system.label}: a fuller file is loaded and kept; --force puts {name} in its place.")
            return
        if version == queries.loaded_version(system) and not force:
            self.stdout.write(f"{system.label} {version} is loaded already.")
            return
        self.stdout.write(f"{system.label} {version}: reading {name} …")
        started = time.monotonic()
        with path.open(encoding="utf-8") as lines:
            release = read(lines)
        actions.load(release, by=None)
        self.stdout.write(f"{system.label}: {len(release.concepts):,} codes in {time.monotonic() - started:.1f} s.")
