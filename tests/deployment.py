"""The product as the compose file starts it, without containers: its own commands, variables and health checks."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg2
import yaml

from tests.packing import collect
from tools.local import keys, places, processes

COMPOSE = yaml.safe_load((places.ROOT / "docker-compose.yml").read_text())
SERVICES = ("web", "worker", "beat")
HOST = "cpms.example"

# Somebody signed in, a panel to look at, and staff: made by a process of its own in the new database
PEOPLE = """
import json, django
django.setup()
from cpms.accounts.roles import Role
from tests.clients import signed_in
from tests.factories import Story, UserFactory, give_role, totp_device
story = Story()
story.open(story.expert)
staff = UserFactory(role="none")
give_role(staff, Role.CORE_HELPDESK)
session = lambda user: signed_in(user).cookies["__Host-sid"].value
device = totp_device(UserFactory())
print(json.dumps({
    "lead": session(story.lead), "staff": session(staff), "panel": f"/panels/{story.panel.ref}/",
    "case": f"/cases/{story.case.pk}/edit/", "patient": f"/patients/{story.patient.pseudonym}/", "email": device.user.email,
}))
"""


def command_of(service: str) -> list[str]:
    return COMPOSE["services"][service]["command"]


def health_of(service: str) -> list[str]:
    test = COMPOSE["services"][service]["healthcheck"]["test"]
    assert test[0] == "CMD"
    return test[1:]


def offered() -> dict[str, str]:
    """What ``.env`` may set and need not, with the value it has otherwise."""
    written = COMPOSE["x-app"]["environment"].items()
    found = ((name, re.fullmatch(r"\$\{(\w+):-([^${}]*)\}", value)) for name, value in written)
    return {name: match[2] for name, match in found if match and match[1] == name}


def image_environment() -> dict[str, str]:
    """What the image itself sets, read from the Dockerfile's last stage."""
    stage = (places.ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    return dict(re.findall(r"^(?:ENV|   ) +([A-Z_]+)=(\S+?)(?: \\)?$", stage, re.MULTILINE))


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class Visitor:
    """Speaks to the web server as the reverse proxy does, and keeps cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    scheme: str = "https"
    host: str = HOST

    def ask(self, path: str, method: str = "GET", **fields: str) -> Answer:
        headers = {"Host": self.host, "X-Forwarded-Proto": self.scheme, "X-Forwarded-For": "192.0.2.7"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"https://{HOST}{path}"}
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as web:
            web.request(method, path, urlencode(fields) if fields else None, headers)
            answer = web.getresponse()
            body = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return Answer(answer.status, answer.headers, body)

    def token(self, page: Answer) -> str:
        return re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page.body).group(1).decode()


class Deployment:
    """A database of its own, migrated and filled; the processes are started one by one."""

    def __init__(self, folder: Path, static: Path) -> None:
        self.folder, self.static, self.started = folder, static, {}
        self.port = places.free_port()
        self.name = f"deployed_{uuid.uuid4().hex[:8]}"
        self.server = os.environ.get("CPMS_OWNER_DATABASE_URL") or os.environ["DATABASE_URL"]
        self.owner = {"CPMS_OWNER_DATABASE_URL": self.own(self.server)}
        self.env = self.environment()

    def own(self, address: str) -> str:
        """The same role and server, the database of this deployment."""
        return urlunsplit(urlsplit(address)._replace(path=f"/{self.name}"))

    def environment(self) -> dict[str, str]:
        """The compose file's variables with values for this machine, the image's own, and nothing else of ours."""
        secrets = keys.fresh()
        values = {
            "SECRET_KEY": secrets["SECRET_KEY"],
            "CPMS_KEK": secrets["CPMS_KEK"],
            "DATABASE_URL": self.own(os.environ["DATABASE_URL"]),
            "REDIS_URL": os.environ["REDIS_URL"],
            "EMAIL_URL": f"smtp://127.0.0.1:{places.free_port()}",
            "CPMS_BASE_URL": f"https://{HOST}",
            "CPMS_FROM_EMAIL": f"CPMS <no-reply@{HOST}>",
            "ALLOWED_HOSTS": f"{HOST},localhost",
            "CPMS_PROXY_COUNT": "1",
            **offered(),
        }
        assert set(values) == set(COMPOSE["x-app"]["environment"])
        image = image_environment() | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "CPMS_RUN_DIR": str(self.folder / "run"),
            "CPMS_STATIC_ROOT": str(self.static),
            "CPMS_TERMINOLOGY_DIR": str(places.VAR / "terminology"),
        }
        coverage = {name: value for name, value in os.environ.items() if name.startswith("COV")}
        return {**values, **image, **coverage, "CPMS_BIND": f"127.0.0.1:{self.port}"}

    def sql(self, *statements: str) -> None:
        with contextlib.closing(psycopg2.connect(self.server)) as connection:
            connection.autocommit = True
            for statement in statements:
                connection.cursor().execute(statement)

    def run(self, command: list[str], **more: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            command, env=self.env | more, cwd=places.ROOT, capture_output=True, text=True, check=False, timeout=300
        )

    def prepare(self) -> None:
        template = os.environ.get("CPMS_TEST_TEMPLATE", "template1")  # itself made by the migrations, from nothing
        self.sql(f"CREATE DATABASE {self.name} TEMPLATE {template}")
        (self.folder / "logs").mkdir()
        self.migrated = self.run(command_of("migrate"), **self.owner)
        collect(self.env)
        filled = self.run([sys.executable, "-c", PEOPLE], DJANGO_SETTINGS_MODULE="cpms.settings")
        assert filled.returncode == 0, filled.stderr[-2000:]
        self.known = json.loads(filled.stdout.splitlines()[-1])

    def start(self, service: str) -> None:
        with (self.folder / "logs" / f"{service}.log").open("wb") as log:
            self.started[service] = processes.spawn(command_of(service), log=log, cwd=places.ROOT, env=self.env)

    def healthy(self, service: str) -> bool:
        return self.run(health_of(service)).returncode == 0

    def until(self, holds, seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            dead = [name for name, process in self.started.items() if process.poll() is not None]
            assert not dead, f"{dead} ended: {self.lines(dead[0])[-5:]}"
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.2)

    def lines(self, service: str) -> list[str]:
        return (self.folder / "logs" / f"{service}.log").read_text().splitlines()

    def visitor(self, who: str = "") -> Visitor:
        return Visitor(self.port, {"__Host-sid": self.known[who]} if who else {})

    def remove(self) -> None:
        for process in self.started.values():
            processes.end(process, processes.TERM, patience=40)
        self.sql(f"DROP DATABASE {self.name} WITH (FORCE)")
