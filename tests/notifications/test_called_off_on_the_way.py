"""A mail that is called off while a dispatcher has it goes out no more, unless the mail server has it; its occasion may come back."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from cpms import clock
from cpms.notifications import actions
from cpms.notifications.actions import outbox
from cpms.notifications.models import OutboxMessage
from cpms.notifications.notices import Notice
from cpms.notifications.states import MailState, Verb
from tests.factories import Story

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])


@pytest.fixture
def story():
    story = Story()
    ask(story)
    return story


def ask(story):
    """As two actions do that ask for the same thing."""
    work = {"ref": "X", "path": "/", "due_at": clock.now()}
    actions.open_work(story.lead, Verb.DECIDE, on=story.network, **work)
    actions.notify([story.lead], notice=Notice.REQUEST_WAITING, by=None, about=story.network)


def done(story):
    actions.settle_work(story.lead, Verb.DECIDE, on=story.network)


def states(story):
    rows = OutboxMessage.objects.filter(recipient=story.lead, notice=Notice.REQUEST_WAITING)
    return list(rows.order_by("written_at").values_list("state", flat=True))


class Server:
    """A connection to a mail server; while it takes a mail something happens."""

    def __init__(self, happens):
        self.happens, self.took = happens, 0

    def send_messages(self, mails):
        self.happens()
        self.took += len(mails)
        return len(mails)


def nothing():
    """Happens."""


def test_a_claimed_mail_is_not_handed_over_once_it_is_called_off(story):
    (mail,), server = outbox.claim(), Server(nothing)
    done(story)
    assert (outbox.deliver(mail, server), server.took, states(story)) == (0, 0, [MailState.CANCELLED])


def test_a_claimed_mail_does_not_wait_anew_once_it_is_called_off(story):
    batch = outbox.claim()
    done(story)
    outbox.postpone(batch)
    assert states(story) == [MailState.CANCELLED]


def test_what_the_mail_server_takes_meanwhile_is_noted_as_sent(story):
    (mail,), server = outbox.claim(), Server(lambda: done(story))
    assert (outbox.deliver(mail, server), server.took, states(story)) == (1, 1, [MailState.SENT])


def test_what_is_asked_again_after_it_was_done_is_told_again(story):
    for _ in range(2):
        done(story)
        ask(story)
    assert states(story) == [MailState.CANCELLED, MailState.CANCELLED, MailState.WAITING]
    ask(story)
    assert states(story)[2:] == [MailState.WAITING]


def test_what_was_called_off_before_a_release_stands_in_the_way_of_nothing(story):
    OutboxMessage.objects.update(state=MailState.CANCELLED, path="/")
    ask(story)
    assert states(story) == [MailState.CANCELLED]
    import_module("cpms.notifications.migrations.0007_occasions_come_back").free_occasions(apps, None)
    ask(story)
    assert states(story) == [MailState.CANCELLED, MailState.WAITING]
