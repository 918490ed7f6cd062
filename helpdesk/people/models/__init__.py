"""Requests for access, what needs two people, tables of centres and people on their way in, the outreach log, and why people stay away."""

from helpdesk.people.models.away import WhyAway
from helpdesk.people.models.outreach import Outreach
from helpdesk.people.models.places import PlaceProposal
from helpdesk.people.models.requests import AccessRequest
from helpdesk.people.models.second import GlassBreak, LostPhone, RoleProposal
from helpdesk.people.models.tables import Table, TableRow

__all__ = [
    "AccessRequest",
    "GlassBreak",
    "LostPhone",
    "Outreach",
    "PlaceProposal",
    "RoleProposal",
    "Table",
    "TableRow",
    "WhyAway",
]
