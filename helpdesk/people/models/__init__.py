"""Requests for access, what needs two people, and tables of centres and people on their way in."""

from helpdesk.people.models.places import PlaceProposal
from helpdesk.people.models.requests import AccessRequest
from helpdesk.people.models.second import GlassBreak, LostPhone, RoleProposal
from helpdesk.people.models.tables import Table, TableRow

__all__ = ["AccessRequest", "GlassBreak", "LostPhone", "PlaceProposal", "RoleProposal", "Table", "TableRow"]
