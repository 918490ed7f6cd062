"""Finding people, places and experts."""

from cpms.accounts.queries.directory import Found, Wanted, conditions_named, coverage, find_experts, profile_of
from cpms.accounts.queries.people import (
    codes_left,
    colleagues_of,
    coordinators_of,
    coordinators_of_group,
    delegation_of,
    devices_of,
    experts,
    has_device,
    helpdesk_of,
    networks_of,
    people_of,
    representatives_of,
    session_of,
    sessions_of,
    usable_link,
)

__all__ = [
    "Found",
    "Wanted",
    "codes_left",
    "colleagues_of",
    "conditions_named",
    "coordinators_of",
    "coordinators_of_group",
    "coverage",
    "delegation_of",
    "devices_of",
    "experts",
    "find_experts",
    "has_device",
    "helpdesk_of",
    "networks_of",
    "people_of",
    "profile_of",
    "representatives_of",
    "session_of",
    "sessions_of",
    "usable_link",
]
