"""What the helpdesk spoke with hospitals. Invented, like everything in the demonstration."""

from __future__ import annotations

import datetime as dt

from cpms import clock
from cpms.accounts.models import Centre, Network
from helpdesk.demo.questions import person
from helpdesk.people import actions, queries
from helpdesk.people.states import Way

CONTACTS = (
    (12, Way.PHONE, "They know how, but nobody has an hour. Two colleagues start in January.", "Offer coaching", 0),
    (30, Way.MEETING, "At the general assembly: they wait for their data protection officer.", "Ask for the letter", 9),
    (45, Way.VISIT, "The whole team was shown how to read a laboratory table in.", "", 0),
)
"""Days ago, by which way, what was said, what is next, and in how many days from today."""


def load_outreach(made: Network) -> int:
    """Entries of three hospitals' logs, by the same action as everybody's. Gives how many."""
    desk, today = person("solene.faure"), clock.rights_day()
    for centre, (ago, way, said, step, ahead) in zip(Centre.objects.of(made).order_by("name"), CONTACTS, strict=False):
        next_one = {"next_step": step, "next_on": today + dt.timedelta(ahead), "next_by": desk} if step else {}
        spoken = {
            "on": today - dt.timedelta(ago),
            "way": way,
            "said": said,
            "person": queries.speakers_of(centre).first(),
        }
        actions.log_outreach(centre, by=desk, **spoken, **next_one)
    return len(CONTACTS)
