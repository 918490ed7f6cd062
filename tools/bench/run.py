"""Fill, measure, compare with the budgets, write ``docs/evidence/bench.md``.

``--orphanet FOLDER`` measures the search for experts over a whole nomenclature with synonyms and tree (``manage.py load_orphanet``);
without it the names of the set-up are searched. While developing, ``--panels 500`` fills less and asks less often, and ``--only
WORD`` measures the pages whose name has the word in it; such a run prints its report and writes none.
"""

from __future__ import annotations

import argparse
import gzip
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 Django must be set up before anything of ours is imported
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import resolve  # noqa: E402

from cpms.accounts.models import ThematicGroup, User  # noqa: E402
from cpms.wsgi import settle  # noqa: E402
from tools.bench.directory import fill_directory  # noqa: E402
from tools.bench.filling import SIZES, fill  # noqa: E402
from tools.bench.growing import Ground  # noqa: E402
from tools.bench.listed import measure_sizes, pages  # noqa: E402
from tools.bench.measuring import Row, Target, confirm_again, measure, signed_in, timed  # noqa: E402
from tools.bench.month import measure_months  # noqa: E402
from tools.bench.others import Page, Walk, others  # noqa: E402
from tools.bench.report import Measured, text_of  # noqa: E402
from tools.bench.scale import WHOLE, Scale  # noqa: E402
from tools.local import places  # noqa: E402
from tools.local.terminal import say, step  # noqa: E402

REPORT = places.ROOT / "docs" / "evidence" / "bench.md"
Wanted = Callable[[str], bool]


def assets(html: str) -> int:
    """Bytes of what the page links, compressed as WhiteNoise serves it."""
    total = 0
    for link in set(re.findall(r'(?:href|src)="/static/([^"#?]+)', html)):
        file = Path(str(settings.STATIC_ROOT)) / link
        packed = file.with_name(file.name + ".gz")
        total += (packed if packed.exists() else file).stat().st_size
    modules = (Path(str(settings.STATIC_ROOT)) / "js").glob("*.js")
    return total + sum(len(gzip.compress(m.read_bytes())) for m in modules if re.fullmatch(r"[a-z_]+\.js", m.name))


def name_of(target: Target) -> str:
    """The route an address leads to."""
    return resolve((target if isinstance(target, str) else target[0]).partition("?")[0]).view_name


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


def asked_for() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orphanet", type=Path, help="a folder with orphacodes.tsv and orpha_edges.tsv")
    parser.add_argument(
        "--panels", type=int, default=WHOLE.panels, help="fill fewer panels, ask less often, write no report"
    )
    parser.add_argument(
        "--only", default="", metavar="WORD", help="only pages whose name has this word; write no report"
    )
    return parser.parse_args()


def filled(scale: Scale) -> tuple[list[User], float]:
    """The three leads, and the seconds that it took."""
    started = time.monotonic()
    leads = fill(say, scale)
    fill_directory(ThematicGroup.objects.get(number=1), scale.people)
    took = time.monotonic() - started
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return leads, took


def further(leads: list[User], known: set[str], scale: Scale, wanted: Wanted) -> tuple[Walk, list[Row]]:
    """Each page that the first table does not name."""
    with step("Rows for every other page"):
        ground = Ground(leads[-1], most=SIZES[-1])
        clients: dict[User, Client] = {user: signed_in(user) for user in ground.people}
        found = others(ground, known, SIZES, clients, wanted, scale.rounds_of_others)
    return found, [row_of(page, scale.rounds_of_others) for page in found.pages]


def row_of(page: Page, rounds: int) -> Row:
    """Timed with the most rows; a page of few rows has its time with 30 already."""
    confirm_again(page.client)
    counts = page.counts if page.by else page.counts[-1:]
    if page.typical is None:
        return measure(page.name, counts, page.client, page.path, rounds, by=page.by)
    return replace(page.typical, queries=counts, at_most=timed(page.client, page.path, rounds).p95)


def measured(scale: Scale, only: str) -> Measured:
    def wanted(name: str) -> bool:
        return only.casefold() in name.casefold()

    leads, took = filled(scale)
    visits = pages(leads)
    rows = [measure_sizes(page, asked, scale.rounds) for page, asked in visits if wanted(page)]
    known = {name_of(target) for _page, asked in visits for _client, target in asked}
    walk, more = further(leads, known, scale, wanted)
    html: Any = signed_in(leads[0]).get("/", secure=True).content.decode()
    found = Measured(scale, rows, more, walk, took, assets(html))
    if not only:
        found.months, found.late = measure_months(signed_in, measure)
    return found


def main() -> int:
    asked = asked_for()
    scale = WHOLE if asked.panels == WHOLE.panels else WHOLE.fewer(asked.panels)
    prepare(asked.orphanet)
    settle()
    found = measured(scale, asked.only)
    text = text_of(found)
    if scale.whole and not asked.only:
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(text, encoding="utf-8")
    say(text)
    return 1 if found.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
