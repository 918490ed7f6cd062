"""What the compose file runs is really run: commands, variables, health checks, headers as in production, a clean stop."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from cpms import logs
from tests.deployment import COMPOSE, SERVICES, Deployment, command_of, health_of, image_environment
from tests.headers import faults
from tests.packing import folder_of
from tools.local import places, processes

pytestmark = pytest.mark.kills


@pytest.fixture
def deployment(tmp_path, tmp_path_factory):
    made = Deployment(tmp_path, folder_of(tmp_path_factory.getbasetemp()))
    try:
        made.prepare()
        made.before = {service: made.healthy(service) for service in SERVICES}
        for service in SERVICES:
            made.start(service)
        made.until(lambda: made.healthy("web"))
        yield made
    finally:
        made.remove()


def test_every_service_of_ours_runs_the_entry_script_and_is_watched():
    ours = {name for name, service in COMPOSE["services"].items() if service.get("image") == "cpms"}
    assert ours == {"migrate", *SERVICES}
    for name in ours:
        assert command_of(name) == ["bin/entry", name]
    for name in SERVICES:
        assert health_of(name) == ["bin/entry", "alive", name]


def test_only_the_migration_is_told_of_the_owner():
    common = COMPOSE["x-app"]["environment"]
    told = {name: service.get("environment", {}) for name, service in COMPOSE["services"].items()}
    owner = told["migrate"]["CPMS_OWNER_DATABASE_URL"]
    assert told["migrate"] == common | {"CPMS_OWNER_DATABASE_URL": owner}
    assert all(told[name] == common for name in SERVICES)
    assert owner.startswith(f"postgresql://{told['db']['POSTGRES_USER']}:${{POSTGRES_PASSWORD:?")
    assert common["DATABASE_URL"].startswith("postgresql://cpms_app:${POSTGRES_APP_PASSWORD:?")
    assert {name for name, values in told.items() if "${POSTGRES_PASSWORD" in str(values)} == {"migrate", "db"}


def test_the_image_holds_what_the_entry_script_names():
    kept = [line[1:] for line in (places.ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    entry = (places.ROOT / "bin" / "entry").read_text()
    named = set(re.findall(r"(?:deploy/\S+|manage\.py)", entry))
    assert named == {"deploy/gunicorn.py", "manage.py"}
    assert named | {"bin/entry"} <= set(kept)


@pytest.mark.parametrize(("bound", "asked"), [({}, "8000"), ({"CPMS_BIND": "127.0.0.1:8123"}, "8123")])
def test_the_web_health_check_asks_where_the_web_server_listens(tmp_path, bound, asked):
    """The shell's own trace tells the address, so that nobody needs to listen on the default port."""
    env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "CPMS_RUN_DIR": str(tmp_path), **bound}
    traced = ["sh", "-x", *health_of("web")]
    run = subprocess.run(traced, env=env, cwd=places.ROOT, capture_output=True, text=True, check=False, timeout=30)
    assert re.findall(r"http://\S+", run.stderr)[:1] == [f"http://127.0.0.1:{asked}/readyz"]


def test_the_default_port_is_the_one_the_compose_file_shows_the_proxy():
    """The compose file leaves the address to the entry script, whose web server then listens on all of its container."""
    assert "CPMS_BIND" not in COMPOSE["x-app"]["environment"] | image_environment()
    assert COMPOSE["services"]["web"]["expose"] == ["8000"]
    assert 'bind="${CPMS_BIND:-0.0.0.0:8000}"' in (places.ROOT / "bin" / "entry").read_text()


SET_BY_THE_IMAGE = {"CPMS_TERMINOLOGY_DIR", "CPMS_RUN_DIR", "CPMS_STATIC_ROOT", "CPMS_BIND"}
NOT_FOR_PATIENTS = {"CPMS_DEMO", "CPMS_DEBUG", "CPMS_HTTPS", "CPMS_MAIL_DIR"}


