"""Fetch the browser's Bootstrap and icons once, and prove afterwards that nobody changed them.

``python tools/vendor_assets.py`` downloads the packages named in ``static/vendor/picks.json`` with ``npm pack``, compares each
archive with the integrity the registry states and with the one locked earlier, takes the picked files out and writes
``assets.lock.json``.  ``--check`` needs no network: every vendored file must still have its locked hash.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
PICKS = VENDOR / "picks.json"
LOCK = VENDOR / "assets.lock.json"
SOURCE_MAP = re.compile(rb"^/[/*]# sourceMappingURL=.*$\n?", re.MULTILINE)
SVG_BODY = re.compile(r"<svg[^>]*viewBox=\"(?P<box>[^\"]+)\"[^>]*>(?P<body>.*)</svg>", re.DOTALL)

Pick = dict[str, Any]
Lock = dict[str, dict[str, Any]]


def pack(name: str, version: str) -> tuple[bytes, str]:
    """The package archive and its sha512 integrity; refuses an archive that is not what the registry announced."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", f"{name}@{version}", "--json", "--pack-destination", folder]
        answer = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        [entry] = answer if isinstance(answer, list) else answer.values()
        archive = (Path(folder) / entry["filename"]).read_bytes()
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if integrity != entry["integrity"]:
        raise SystemExit(f"{name} {version}: the archive is not the one the registry announced.")
    return archive, integrity


def member(archive: tarfile.TarFile, path: str) -> bytes:
    """One file of the package, without its source-map line (the maps are not served)."""
    handle = archive.extractfile(f"package/{path}")
    if handle is None:
        raise SystemExit(f"{path} is not a file in the package.")
    content = handle.read()
    return SOURCE_MAP.sub(b"", content) if path.endswith((".css", ".js")) else content


def sprite(archive: tarfile.TarFile, icons: list[str]) -> bytes:
    """One SVG file with a ``<symbol>`` for each picked icon, in alphabetical order."""
    symbols = []
    for icon in sorted(icons):
        found = SVG_BODY.search(member(archive, f"icons/{icon}.svg").decode())
        if found is None:
            raise SystemExit(f"{icon}.svg does not look like an icon.")
        body = re.sub(r"\s*\n\s*", "", found["body"])
        symbols.append(f'<symbol id="{icon}" viewBox="{found["box"]}">{body}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def extract(name: str, pick: Pick, archive_bytes: bytes) -> dict[str, str]:
    """Write the picked files; their sha256 by file name."""
    folder = VENDOR / name
    folder.mkdir(parents=True, exist_ok=True)
    hashes = {}
    with tarfile.open(fileobj=io.BytesIO(archive_bytes)) as archive:
        contents = {target: member(archive, source) for source, target in pick["files"].items()}
        if "sprite" in pick:
            contents[pick["sprite"]] = sprite(archive, pick["icons"])
    for target, content in sorted(contents.items()):
        (folder / target).write_bytes(content)
        hashes[target] = "sha256:" + hashlib.sha256(content).hexdigest()
    return hashes


def update(picks: dict[str, Pick], old: Lock) -> Lock:
    """Download everything; a version locked before must come with the same archive again."""
    lock: Lock = {}
    for name, pick in picks.items():
        archive, integrity = pack(name, pick["version"])
        before = old.get(name, {})
        if before.get("version") == pick["version"] and before["integrity"] != integrity:
            raise SystemExit(f"{name} {pick['version']} changed since it was locked.")
        files = extract(name, pick, archive)
        lock[name] = {"version": pick["version"], "licence": pick["licence"], "integrity": integrity, "files": files}
    return lock


def readme(picks: dict[str, Pick], lock: Lock) -> str:
    """The table of what stands in this folder, for people."""
    rows = [
        f"| [{name}]({picks[name]['home']}) | {entry['version']} | {entry['licence']} | `{target}` | `{digest}` |"
        for name, entry in lock.items()
        for target, digest in entry["files"].items()
    ]
    head = [
        "# Assets of others, served by ourselves",
        "",
        "Written by `tools/vendor_assets.py` from `picks.json`; `bin/check` compares the hashes. Do not edit these files.",
        "To add an icon, add its name to `picks.json` and run the tool. htmx comes with the django-htmx package.",
        "",
        "| package | version | licence | file | hash |",
        "|---|---|---|---|---|",
    ]
    return "\n".join(head + rows) + "\n"


def problems(picks: dict[str, Pick], lock: Lock) -> list[str]:
    """What differs from the lock, one sentence each."""
    found = []
    if set(picks) != set(lock):
        found.append("picks.json and assets.lock.json name different packages.")
    for name, entry in lock.items():
        if picks.get(name, {}).get("version") != entry["version"]:
            found.append(f"{name}: the locked version is not the picked one.")
        for target, digest in entry["files"].items():
            path = VENDOR / name / target
            if not path.is_file():
                found.append(f"{name}/{target} is missing.")
            elif "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                found.append(f"{name}/{target} is not the locked file.")
    sprite_path = VENDOR / "bootstrap-icons" / "icons.svg"
    present = set(re.findall(r'<symbol id="([^"]+)"', sprite_path.read_text())) if sprite_path.is_file() else set()
    found += [f"The sprite lacks {icon}." for icon in sorted(set(picks["bootstrap-icons"]["icons"]) - present)]
    return found


def main() -> int:
    """Update by default; compare only with ``--check``."""
    parser = argparse.ArgumentParser(description="Vendor Bootstrap and the icon sprite.")
    parser.add_argument("--check", action="store_true", help="compare with the lock, no network")
    options = parser.parse_args()
    picks = json.loads(PICKS.read_text())
    lock = json.loads(LOCK.read_text()) if LOCK.is_file() else {}
    if options.check:
        found = problems(picks, lock)
        sys.stdout.write("\n".join(found) + "\n" if found else "")
        return 1 if found else 0
    lock = update(picks, lock)
    LOCK.write_text(json.dumps(lock, indent=2) + "\n")
    (VENDOR / "README.md").write_text(readme(picks, lock))
    return 0


if __name__ == "__main__":
    sys.exit(main())
