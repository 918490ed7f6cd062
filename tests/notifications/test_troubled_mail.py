"""What a mail server can do to us short of dying: be away, refuse an address, meet a mail that is odd."""

from __future__ import annotations

import datetime as dt
import socket
import threading

import pytest
from aiosmtpd.controller import Controller

from cpms import clock
from cpms.notifications import actions
from cpms.notifications.models import LEASE, OutboxMessage
from cpms.notifications.notices import Notice
from cpms.notifications.states import MailState
from tests.factories import UserFactory
from tools.local import places

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
NOBODY = "nobody@elsewhere.example"


class Choosy:
    """Takes what is addressed to somebody it knows."""

    def __init__(self) -> None:
        self.took: list[str] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 the library's name
        if address == NOBODY:
            return "550 5.1.1 No such person here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 the library's name
        self.took += envelope.rcpt_tos
        return "250 Kept"


@pytest.fixture
def server(settings):
    handler = Choosy()
    controller = Controller(handler, hostname="127.0.0.1", port=places.free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield handler
    controller.stop()


@pytest.fixture
def silent(settings):
    """A server that takes the connection and never says a word; gives how often it was called."""
    calls, listening = [], socket.create_server(("127.0.0.1", 0))

    def take():
        while True:
            try:
                calls.append(listening.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=take)
    thread.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = listening.getsockname()
    settings.EMAIL_TIMEOUT = 0.2
    yield calls
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(timeout=5)
    for call in calls:
        call.close()


def mails_to(*addresses: str) -> list[OutboxMessage]:
    people = [UserFactory(email=address) for address in addresses]
    return actions.notify(people, notice=Notice.ACCOUNT_READY, by=None, about=UserFactory())


def states() -> dict[str, str]:
    return {mail.to: mail.state for mail in OutboxMessage.objects.select_related("recipient")}


def later(monkeypatch, **time) -> None:
    at = clock.now() + dt.timedelta(**time)
    monkeypatch.setattr(clock, "now", lambda: at)


def test_a_mail_that_was_tried_often_and_left_by_a_dead_process_is_still_sent(server, monkeypatch):
    mails_to("a@x.example", "b@x.example")
    OutboxMessage.objects.update(attempts=7)
    assert len(actions.outbox.claim()) == 2  # and the process that claimed them dies
    later(monkeypatch, seconds=LEASE.total_seconds() + 1)
    assert actions.dispatch_outbox() == 2
    assert sorted(server.took) == ["a@x.example", "b@x.example"]


def test_who_was_overtaken_sends_nothing(server, monkeypatch):
    mails_to("a@x.example")
    (slow,) = actions.outbox.claim()
    later(monkeypatch, seconds=LEASE.total_seconds() + 1)
    assert actions.dispatch_outbox() == 1
    assert actions.outbox.deliver(slow, None) == 0
    assert server.took == ["a@x.example"]


def test_a_silent_server_is_asked_once_a_round_and_nothing_is_given_up(silent, monkeypatch):
    mails_to("a@x.example", "b@x.example", "c@x.example")
    for rounds in (1, 2, 3):
        assert actions.dispatch_outbox() == 0
        assert len(silent) == rounds
        later(monkeypatch, hours=1)
    assert set(states().values()) == {MailState.WAITING}
    assert set(OutboxMessage.objects.values_list("attempts", "doubts")) == {(3, 0)}


def test_an_odd_mail_holds_nobody_up(server):
    odd, _fine, _other = mails_to("odd@x.example", "b@x.example", "c@x.example")
    OutboxMessage.objects.filter(pk=odd.pk).update(notice="unheard_of")
    assert actions.dispatch_outbox() == 2
    assert states() == {"odd@x.example": "waiting", "b@x.example": "sent", "c@x.example": "sent"}


def test_an_address_that_is_refused_for_a_day_is_given_up_where_the_helpdesk_sees_it(server, monkeypatch):
    mails_to(NOBODY, "b@x.example")
    assert actions.dispatch_outbox() == 1
    assert states() == {NOBODY: "waiting", "b@x.example": "sent"}
    later(monkeypatch, hours=25)
    assert actions.dispatch_outbox() == 0
    assert states()[NOBODY] == MailState.GIVEN_UP
    assert OutboxMessage.objects.overdue().count() == 0


def test_the_address_of_somebody_without_an_account_stays_no_longer_than_the_mail_waits(server, monkeypatch):
    """Staff find a mail that fails while it fails; whom a mail that is gone went to stands nowhere."""

    def left():
        return sorted(OutboxMessage.objects.values_list("state", "address"))

    about = [UserFactory() for _ in range(3)]
    for address, each in zip((NOBODY, "b@x.example", "c@x.example"), about, strict=True):
        actions.notify_address(address, notice=Notice.ADDRESS_UNKNOWN, about=each)
    actions.cancel_mails([about[2].pk])
    assert actions.dispatch_outbox() == 1
    assert left() == [("cancelled", ""), ("sent", ""), ("waiting", NOBODY)]
    assert server.took == ["b@x.example"]
    later(monkeypatch, hours=25)
    assert OutboxMessage.objects.overdue().get().to == NOBODY
    assert actions.dispatch_outbox() == 0
    assert left() == [("cancelled", ""), ("given_up", ""), ("sent", "")]


def test_however_long_a_server_was_away_all_mails_go_out_within_a_minute_of_its_return(server, settings, monkeypatch):
    mails_to("a@x.example", "b@x.example", "c@x.example")
    back, settings.EMAIL_PORT = settings.EMAIL_PORT, places.free_port()
    for _ in range(30):
        assert actions.dispatch_outbox() == 0
        later(monkeypatch, minutes=1)
    settings.EMAIL_PORT = back
    later(monkeypatch, minutes=1)
    assert actions.dispatch_outbox() == 3
    assert sorted(server.took) == ["a@x.example", "b@x.example", "c@x.example"]


def test_an_outage_of_weeks_does_not_run_out_of_numbers(silent, monkeypatch):
    mails_to("a@x.example", "b@x.example")
    OutboxMessage.objects.update(attempts=actions.outbox.MOST_COUNTED)
    later(monkeypatch, hours=1)
    assert actions.dispatch_outbox() == 0
    assert set(OutboxMessage.objects.values_list("attempts", flat=True)) == {actions.outbox.MOST_COUNTED}
