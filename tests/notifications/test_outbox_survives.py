"""Nothing is lost when a worker is killed or Redis is dead, and nothing is sent twice but in the one unavoidable gap."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.client
import os
import signal
import sys
import threading
import time
from email import message_from_bytes
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse

from cpms import clock
from cpms.jobs.models import Job
from cpms.jobs.states import JobState
from cpms.notifications import actions
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from cpms.notifications.states import MailState
from cpms.vault.cipher import CannotOpen
from panels import actions as panels
from panels.models import Message
from tests.clients import signed_in
from tests.factories import Story, UserFactory
from tools.local import places, processes

pytestmark = [pytest.mark.kills, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
PATIENCE = 60


def until(holds, seconds=PATIENCE):
    """Wait for a condition of the outside world; fail loudly when it does not come."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def sink(tmp_path):
    """A mail server that can be made to stall, and the addresses to reach it."""
    folder, port = tmp_path / "sink", places.free_port()
    folder.mkdir()
    command = [sys.executable, "-m", "tests.notifications.stalling", str(port), str(folder)]
    with (tmp_path / "sink.log").open("wb") as log:
        process = processes.spawn(command, log=log, cwd=places.ROOT, env=dict(os.environ))
    places.wait_for_port(port, process)
    yield folder, port
    processes.end(process, processes.TERM, patience=2)


@pytest.fixture
def start(process_env, tmp_path, sink):
    """Start one of our programs on this test's database and mail server."""
    started = []

    def run(*words, redis="", mail=""):
        env = {**process_env, "EMAIL_URL": mail or f"smtp://127.0.0.1:{sink[1]}"}
        env = {**env, "REDIS_URL": redis} if redis else env
        with (tmp_path / f"{len(started)}.log").open("wb") as log:
            started.append(processes.spawn([sys.executable, *words], log=log, cwd=places.ROOT, env=env))
        return started[-1]

    yield run
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # with its children, which would outlive it
        process.wait()


def ids(folder):
    return [message_from_bytes(file.read_bytes())["Message-ID"] for file in sorted(folder.glob("*.eml"))]


def write_mails(count):
    """One mail each to so many people, all about one thing."""
    thing = UserFactory()
    people = [UserFactory() for _ in range(count)]
    actions.notify(people, notice=Notice.ACCOUNT_READY, by=None, about=thing)


def all_sent():
    return not OutboxMessage.objects.exclude(state=MailState.SENT).exists()


def test_a_worker_killed_between_the_servers_yes_and_our_note_repeats_one_mail_at_most(start, sink, own_broker):
    folder, _port = sink
    (folder / "stall").touch()
    worker = start(
        "-m", "celery", "-A", "cpms", "worker", "-B", "-s", str(folder / "beat"), "-c", "1", redis=own_broker.url
    )
    write_mails(10)
    until(lambda: len(ids(folder)) == 1)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    (folder / "stall").unlink()
    OutboxMessage.objects.filter(state=MailState.SENDING).update(lease_until=clock.now())
    start("manage.py", "dispatch", "--skip-checks", redis=own_broker.url).wait(timeout=PATIENCE)
    assert all_sent()
    seen = ids(folder)
    assert len(set(seen)) == 10
    assert set(seen) == {m.message_id for m in OutboxMessage.objects.all()}
    assert len(seen) <= 11


