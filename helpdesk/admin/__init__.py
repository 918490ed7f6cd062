"""The helpdesk's admin site."""

from helpdesk.admin.deliveries import JobAdmin, OutboxAdmin
from helpdesk.admin.networks import NetworkAdmin
from helpdesk.admin.pages import HelpdeskAdminSite, site
from helpdesk.admin.sheets import CaseFormAdmin
from helpdesk.admin.video import VideoServiceAdmin

__all__ = ["CaseFormAdmin", "HelpdeskAdminSite", "JobAdmin", "NetworkAdmin", "OutboxAdmin", "VideoServiceAdmin", "site"]