def test_every_setting_the_operator_may_choose_reaches_the_containers():
    """``.env`` alone hands nothing on: the compose file must name it."""
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \|", (places.ROOT / "docs" / "operations.md").read_text(), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"[A-Z_]+", row)}
    reached = set(COMPOSE["x-app"]["environment"]) | set(COMPOSE["services"]["migrate"]["environment"])
    assert {"CPMS_DPO_EMAIL", "CPMS_LOG_LEVEL"} <= named
    assert named - SET_BY_THE_IMAGE - NOT_FOR_PATIENTS == reached


def test_only_what_asks_other_servers_stands_on_the_network_outside():
    """The worker sends mail, web asks BigBlueButton for a room, the proxy is asked; no other way leads out."""
    networks = {name: service["networks"] for name, service in COMPOSE["services"].items()}
    assert {name for name, joined in networks.items() if "outside" in joined} == {"web", "worker", "proxy"}
    assert all("inside" in joined for joined in networks.values())
    assert COMPOSE["networks"] == {"inside": {"internal": True}, "outside": {}}


def the_first_step_migrates_and_loads_the_terminology(deployment):
    assert deployment.migrated.returncode == 0, deployment.migrated.stderr[-2000:]
    with contextlib.closing(psycopg2.connect(deployment.env["DATABASE_URL"])) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM terminology_concept")
        assert cursor.fetchone()[0] > 10_000


def health_checks_fail_before_the_start_and_pass_after_it(deployment):
    assert deployment.before == dict.fromkeys(SERVICES, False)
    for service in SERVICES:
        deployment.until(lambda service=service: deployment.healthy(service))
    visitor = deployment.visitor()
    assert (visitor.ask("/livez").status, visitor.ask("/livez").body) == (200, b"ok")
    assert json.loads(visitor.ask("/readyz").body) == {
        "ready": True,
        "redis": True,
        "mail": True,
        "audit": True,
        "rounds": True,
    }


def none_of_them_is_the_owner(deployment):
    working = urlsplit(deployment.env["DATABASE_URL"]).username
    with contextlib.closing(psycopg2.connect(deployment.own(deployment.server))) as connection:
        cursor = connection.cursor()
        cursor.execute(
            "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [deployment.name],
        )
        assert cursor.fetchall() == [(working,)]


def every_kind_of_page_carries_the_headers_of_production(deployment):
    known, found = deployment.known, []
    pages = {
        "": ["/accounts/login/", "/verify/", "/nowhere/", "/livez"],
        "lead": ["/", known["panel"], known["case"], known["patient"], "/accounts/profile/", "/nowhere/"],
        "staff": ["/helpdesk/", "/helpdesk/accounts/user/", "/helpdesk/nowhere/", known["panel"]],
    }
    for who, paths in pages.items():
        for path in paths:
            answer = deployment.visitor(who).ask(path)
            hidden = "nowhere" in path or (who == "staff" and path == known["panel"])
            assert answer.status == (404 if hidden else 200), path
            found += faults(f"{path} as {who}", answer)
            if answer.headers["Strict-Transport-Security"] != "max-age=31536000; includeSubDomains":
                found.append(f"{path}: {answer.headers['Strict-Transport-Security']}")
            if "Server" in answer.headers and re.search(r"\d", answer.headers["Server"]):
                found.append(f"{path}: tells {answer.headers['Server']}")
    assert found == []


def plain_http_is_sent_to_https_before_anything_is_set(deployment):
    visitor = deployment.visitor()
    visitor.scheme = "http"
    answer = visitor.ask("/accounts/login/")
    assert (answer.status, answer.headers["Location"]) == (301, "https://cpms.example/accounts/login/")
    assert visitor.cookies == {}


def a_host_that_is_not_ours_gets_nothing(deployment):
    visitor = deployment.visitor()
    visitor.host = "evil.example"
    assert visitor.ask("/accounts/login/").status == 400


