"""Fill, measure, compare with the budgets, write ``docs/evidence/bench.md``.

``--orphanet FOLDER`` measures the search for experts over a whole nomenclature with synonyms and tree (``manage.py load_orphanet``);
without it the names of the set-up are searched.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import re
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 Django must be set up before anything of ours is imported
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import resolve, reverse  # noqa: E402

from cpms import clock  # noqa: E402
from cpms.accounts.models import ThematicGroup, TotpDevice, User  # noqa: E402
from cpms.terminology.models import Concept, ConceptEdge, ConceptSynonym  # noqa: E402
from cpms.terminology.states import System  # noqa: E402
from cpms.vault import actions as vault  # noqa: E402
from cpms.wsgi import settle  # noqa: E402
from panels.models import Panel  # noqa: E402
from tools.bench.directory import fill_directory, searches  # noqa: E402
from tools.bench.filling import PANELS, SIZES, fill  # noqa: E402
from tools.bench.month import measure_months  # noqa: E402
from tools.bench.others import others  # noqa: E402
from tools.bench.rooms import Rooms, reports  # noqa: E402
from tools.local import places  # noqa: E402
from tools.local.terminal import say, step  # noqa: E402

Target = str | tuple[str, dict[str, str]]
DIRECTORY, DIRECTORY_P95_MS = "Experts among 6,500 people", 100.0
ROUNDS, ROUNDS_OF_OTHERS = 40, 20
P95_MS, FIRST_VISIT, LATER_VISIT = 150.0, 200_000, 60_000
TIMED_AT_30 = "(timed at 30)"
REPORT = places.ROOT / "docs" / "evidence" / "bench.md"


@dataclass
class Row:
    page: str
    queries: list[int]
    median: float
    p95: float
    raw: int
    packed: int

    @property
    def constant(self) -> bool:
        return len(set(self.queries)) == 1


def signed_in(user: User) -> Client:
    """The session that a login leaves."""
    device = TotpDevice(user=user, name="bench", confirmed=True, key=vault.new_key())
    device.seed = b"12345678901234567890"
    device.save()
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session, now = client.session, clock.now().timestamp()
    session.update({"otp_device_id": device.persistent_id, "code_at": now, "seen_at": now, "started_at": now})
    session.save()
    return client


def visit(client: Client, target: Target) -> Any:
    """A page by its address, or the answer to a form: address and fields, or words behind a "?" that never leaves here."""
    if not isinstance(target, str):
        return client.post(*target, secure=True)
    address, _mark, words = target.partition("?words=")
    return client.post(address, {"words": words}, secure=True) if words else client.get(target, secure=True)


def queries(client: Client, target: Target) -> int:
    """Of a page that was asked before, the lower of two counts: once a minute a request also notes that the person is there."""
    visit(client, target)
    return min(count(client, target) for _ in range(2))


def count(client: Client, target: Target) -> int:
    with CaptureQueriesContext(connection) as captured:
        status = visit(client, target).status_code
    if status != 200:
        raise SystemExit(f"{target} answered {status}")
    return len(captured)


def measure(page: str, counts: list[int], client: Client, target: Target, rounds: int = ROUNDS) -> Row:
    """Time and weight of a page whose queries were counted."""
    times, body = [], b""
    for _ in range(rounds):
        started = time.perf_counter()
        body = visit(client, target).content
        times.append((time.perf_counter() - started) * 1000)
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
    return Row(page, counts, statistics.median(times), p95, len(body), len(gzip.compress(body)))


def measure_sizes(page: str, visits: list[tuple[Client, Target]]) -> Row:
    """Queries at each size; time and weight at the largest, of a case or a form at 30 lines, more than one has."""
    counts = [queries(client, target) for client, target in visits]
    return measure(page, counts, *visits[1 if TIMED_AT_30 in page else -1])


def pages(leads: list[User]) -> list[tuple[str, list[tuple[Client, Target]]]]:
    """Each page as the three leads, or with 3, 30 and 300 statements as the third of them."""
    clients = [signed_in(user) for user in leads]
    last = clients[-1]
    talks = [panel.ref for panel in Panel.objects.filter(lead=leads[-1]).order_by("ref")[:3]]

    def as_each(name: str) -> list[tuple[Client, Target]]:
        return [(client, reverse(name)) for client in clients]

    def about_each(name: str) -> list[tuple[Client, Target]]:
        return [(last, reverse(name, args=[ref])) for ref in talks]

    def of(user: Client, paths: list[str]) -> list[tuple[Client, Target]]:
        return [(user, path) for path in paths]

    rooms, (coordinator, months) = Rooms(leads), reports()
    rooms.give_everybody(leads)
    search = f"{reverse('panels:search')}?words=salt loss"
    return [
        ("bare page: session, person, frame and one query", [(last, "/bare/")] * len(SIZES)),
        ("My work (25 shown)", as_each("home")),
        ("Panels (25 a page)", as_each("panels:list")),
        ("Find a panel, by panels seen", [(client, search) for client in clients]),
        ("Patients (25 a page)", as_each("patients:list")),
        ("Panel, by statements (20 shown)", about_each("panels:detail")),
        ("Invite", about_each("panels:invite")),
        ("People found by name", [(last, f"{reverse('panels:experts', args=[ref])}?q=bench") for ref in talks]),
        ("Quick question, by answers", of(last, rooms.questions())),
        ("New panel", as_each("panels:new")),
        ("Profile", as_each("profile")),
        ("Invitation sheet, by others asked", of(clients[0], rooms.invitations())),
        (f"Prepare, by findings {TIMED_AT_30}", of(last, rooms.drafts())),
        (f"Case form, by findings {TIMED_AT_30}", of(last, rooms.cases())),
        ("Meeting, by people asked", of(last, rooms.meetings())),
        (f"Outcome, by items of advice {TIMED_AT_30}", of(last, rooms.outcomes())),
        ("Reports, by lines of the month", of(signed_in(coordinator), months)),
        ("Check a document", as_each("outcomes:verify")),
        (f"{DIRECTORY}, misspelt condition", [(last, search) for search in searches()]),
    ]


def assets(html: str) -> int:
    """Bytes of what the page links, compressed as WhiteNoise serves it."""
    total = 0
    for link in set(re.findall(r'(?:href|src)="/static/([^"#?]+)', html)):
        file = Path(str(settings.STATIC_ROOT)) / link
        packed = file.with_name(file.name + ".gz")
        total += (packed if packed.exists() else file).stat().st_size
    modules = (Path(str(settings.STATIC_ROOT)) / "js").glob("*.js")
    return total + sum(len(gzip.compress(m.read_bytes())) for m in modules if re.fullmatch(r"[a-z_]+\.js", m.name))


def nomenclature() -> str:
    """How much the search for experts looks through."""
    codes = Concept.objects.of(System.ORPHA).active()
    names = codes.count() + ConceptSynonym.objects.filter(concept__in=codes).count()
    links = ConceptEdge.objects.filter(child__in=codes).count()
    return f"{codes.count():,} conditions under {names:,} names, {links:,} links of their tree"


def name_of(target: Target) -> str:
    """The route an address leads to."""
    return resolve((target if isinstance(target, str) else target[0]).partition("?")[0]).view_name


def line_of(row: Row) -> str:
    counts = ", ".join(map(str, row.queries))
    return (
        f"| {row.page} | {counts} | {row.median:.1f} | {row.p95:.1f} | {row.raw / 1000:.0f} | {row.packed / 1000:.1f} |"
    )


HEADING = f"| page | queries at {', '.join(map(str, SIZES))} rows | median ms | p95 ms | HTML kB | gzip kB |"


def report(
    rows: list[Row], further: list[Row], missing: list[str], filled: float, first: int, months: list[str]
) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL {server}"
    lines = [
        "# What each page costs with 20,000 panels",
        "",
        "Written by `bin/bench`; no figure is typed by hand.",
        "",
        f"- {clock.now():%Y-%m-%d %H:%M} UTC, commit {places.commit()}, {machine}",
        f"- {PANELS:,} panels filled in {filled:.0f} s; {ROUNDS} requests a page through Django's test client, one process",
        f"- Terminology: {nomenclature()}",
        f"- Budgets: p95 at most {P95_MS:.0f} ms ({DIRECTORY_P95_MS:.0f} ms for the search for experts), the same queries for 3, 30 and 300 rows, "
        f"first visit {FIRST_VISIT // 1000} kB, later visit {LATER_VISIT // 1000} kB transferred",
        f"- Static files of a first visit: {first / 1000:.0f} kB compressed",
        "",
        HEADING,
        "|---|---|---|---|---|---|",
    ]
    lines += [line_of(row) for row in rows]
    lines += [
        "",
        "## Every other page",
        "",
        f"Found by walking the addresses, counted while the rows around them grow; {ROUNDS_OF_OTHERS} requests each.",
        "",
    ]
    lines += [HEADING, "|---|---|---|---|---|---|"]
    lines += [line_of(row) for row in further]
    lines += ["", f"Nothing in these rows leads to: {', '.join(missing)}; files and parts of pages are left out."]
    return "\n".join([*lines, "", *months]) + "\n"


def over_budget(faults: list[str]) -> str:
    return "\n".join(["", "## Over budget", "", *([f"- {fault}" for fault in faults] or ["Nothing."])]) + "\n"


def broken(rows: list[Row], first: int) -> list[str]:
    limits = {r.page: DIRECTORY_P95_MS if r.page.startswith(DIRECTORY) else P95_MS for r in rows}
    found = [f"{r.page}: p95 {r.p95:.0f} ms" for r in rows if r.p95 > limits[r.page]]
    found += [f"{r.page}: queries {r.queries}" for r in rows if not r.constant]
    found += [f"{r.page}: {r.packed} bytes" for r in rows if r.packed > LATER_VISIT]
    return found + ([f"first visit: {first} bytes"] if first + max(r.packed for r in rows) > FIRST_VISIT else [])


def prepare(orphanet: Path | None) -> None:
    """Everything that an installation has before its first person."""
    settings.ROOT_URLCONF = "tools.bench.urls"
    with step("Tables"):
        call_command("migrate", verbosity=0)
    with step("Static files"):
        call_command("collectstatic", interactive=False, verbosity=0)
    with step("Terminology"):
        call_command("load_terminology", verbosity=0)
        if orphanet:
            call_command("load_orphanet", orphanet, verbosity=0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orphanet", type=Path, help="a folder with orphacodes.tsv and orpha_edges.tsv")
    prepare(parser.parse_args().orphanet)
    settle()
    started = time.monotonic()
    leads = fill(say)
    fill_directory(ThematicGroup.objects.get(number=1))
    filled = time.monotonic() - started
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    visits = pages(leads)
    rows = [measure_sizes(page, asked) for page, asked in visits]
    known = {name_of(target) for _page, asked in visits for _client, target in asked}
    found, missing = others(leads[-1], known, signed_in, queries)
    further = [measure(page.name, page.counts, page.client, page.path, ROUNDS_OF_OTHERS) for page in found]
    html: Any = signed_in(leads[0]).get("/", secure=True).content.decode()
    first = assets(html)
    months, late = measure_months(signed_in, measure)
    faults = [*broken([*rows, *further], first), *late]
    text = report(rows, further, missing, filled, first, months) + over_budget(faults)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(text, encoding="utf-8")
    say(text)
    for fault in faults:
        say(f"over budget: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
