"""Name the system packages that are missing, for `bin/setup` to install or to ask for; print nothing when all are there."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import sys
from pathlib import Path

LINUX = {
    "libpango-1.0-0": "libpango-1.0.so.0",
    "libpangoft2-1.0-0": "libpangoft2-1.0.so.0",
    "libharfbuzz-subset0": "libharfbuzz-subset.so.0",
}
DRIVER = {"libatomic1": "libatomic.so.1"}  # of the browser's driver, a Node.js that comes without it
MAC = {"pango": "/opt/homebrew/lib/libpango-1.0.dylib"}
# The shell is Chromium without a screen: it draws nothing that nobody looks at, a fifth less work for the same journeys
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")


def loads(library: str) -> bool:
    """Whether the dynamic linker finds the library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """A PDF without any font would be blank."""
    return any(next(folder.rglob("*.[to]tf"), None) for folder in FONT_FOLDERS if folder.is_dir())


def find_browser() -> str | None:
    """The Chromium that the journeys drive: the one CHROMIUM names, else the first of the system's."""
    return next(filter(None, map(shutil.which, filter(None, (os.environ.get("CHROMIUM"), *BROWSERS)))), None)


def browser_package() -> str:
    """Debian packages the shell by itself; Ubuntu does not."""
    return "chromium-headless-shell" if platform.freedesktop_os_release()["ID"] == "debian" else "chromium"


def missing_on_linux(*, browser: bool) -> list[str]:
    """Debian's names of what is missing."""
    packages = [package for package, library in LINUX.items() if not loads(library)]
    packages += [] if has_font() else ["fonts-dejavu-core"]
    packages += [package for package, library in DRIVER.items() if browser and not loads(library)]
    return packages + ([] if not browser or find_browser() else [browser_package()])


def missing_on_mac(*, browser: bool) -> list[str]:
    """Homebrew's commands for what is missing."""
    chrome = Path("/Applications/Chromium.app").exists() or find_browser() is not None
    wanted = ["brew install pango"] if not any(loads(path) for path in (*MAC.values(), "libpango-1.0.dylib")) else []
    return [" && ".join(wanted + ([] if chrome or not browser else ["brew install --cask chromium"]))]


if __name__ == "__main__":
    find = missing_on_mac if sys.platform == "darwin" else missing_on_linux
    sys.stdout.write(" ".join(find(browser="yes" in sys.argv[1:])).strip())