def signing_in_sets_host_cookies(deployment):
    visitor = deployment.visitor()
    page = visitor.ask("/accounts/login/")
    words = {"login": deployment.known["email"], "password": "a quiet harbour at dusk"}
    answer = visitor.ask("/accounts/login/", "POST", csrfmiddlewaretoken=visitor.token(page), **words)
    assert (answer.status, answer.headers["Location"]) == (302, "/accounts/login/code/")
    set_now = [*(page.headers.get_all("Set-Cookie") or []), *(answer.headers.get_all("Set-Cookie") or [])]
    names = {line.partition("=")[0] for line in set_now}
    assert names == {"__Host-csrf", "__Host-sid"}
    for line in set_now:
        parts = {part.strip().lower() for part in line.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts
        assert not any(part.startswith("domain") for part in parts)


def static_files_are_hashed_compressed_and_kept_for_good(deployment):
    page = deployment.visitor().ask("/accounts/login/").body.decode()
    links = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    assert len(links) > 5
    for link in links:
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", link), link
        answer = deployment.visitor().ask(link)
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def waiting(connection) -> bool:
    cursor = connection.cursor()
    cursor.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    return cursor.fetchone()[0] > 0


def a_stop_lets_the_running_request_finish_and_ends_all_in_order(deployment):
    """The request waits for a lock that this test holds while the stop arrives."""
    answers, visitor = [], deployment.visitor("lead")
    with contextlib.closing(psycopg2.connect(deployment.env["DATABASE_URL"])) as holder:
        holder.cursor().execute("LOCK TABLE panels_panel IN ACCESS EXCLUSIVE MODE")
        asking = threading.Thread(target=lambda: answers.append(visitor.ask(deployment.known["panel"])))
        asking.start()
        with contextlib.closing(psycopg2.connect(deployment.env["DATABASE_URL"])) as watcher:
            watcher.autocommit = True
            deployment.until(lambda: waiting(watcher))
        deployment.started["web"].send_signal(processes.TERM)
        time.sleep(0.5)
        assert deployment.started["web"].poll() is None
    asking.join(timeout=60)
    assert [answer.status for answer in answers] == [200]
    for service in SERVICES:
        process = deployment.started[service]
        process.send_signal(processes.TERM)
        assert process.wait(timeout=40) == 0, deployment.lines(service)[-5:]


def is_celerys_own(line: str) -> bool:
    """Celery says good-bye past all logging, and warns whoever runs it as root, as tests in a container may."""
    root = (
        "SecurityWarning",
        "recommended!",
        "Please specify a different user",
        "User information",
        "warnings.warn",
        "_warn_or_raise",
    )
    return line.startswith("worker: ") or (os.geteuid() == 0 and any(word in line for word in (*root, "uid=")))


def every_line_they_wrote_is_json_with_listed_keys(deployment):
    written = [line for service in SERVICES for line in deployment.lines(service) if line.strip()]
    assert [line for line in written if not line.startswith("{") and not is_celerys_own(line)] == []
    parsed = [json.loads(line) for line in written if line.startswith("{")]
    assert {key for line in parsed for key in line} <= logs.ALLOWED
    assert {"panels:detail", "helpdesk:index", "account_login"} <= {line.get("route") for line in parsed}
    assert "?" not in "".join(written)


def test_the_product_as_the_compose_file_starts_it(deployment):
    """One story, because its start is dear and its end is a part of it."""
    the_first_step_migrates_and_loads_the_terminology(deployment)
    health_checks_fail_before_the_start_and_pass_after_it(deployment)
    none_of_them_is_the_owner(deployment)
    every_kind_of_page_carries_the_headers_of_production(deployment)
    plain_http_is_sent_to_https_before_anything_is_set(deployment)
    a_host_that_is_not_ours_gets_nothing(deployment)
    signing_in_sets_host_cookies(deployment)
    static_files_are_hashed_compressed_and_kept_for_good(deployment)
    a_stop_lets_the_running_request_finish_and_ends_all_in_order(deployment)
    every_line_they_wrote_is_json_with_listed_keys(deployment)
