"""The monthly job and the dashboards at five years of 20,000 panels: seconds, times the raw SQL, memory, p95."""

from __future__ import annotations

import datetime as dt
import resource
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpms import clock
from cpms.accounts.models import CentreMembership, Membership, Network, ThematicGroup, User
from cpms.accounts.roles import Role
from helpdesk import actions as helpdesk
from helpdesk.models import MonthlyKpi

GROWN_FROM = 100  # the growing lists number theirs from here
MONTHS, MOST_SECONDS, MOST_TIMES, MOST_MS, MOST_MB = 60, 30.0, 3.0, 300.0, 400.0
# All dates of a panel, its file and what was said in it move back together, by a different number of days for each
SPREAD = """
UPDATE panels_invitation SET sent_at = sent_at - {by}, answered_at = answered_at - {by}, expires_at = expires_at - {by};
UPDATE panels_contribution SET at = at - {by};
UPDATE panels_panel SET drafted_at = drafted_at - {by_own}, opened_at = opened_at - {by_own};
UPDATE accounts_user SET date_joined = date_joined - interval '5 years', activated_at = activated_at - interval '5 years';
UPDATE accounts_membership SET valid_from = valid_from - interval '5 years';
"""
DAYS = "interval '1 day' * (abs(hashtext({key}::text)) % 1460)"


def spread() -> None:
    with connection.cursor() as cursor:
        cursor.execute(SPREAD.format(by=DAYS.format(key="panel_id"), by_own=DAYS.format(key="id")))
        cursor.execute("ANALYZE")
    CentreMembership.objects.update(since=clock.today() - dt.timedelta(days=5 * 366))
    # Lists were measured with hundreds of groups in one network; no network has more than some twenty
    elsewhere = Network.objects.create(code="MANY", name="Invented network of invented groups")
    ThematicGroup.objects.filter(number__gte=GROWN_FROM).update(network=elsewhere)


def readers() -> dict[str, User]:
    """One of each role that reads figures; the first is the network's coordinator."""
    network = Network.objects.get(code="ENDO")
    group, centre = network.groups.order_by("number")[0], network.centres.order_by("pk")[0]
    held: dict[str, dict[str, Any]] = {
        "": {"role": Role.NETWORK_COORDINATOR, "network": network},
        "core helpdesk": {"role": Role.CORE_HELPDESK},
        "national officer": {"role": Role.NATIONAL_OFFICER, "country": centre.country},
        "group's coordinator": {"role": Role.GROUP_COORDINATOR, "group": group},
        "hospital": {"role": Role.REPRESENTATIVE, "centre": centre},
    }
    found = {}
    for number, (name, post) in enumerate(held.items()):
        email = f"months{number}@bench.example"
        found[name] = User.objects.create(email=email, activated_at=clock.now(), password="!")  # noqa: S106
        Membership.objects.create(user=found[name], **post)
    return found


def months_before(month: dt.date, many: int) -> Iterator[dt.date]:
    for _each in range(many):
        month = (month - dt.timedelta(days=1)).replace(day=1)
        yield month


def megabytes() -> float:
    """The most that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def job() -> tuple[float, float]:
    """Seconds of the job that closes the last month, and of the statements in it."""
    with CaptureQueriesContext(connection) as captured:
        started = time.perf_counter()
        helpdesk.close_month(by=None)
        took = time.perf_counter() - started
    return took, sum(float(query["time"]) for query in captured.captured_queries)


def measure_months(signed_in: Callable[[User], Any], measure: Callable[..., Any]) -> tuple[list[str], list[str]]:
    """Lines of the report, and what breaks a budget. It leaves the rows spread over the years, so it comes last."""
    spread()
    last = helpdesk.last_month()
    for month in reversed(list(months_before(last, MONTHS - 1))):
        helpdesk.freeze_month(month, by=None)
    before = megabytes()
    took, raw = job()
    grown, frozen = megabytes() - before, MonthlyKpi.objects.count()
    lines = MonthlyKpi.objects.filter(month=last).count()
    pages = {
        "Reports": reverse("kpis"),
        "Reports, a year": f"{reverse('kpis')}?from={last.year - 1}-01&month={last:%Y-%m}",
    }
    rows = []
    for who, person in readers().items():
        client = signed_in(person)
        for page, path in pages.items():
            name = f"{page}, {who}" if who else page
            rows.append((name, measure(name, [0], client, path, 20, most=MOST_MS)))
    text = [
        "## The month, after five years",
        "",
        f"The panels are spread over five years; {MONTHS} months, {frozen:,} lines are frozen, {lines} of them in the last.",
        f"The network of the reader has {ThematicGroup.objects.filter(network__code='ENDO').count()} groups.",
        "",
        "| what | found | budget |",
        "|---|---|---|",
        f"| monthly job: freeze, announce, look for late corrections of a year | {took:.1f} s | {MOST_SECONDS:.0f} s |",
        f"| the same, times its statements alone ({raw:.1f} s) | {took / raw:.1f} | {MOST_TIMES:.0f} |",
        f"| memory that it takes on top | {grown:.0f} MB | {MOST_MB:.0f} MB |",
        *(
            f"| {name}, p95 (median {row.median:.0f} ms, pace {row.pace:.2f} s) | {row.p95:.0f} ms | {MOST_MS:.0f} ms |"
            for name, row in rows
        ),
    ]
    limits = [("monthly job, s", took, MOST_SECONDS), ("monthly job, times its statements", took / raw, MOST_TIMES)]
    limits += [("monthly job, MB", grown, MOST_MB), *((f"{name}, p95 ms", row.p95, MOST_MS) for name, row in rows)]
    return text, [f"{name}: {value:.0f}" for name, value, most in limits if value > most]
