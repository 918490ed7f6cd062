"""The end of the whole consultation: what the system does by itself, and what helpdesk and coordinator see of it."""

from __future__ import annotations

import csv
import datetime as dt
import time
from pathlib import Path

from cpms import clock
from cpms.accounts.models import CentreMembership, User
from cpms.audit.models import AuditEvent
from cpms.audit.states import Event
from cpms.notifications.models import WorkItem
from helpdesk.models import MonthlyKpi
from panels.models import Panel
from tests.factories import Story, UserFactory


def chase_and_count(product, panel, people, enter) -> None:
    """An unanswered invitation is reminded by beat's task; staff see who has not activated; the month is frozen."""
    sleeper, story = UserFactory(display_name="Dr Sleeper", activated_at=None), Story("asleep")
    story.group = panel.group
    story.open(sleeper)
    item = WorkItem.objects.get(who=sleeper)
    three_days = dt.timedelta(days=3, minutes=1)
    WorkItem.objects.filter(pk=item.pk).update(
        opened_at=item.opened_at - three_days, remind_at=item.remind_at - three_days
    )
    ask_worker(product, "notifications.remind")
    _invitation, mail = product.mailbox.wait(sleeper.email, 2)
    assert mail["Subject"] == "CPMS: something waits for you"
    item.refresh_from_db()
    assert item.reminders == 1
    staff = enter("helpdesk")
    staff.go("/helpdesk/accounts/user/?activated=no")
    staff.sees("Dr Sleeper")
    assert not staff.page.get_by_text("Dr Anneli Lead").is_visible()
    staff.close()
    as_if_last_month()
    ask_worker(product, "helpdesk.freeze_month")
    wait_for(MonthlyKpi.objects.exists, "the month's figures")
    coordinator = enter("coordinator")
    rows = take_month_out(coordinator)
    assert [rows[0][place] for place in ("Group", "Country", "Centre")] == ["", "", ""]
    counted = MonthlyKpi.objects.get(group=None, country="", centre=None).frozen()
    assert (counted["panels_opened"], counted["panels_closed"]) == (2, 1)
    # few people in one country, whose figures would follow from the network's
    few = [rows[0][name] for name in ("Registered users", "Active users", "Panels opened", "Panels closed")]
    assert (few, rows[0]["First replies"]) == (["<5*"] * 4, "0")
    coordinator.close()


def take_month_out(person) -> list[dict[str, str]]:
    """The lines of the newest month as CSV, from wherever the person is."""
    person.click("Reports", role="link", within="body")
    person.click("Excel, CSV or PDF", role="link")
    person.choose("As", "CSV")
    person.select("What for?", "Continuous monitoring of the ERNs")
    person.type("In a few words", "The month's report.")
    with person.page.expect_download() as caught:
        person.click("Download")
    return list(csv.DictReader(Path(caught.value.path()).read_text("utf-8-sig").splitlines()))


def ask_worker(product, task: str) -> None:
    """What beat does when the hour has come."""
    product.manage("shell", "-v0", "-c", f"from celery import current_app; current_app.send_task('{task}')")


def wait_for(ready, what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, f"{what}: not there within {seconds} s"
        time.sleep(0.05)


def as_if_last_month() -> None:
    """People, panels and sign-ins so far count as last month's; the trail is added to, never changed."""
    then = clock.now().replace(day=1) - dt.timedelta(days=3)
    User.objects.exclude(activated_at=None).update(activated_at=then)
    CentreMembership.objects.update(since=then.date())
    Panel.objects.exclude(opened_at=None).update(opened_at=then)
    Panel.objects.exclude(closed_at=None).update(closed_at=then)
    signed_in = AuditEvent.objects.filter(event=Event.SIGNED_IN).values_list("actor_id", flat=True)
    AuditEvent.objects.bulk_create(AuditEvent(event=Event.SIGNED_IN, at=then, actor_id=who) for who in set(signed_in))


def assert_nothing_clinical(mail, panel, *more: str) -> None:
    """No word of the case in subject, headers or body."""
    text = mail.as_string().lower()
    words = [panel.title, *(d.label for d in panel.case.diagnoses.all()), *(f.label for f in panel.case.findings.all())]
    for word in [*words, *more]:
        assert word.lower() not in text, word
