"""Fill an empty database with the demonstration network, by the actions that everybody uses. Never run on a database that has people."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from cpms.accounts.models import Centre, User
from helpdesk.demo import network
from helpdesk.demo.archive import note_mails_sent, tell_at_their_time
from helpdesk.demo.concluded import load_concluded
from helpdesk.demo.founding import found_network, load_people
from helpdesk.demo.meetings import load_meetings
from helpdesk.demo.members import load_members
from helpdesk.demo.neighbours import load_neighbours
from helpdesk.demo.outreach import load_outreach
from helpdesk.demo.questions import load_questions
from helpdesk.demo.referrals import load_referrals
from helpdesk.demo.requests import load_requests
from helpdesk.demo.running import load_running
from helpdesk.demo.tickets import load_tickets

Say = Callable[[str], object]


@transaction.atomic
def load(say: Say) -> bool:
    """The network, its people and what is under way, without the past (``archive.load_past``). Whether anything was loaded: a
    database that knows one person is left alone."""
    if User.objects.exists():
        return False
    made, two = found_network()
    say(f"{Centre.objects.count()} invented hospitals in {len(network.HOSPITALS)} countries")
    people = load_people(made, two)
    say(f"{len(people)} people to try the demonstration as")
    already = User.objects.filter(centre__networks=made).count()
    members = load_members(made, already=already, by=people["charlotte.vanbrederode"])
    say(f"{already + members} registered people")
    say(f"{load_neighbours(by=two[0], second=two[1])} people in two small networks beside it")
    tell_at_their_time()
    note_mails_sent()
    say(f"{load_running(made)} panels under way")
    say(f"{load_concluded(made)} panel concluded, with its outcome signed")
    say(f"{load_meetings(made)} of them on the agenda of a joint board")
    say(f"{load_questions(made)} quick questions")
    say(f"{load_tickets(made)} tickets to the helpdesk")
    say(f"{load_outreach(made)} contacts with hospitals")
    say(f"{load_requests(made)} requests for access")
    say(f"{load_referrals(made)} referrals from outside")
    return True
