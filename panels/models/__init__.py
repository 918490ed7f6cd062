"""Panels, their invitations, and what is said in them."""

from panels.models.invitations import Invitation
from panels.models.panels import Panel, PanelCounter, PanelStep, Visit
from panels.models.talk import Contribution, Message, Stance, Thanks

__all__ = ["Contribution", "Invitation", "Message", "Panel", "PanelCounter", "PanelStep", "Stance", "Thanks", "Visit"]
