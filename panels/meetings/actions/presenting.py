"""Who presents a panel in a meeting is asked to, and hears when they need not."""

from __future__ import annotations

from typing import Any

from cpms import clock
from cpms.notifications import actions as notifications
from cpms.notifications.notices import Notice
from panels.meetings.models import AgendaItem, Meeting


def ask_to_present(item: AgendaItem, meeting: Meeting, *, by: Any) -> None:
    tell(item, meeting, notice=Notice.PRESENTER, by=by)


def relieve(item: AgendaItem, meeting: Meeting, *, by: Any) -> None:
    """Who was to present need not: they hear of it if they were asked already."""
    if item.presenter is not None and not ask_no_more(item, meeting):
        tell(item, meeting, notice=Notice.NOT_PRESENTER, by=by)


def ask_no_more(item: AgendaItem, meeting: Meeting) -> int:
    """Gives how many mails that asked the presenter were not sent yet; none of them is."""
    to = item.presenter
    return notifications.cancel_mails([meeting.pk], Notice.PRESENTER, to=to, ref=item.panel.ref) if to else 0


def ask_elsewhere(item: AgendaItem, meeting: Meeting, after: Meeting | None, *, by: Any) -> None:
    """The panel goes on from this meeting to the one after it, or to none: who was not mailed yet is asked to present it there."""
    if ask_no_more(item, meeting) and after:
        ask_to_present(item, after, by=by)


def tell(item: AgendaItem, meeting: Meeting, *, notice: Notice, by: Any) -> None:
    """The presenter, of this one occasion."""
    ref, path = item.panel.ref, meeting.get_absolute_url()
    again = f"{ref}:{clock.now()}"
    notifications.notify([item.presenter], notice=notice, by=by, about=meeting, ref=ref, path=path, again=again)
