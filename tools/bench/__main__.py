"""Start services of our own, then fill and measure in a process that knows them."""

from __future__ import annotations

import subprocess
import sys

from tools.local import places
from tools.local.run_tests import services

if __name__ == "__main__":
    with services() as env:
        env |= {
            "CPMS_HTTPS": "1",
            "CPMS_DEMO": "0",
            "CPMS_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "cpms.settings",
        }
        env |= {"CPMS_STATIC_ROOT": str(places.VAR / "bench-static")}
        command = [sys.executable, "-m", "tools.bench.run", *sys.argv[1:]]
        raise SystemExit(subprocess.run(command, cwd=places.ROOT, env=env, check=False).returncode)
