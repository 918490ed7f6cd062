"""`bin/up`: the whole of CPMS on this machine, from an empty folder to an address, until Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import IO

from tools.local import keys, places
from tools.local.broker import Redis
from tools.local.postgres import Postgres
from tools.local.supervisor import Stopped, Supervisor, explain, heed_stop_signals
from tools.local.terminal import say, step

ENTRY = str(places.ROOT / "bin" / "entry")


def lock() -> IO[str]:
    """One `bin/up` per folder: two would share a data directory."""
    handle = (places.VAR / "up.lock").open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise SystemExit("CPMS already runs from this folder. Stop it there with Ctrl-C first.") from None
    return handle


def environment(secrets: dict[str, str], port: int) -> dict[str, str]:
    """What the application is told; a variable that is already set wins."""
    local = {
        "SECRET_KEY": secrets["SECRET_KEY"],
        "CPMS_KEK": secrets["CPMS_KEK"],
        "CPMS_DEMO": "1",
        "CPMS_HTTPS": "0",
        "CPMS_BASE_URL": f"http://127.0.0.1:{port}",
        "CPMS_MAIL_DIR": str(places.VAR / "mail"),
        "CPMS_RUN_DIR": str(places.VAR / "run"),
        "DJANGO_SETTINGS_MODULE": "cpms.settings",
    }
    fixed = {"PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}", "CPMS_BIND": f"127.0.0.1:{port}"}  # noqa: PTH120
    return local | dict(os.environ) | fixed


def start_services(keeper: Supervisor, env: dict[str, str], secrets: dict[str, str]) -> None:
    """Database, broker and mail: ours, unless the environment names others."""
    if not env.get("DATABASE_URL"):
        with step("PostgreSQL"):
            database = Postgres(places.VAR / "postgres", secrets)
            keeper.keep("PostgreSQL", database.start(), database.home / "log", database.stop)
            env |= {"DATABASE_URL": database.url, "CPMS_OWNER_DATABASE_URL": database.owner_url}
    if not env.get("REDIS_URL"):
        with step("Redis"):
            broker = Redis(places.VAR / "redis", secrets)
            keeper.keep("Redis", broker.start(), broker.folder / "log", broker.stop)
            env["REDIS_URL"] = broker.url
    if not env.get("EMAIL_URL"):
        port = places.free_port()
        sink = [sys.executable, "-m", "tools.local.mail_sink", str(port), env["CPMS_MAIL_DIR"]]
        keeper.run("mail", sink, env, places.ROOT, patience=5)
        env["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"


def prepare(env: dict[str, str]) -> None:
    """Tables, terminology, demo people; the static files are compressed meanwhile. Each writes its own lines."""
    command = [sys.executable, "-m", "tools.local.prepare"]
    static = subprocess.Popen([*command, "static"], cwd=places.ROOT, env=env)
    try:
        subprocess.run([*command, "database"], cwd=places.ROOT, env=env, check=True)
        with step("Static files"):
            code = static.wait()
    finally:
        static.kill()
        static.wait()
    if code:
        raise subprocess.CalledProcessError(code, "collectstatic")


def load_past(env: dict[str, str]) -> subprocess.Popen[bytes] | None:
    """The demonstration's years before, written by the actions one after the other while people work already."""
    if env["CPMS_DEMO"] != "1":
        return None
    return subprocess.Popen([sys.executable, "-m", "tools.local.prepare", "past"], cwd=places.ROOT, env=env)


def answers(address: str) -> bool:
    """Whether the web server is ready to serve."""
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=2) as response:  # noqa: S310 (our own address)
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def start_application(keeper: Supervisor, env: dict[str, str]) -> bool:
    """Web, worker and beat by the same entry script as in the containers."""
    with step("Web server, worker, beat"):
        keeper.run("worker", [ENTRY, "worker"], env, places.ROOT, patience=35)
        keeper.run("beat", [ENTRY, "beat"], env, places.ROOT)
        keeper.run("web", [ENTRY, "web"], env, places.ROOT, patience=35)
        return keeper.wait_until(lambda: answers(f"http://{env['CPMS_BIND']}"), within=60)


def greet(address: str, env: dict[str, str], seconds: float) -> None:
    """Where to go now."""
    say(f"\nCPMS is ready after {seconds:.0f} s:  {address}/")
    if env["CPMS_DEMO"] == "1":
        say(f"  Be one of the demo people:  {address}/demo/")
        say(f"  Read the mails it sends:    {address}/demo/mail/")
    say(f"  Logs: {places.VAR / 'logs'}\n  Ctrl-C stops everything.")


def serve(keeper: Supervisor) -> int:
    """From nothing to waiting; the exit code."""
    began = time.monotonic()
    secrets = keys.load(places.VAR / "env")
    port = places.free_port(int(os.environ.get("CPMS_PORT", "8000")))
    env = environment(secrets, port)
    start_services(keeper, env, secrets)
    prepare(env)
    if start_application(keeper, env):
        greet(f"http://127.0.0.1:{port}", env, time.monotonic() - began)
        past = None
        try:
            past = load_past(env)
            say("\n" + explain(keeper.watch()))
        finally:
            if past is not None:
                past.kill()
                past.wait()
        return 1
    child = keeper.dead()
    say("\n" + explain(child) if child else f"\nThe web server does not get ready; see {keeper.logs / 'web.log'}.")
    return 1


def main() -> int:
    """Whatever happens, no child stays behind."""
    places.VAR.mkdir(exist_ok=True)
    keeper = Supervisor(places.VAR / "logs")
    heed_stop_signals()
    with lock():
        try:
            return serve(keeper)
        except Stopped:
            return 0
        except subprocess.CalledProcessError as error:
            say(f"\nPreparing the database failed (code {error.returncode}); the message stands above.")
            return 1
        finally:
            keeper.end_all()


if __name__ == "__main__":
    sys.exit(main())