def post(port, path, client, **fields):
    """One POST to a real web process with this client's session; status and seconds."""
    token = "a" * 32
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    headers = {
        "Cookie": f"{cookie}; {settings.CSRF_COOKIE_NAME}={token}",
        "X-CSRFToken": token,
        "Host": "localhost",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    started = time.monotonic()
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as web:
        web.request("POST", path, urlencode(fields), headers)
        return web.getresponse().status, time.monotonic() - started


def test_with_a_dead_redis_people_write_and_mails_go_out(start, sink, own_broker, tmp_path):
    story = Story()
    story.open(story.expert)
    own_broker.process.kill()
    own_broker.process.wait()
    port = places.free_port()
    (tmp_path / "static").mkdir()
    web = start("-m", "gunicorn", "cpms.wsgi", "--bind", f"127.0.0.1:{port}", redis=own_broker.url)
    places.wait_for_port(port, web)
    client = signed_in(story.lead)
    path = reverse("panels:reply", args=[story.panel.ref])
    post(port, path, client, kind="message", text="Warms the process up.")
    status, seconds = post(port, path, client, kind="message", text="Still here.")
    assert status == 302
    assert seconds < 3
    assert {message.text for message in Message.objects.all()} == {"Warms the process up.", "Still here."}
    start("manage.py", "dispatch", "--skip-checks", redis=own_broker.url).wait(timeout=PATIENCE)
    assert all_sent()
    assert len(ids(sink[0])) == OutboxMessage.objects.count() > 0


def test_a_redis_that_comes_back_gets_the_jobs_that_waited(start, own_broker):
    story = Story()
    story.open()
    own_broker.process.kill()
    own_broker.process.wait()
    story.seat(story.expert)
    start("manage.py", "dispatch", "--skip-checks", redis=own_broker.url).wait(timeout=PATIENCE)
    assert Job.objects.get().state == JobState.WAITING
    own_broker.start()
    start("-m", "celery", "-A", "cpms", "worker", "-c", "1", redis=own_broker.url)
    start("manage.py", "dispatch", "--skip-checks", redis=own_broker.url).wait(timeout=PATIENCE)
    until(lambda: Job.objects.get().state == JobState.DONE)


def test_eight_dispatchers_send_each_mail_once(sink, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink[1]
    write_mails(40)
    barrier, sent = threading.Barrier(8), []

    def work():
        barrier.wait()
        sent.append(actions.dispatch_outbox())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sum(sent) == 40
    assert len(ids(sink[0])) == len(set(ids(sink[0]))) == 40


def test_what_was_rolled_back_is_never_sent(sink):
    with transaction.atomic():
        write_mails(3)
        transaction.set_rollback(True)
    assert actions.dispatch_outbox() == 0
    assert ids(sink[0]) == []


def test_an_unreachable_mail_server_costs_nothing_but_time(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", places.free_port()
    write_mails(2)
    assert actions.dispatch_outbox() == 0
    waiting = OutboxMessage.objects.filter(state=MailState.WAITING, not_before__gt=clock.now())
    assert waiting.count() == 2


def test_what_should_have_gone_is_late_however_often_it_is_tried(settings, client, monkeypatch):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", places.free_port()
    write_mails(2)
    start, told = clock.now(), []
    for minutes in (0, 5, 14, 16, 45):
        monkeypatch.setattr(clock, "now", lambda at=start + dt.timedelta(minutes=minutes): at)
        assert actions.dispatch_outbox() == 0
        told.append((OutboxMessage.objects.overdue().count(), client.get("/readyz").json()["mail"]))
    assert told == [(0, True), (0, True), (0, True), (2, False), (2, False)]
    assert OutboxMessage.objects.filter(attempts__gte=3).count() == 2


def test_a_mail_for_later_is_late_only_after_that_and_a_daily_mail_when_its_day_is_over(monkeypatch):
    write_mails(2)
    start, late = clock.now(), []
    held = OutboxMessage.objects.first()
    OutboxMessage.objects.filter(pk=held.pk).update(state=MailState.HELD)
    OutboxMessage.objects.exclude(pk=held.pk).update(due_at=start + dt.timedelta(hours=9))
    for hours in (1, 9, 10, 27):
        monkeypatch.setattr(clock, "now", lambda at=start + dt.timedelta(hours=hours): at)
        late.append(OutboxMessage.objects.overdue().count())
    assert late == [0, 0, 1, 2]


def test_somebody_switched_off_gets_nothing(mailoutbox):
    write_mails(1)
    person = OutboxMessage.objects.get().recipient
    type(person).objects.filter(pk=person.pk).update(is_active=False)
    OutboxMessage.objects.update(path="/accounts/activate/a-secret/")
    assert actions.dispatch_outbox() == 0
    mail = OutboxMessage.objects.get()
    assert (mail.state, mail.path) == (MailState.CANCELLED, "/")
    assert mailoutbox == []


def test_the_link_of_a_mail_is_sealed_until_it_is_sent_and_gone_afterwards(mailoutbox):
    link = "/accounts/activate/a-secret-token/"
    actions.notify([UserFactory()], notice=Notice.ACCOUNT_READY, by=None, about=UserFactory(), path=link)
    mail = OutboxMessage.objects.get()
    assert mail.link == link
    assert "secret" not in str(OutboxMessage.objects.values().get())
    OutboxMessage.objects.filter(pk=mail.pk).update(path=mail.path.replace(":", ":other-", 1))
    with pytest.raises(CannotOpen):
        _ = OutboxMessage.objects.get().link
    OutboxMessage.objects.filter(pk=mail.pk).update(path=mail.path)
    actions.dispatch_outbox()
    assert link in mailoutbox[0].body
    assert (OutboxMessage.objects.get().path, OutboxMessage.objects.get().link) == ("/", "/")


def test_a_mail_in_doubt_is_repeated_once_and_then_given_up(mailoutbox):
    write_mails(1)
    past = clock.now()
    OutboxMessage.objects.update(state=MailState.SENDING, lease_until=past, doubts=2)
    assert actions.dispatch_outbox() == 0
    assert OutboxMessage.objects.get().state == MailState.GIVEN_UP
    assert OutboxMessage.objects.overdue().count() == 0


def test_withdrawing_cancels_what_is_not_sent_yet(mailoutbox):
    story = Story()
    story.open(story.expert)
    panels.withdraw(story.fresh(), by=story.lead)
    actions.dispatch_outbox()
    assert [mail.to for mail in mailoutbox] == []
