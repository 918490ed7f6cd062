"""A case that two panels share: what happens in both at one moment leaves sight to whoever still sits in one, and to nobody else."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest
from django.db import connection, connections, transaction

from cpms import clock
from cpms.accounts.models import User
from panels import actions as panels
from panels.cases.models import Case
from panels.models import Invitation, Panel
from panels.states import Move
from tests.factories import Story
from tests.panels.test_races import rights  # noqa: F401 a fixture

pytestmark = pytest.mark.django_db(transaction=True)
WAITING = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"


class Shared(Story):
    """An expert sits in the first panel of a case, and is asked into the second."""

    def __init__(self):
        super().__init__()
        self.open()
        self.seat(self.expert)
        second = panels.draft_panel(self.case, network=self.network, by=self.lead)
        words = {"version": second.version, "question": "q", "title": "t", "group": self.group}
        panels.prepare(second, by=self.lead, **words)
        self.second_panel = second
        panels.open_panel(self.other(), by=self.lead, experts=[self.expert])

    def other(self):
        return Panel.objects.with_case().get(pk=self.second_panel.pk)

    @property
    def asked(self):
        return Invitation.objects.get(panel=self.second_panel, invitee=self.expert)


def one_before_the_other(first, then):
    """The second deed is done while the first is not committed; both end."""
    done, may_end, faults = threading.Event(), threading.Event(), []

    def begin():
        with transaction.atomic():
            first()
            done.set()
            assert may_end.wait(30)

    def kept(deed):
        try:
            deed()
        except Exception as error:  # noqa: BLE001 whatever it is, the test must see it
            faults.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=kept, args=(deed,)) for deed in (begin, then)]
    threads[0].start()
    assert done.wait(30)
    threads[1].start()
    give_up = time.monotonic() + 30
    while threads[1].is_alive() and not waits() and time.monotonic() < give_up:
        time.sleep(0.01)
    may_end.set()
    for thread in threads:
        thread.join(30)
    assert faults == []


def waits():
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return cursor.fetchone()[0]


def leave(panel, person):
    panels.leave(panel, reason="time", by=person)


def sees(person):
    return Panel.objects.visible_to(person).exists(), Case.objects.visible_to(person).exists()


def test_who_leaves_both_at_one_moment_sees_nothing_any_more():
    story = Shared()
    panels.accept(story.asked, by=story.expert)
    one_before_the_other(
        lambda: leave(story.fresh(), story.expert),
        lambda: leave(story.other(), story.expert),
    )
    assert sees(story.expert) == (False, False)


@pytest.mark.parametrize("first", ["leave", "enter"])
def test_who_leaves_one_and_enters_the_other_goes_on_seeing(first):
    story = Shared()
    deeds = [
        lambda: leave(story.fresh(), story.expert),
        lambda: panels.accept(story.asked, by=story.expert),
    ]
    one_before_the_other(*(deeds if first == "leave" else reversed(deeds)))
    assert sees(story.expert) == (True, True)


def test_a_guest_of_both_sees_nothing_once_one_is_withdrawn_and_the_other_left():
    story = Shared()
    until = clock.today() + dt.timedelta(days=9)
    seats = [story.invite_guest(until=until)]
    User.objects.filter(pk=seats[0].invitee_id).update(activated_at=clock.now())
    words = {"email": "guest@elsewhere.example", "name": "Dr Guest", "hospital": "Far Hospital", "country": "IE"}
    seats.append(panels.invite_guest(story.other(), by=story.lead, until=until, **words))
    guest = User.objects.get(pk=seats[0].invitee_id)
    for seat in seats:
        panels.accept(seat, by=guest)
    one_before_the_other(
        lambda: panels.move(story.fresh(), Move.WITHDRAW, by=story.lead),
        lambda: leave(story.other(), guest),
    )
    assert sees(guest) == (False, False)
