"""``manage.py load_terminology``: HPO terms, ORPHA names and genes from the files that ``bin/setup`` laid down."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpms.terminology import actions, queries
from cpms.terminology.importers import genes, hpoa, obo, orphanet
from cpms.terminology.importers.release import Release, ReleaseRefused
from cpms.terminology.states import System

Lines = Iterable[str]


@dataclass(frozen=True)
class Source:
    """A file, how it is read, and the file that names its version where it does not."""

    name: str
    version_of: Callable[[Lines], str]
    read: Callable[[Lines, str], Release]
    dated_by: str = ""


SOURCES = {
    System.HPO: Source("hp.obo", obo.version_of, lambda lines, _version: obo.read(lines)),
    System.ORPHA: Source("phenotype.hpoa", hpoa.version_of, lambda lines, _version: hpoa.read(lines)),
    System.GENE: Source("genes_to_phenotype.txt", hpoa.version_of, genes.read, dated_by="phenotype.hpoa"),
}


class Command(BaseCommand):
    help = "Load HPO terms, ORPHA names and genes. Does nothing for a version that is loaded already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dir", type=Path, default=None, help="the folder with the files of the HPO")
        parser.add_argument("--force", action="store_true", help="load again even when the version is the same")

    def handle(self, *args: Any, dir: Path | None, force: bool, **options: Any) -> None:  # noqa: A002 - the option's name
        folder = dir or settings.TERMINOLOGY_DIR
        for system in SOURCES:
            try:
                self._load(system, folder, force=force)
            except ReleaseRefused as refusal:
                raise CommandError(str(refusal)) from None

    def _load(self, system: System, folder: Path, *, force: bool) -> None:
        source, label = SOURCES[system], system.label
        path, dated = folder / source.name, folder / (source.dated_by or source.name)
        for file in (path, dated):
            if not file.is_file():
                raise CommandError(
                    f"{file} is missing. Run bin/setup, which fetches it, or name the folder with --dir."
                )
        with dated.open(encoding="utf-8") as lines:
            version = source.version_of(lines)
        if queries.loaded_version(system).startswith(orphanet.PREFIX) and not force:
            self.stdout.write(f"{label}: a fuller file is loaded and kept; --force puts {source.name} in its place.")
            return
        if version == queries.loaded_version(system) and not force:
            self.stdout.write(f"{label} {version} is loaded already.")
            return
        self.stdout.write(f"{label} {version}: reading {source.name} …")
        started = time.monotonic()
        with path.open(encoding="utf-8") as lines:
            release = source.read(lines, version)
        actions.load(release, by=None)
        self.stdout.write(f"{label}: {len(release.concepts):,} codes in {time.monotonic() - started:.1f} s.")
