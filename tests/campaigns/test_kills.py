"""A process is killed at ten points between a deed and its noted mail: nothing is lost, and nothing is sent twice but where
nobody can know.

``CPMS_KILLS`` sets how often; every run takes 25, a campaign (``bin/campaign kills``) 500. Each time a fresh process does its
work and kills itself, by ``SIGKILL``, when it enters or leaves a function; then an undisturbed dispatcher goes on.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from email import message_from_bytes

import pytest
from django.conf import settings
from django.db import connections

from cpms import clock
from cpms.jobs import actions as jobs
from cpms.notifications import actions as notifications
from cpms.notifications.models import OutboxMessage
from cpms.notifications.states import MailState
from panels import actions as panels
from panels.models import Message
from tests.campaigns import report
from tests.factories import Story, UserFactory
from tests.panels.test_races import rights  # noqa: F401 a fixture
from tools.local import places, processes

pytestmark = [pytest.mark.kills, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
KILLS = int(os.environ.get("CPMS_KILLS", "25"))
PEOPLE = 3
WRITING, SENDING = "writing", "sending"

# what the process is doing, the file and function it dies in, on entering or leaving it, and at which time of passing
POINTS = (
    (WRITING, "panels/actions/talking.py", "comment", "call", 1),
    (WRITING, "actions/outbox.py", "notify", "call", 1),
    (WRITING, "actions/outbox.py", "notify", "return", 1),
    (WRITING, "jobs/actions.py", "try_send", "call", 1),
    (SENDING, "actions/outbox.py", "claim", "return", 1),
    (SENDING, "actions/outbox.py", "deliver", "call", 1),
    (SENDING, "smtplib.py", "data", "call", 2),
    (SENDING, "smtplib.py", "data", "return", 2),
    (SENDING, "actions/outbox.py", "deliver", "return", 1),
    (SENDING, "actions/outbox.py", "deliver", "call", 3),
)
IN_DOUBT = {6, 7}
"""While the mail server is taking the mail, nobody can know whether it did: one repeat, with the same Message-ID."""


@pytest.fixture(scope="module")
def sink(tmp_path_factory):
    """A mail server on loopback for all the kills, and the folder of what it took."""
    folder, port = tmp_path_factory.mktemp("sink"), places.free_port()
    command = [sys.executable, "-m", "tests.notifications.stalling", str(port), str(folder)]
    with (folder / "log").open("wb") as log:
        process = processes.spawn(command, log=log, cwd=places.ROOT, env=dict(os.environ))
    places.wait_for_port(port, process)
    yield folder, port
    processes.end(process, processes.TERM, patience=2)


@pytest.fixture(autouse=True)
def to_the_sink(sink, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink[1]


def die_at(where: str, name: str, event: str, times: int) -> None:
    """From now on this process kills itself there."""
    left = [times]

    def watch(frame, what, _argument):
        code = frame.f_code
        if what == event and code.co_name == name and code.co_filename.endswith(where):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)


def inherit_no_connection() -> None:
    """In a forked process: leave the parent's connections to the parent.

    Where a browser's event loop runs in this thread, Django keeps its connections with the loop; the child has no loop and
    sees those the thread opened before it. They are forgotten, not closed, for the parent talks through the same sockets.
    """
    for connection in connections.all(initialized_only=True):
        connection.connection = None


def killed(deed, point) -> bool:
    """Do the deed in a process of its own that dies at the point; whether it died there."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            inherit_no_connection()
            die_at(*point)
            deed()
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def delivered(folder) -> list[str]:
    files = sorted(folder.glob("*.eml"))
    return [message_from_bytes(file.read_bytes())["Message-ID"] for file in files]


def recover() -> float:
    """An undisturbed dispatcher, with the leases of the dead run out; gives the seconds until everything is out."""
    began = time.monotonic()
    OutboxMessage.objects.filter(state=MailState.SENDING).update(lease_until=clock.now())
    notifications.dispatch_outbox()
    jobs.dispatch()
    return time.monotonic() - began


def test_killed_at_any_point_nothing_is_lost_and_nothing_doubled(sink):
    folder, _port = sink
    story = Story()
    story.open()
    for _ in range(PEOPLE):
        story.seat(UserFactory())
    notifications.dispatch_outbox()
    died, doubled, slowest = 0, 0, 0.0
    for number in range(KILLS):
        which = number % len(POINTS)
        doing, *point = POINTS[which]
        Message.objects.all().delete()
        OutboxMessage.objects.all().delete()
        [file.unlink() for file in folder.glob("*.eml")]

        def write(number=number):
            panels.comment(story.fresh(), text=f"Message {number}", by=story.lead)

        if doing == WRITING:
            died += killed(write, point)
        else:
            write()
            died += killed(notifications.dispatch_outbox, point)
        slowest = max(slowest, recover())
        doubled += checked(folder, which)
    assert died == KILLS
    report.note("kills", runs=KILLS, points=len(POINTS), lost=0, doubled_in_doubt=doubled, slowest_recovery=slowest)


def checked(folder, which: int) -> int:
    """A deed that was committed is in the mail of everybody else, one that was not is in nobody's; gives the repeats."""
    written = OutboxMessage.objects.count()
    assert written == PEOPLE * Message.objects.count()
    assert not OutboxMessage.objects.exclude(state=MailState.SENT).exists()
    seen = delivered(folder)
    assert set(seen) == {mail.message_id for mail in OutboxMessage.objects.all()}
    repeats = len(seen) - len(set(seen))
    assert repeats <= (1 if which in IN_DOUBT else 0)
    return repeats


def test_the_points_are_in_the_code_they_name():
    assert settings.BASE_DIR.joinpath("cpms/notifications/actions/outbox.py").exists()
    assert len(POINTS) == 10
    assert len(set(POINTS)) == 10
