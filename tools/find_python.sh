#!/usr/bin/env bash
# Which Python to build the environment with: prints its path, or nothing where none is usable. PYTHON names one that is taken as it is.
# Compiled without its profile (what pyenv builds unless told otherwise) Python needs a fifth more time for what we do, so one that a
# distribution or an official installer built goes before such a one.
set -euo pipefail

USABLE='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'
QUICK='import sys, sysconfig
built = sysconfig.get_config_var("CONFIG_ARGS") or ""
sys.exit(sys.base_prefix != "/usr" and "--enable-optimizations" not in built)'

first=
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 /usr/bin/python3}; do
    "$candidate" -c "$USABLE" 2>/dev/null || continue
    first=${first:-$candidate}
    if "$candidate" -c "$QUICK"; then
        command -v "$candidate"
        exit
    fi
done
[ -z "$first" ] || command -v "$first"
