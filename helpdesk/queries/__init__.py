"""What entry points and actions read of the page of today, and of files of figures."""

from helpdesk.queries.nudges import effect_of_nudges
from helpdesk.queries.rows import MAILS, MOST_SHOWN
from helpdesk.queries.today import (
    jobs_of,
    mails_found,
    mails_of,
    part_alone,
    parts_of,
    silent_this_year,
    thing_pressed,
)

__all__ = [
    "MAILS",
    "MOST_SHOWN",
    "effect_of_nudges",
    "jobs_of",
    "mails_found",
    "mails_of",
    "part_alone",
    "parts_of",
    "silent_this_year",
    "thing_pressed",
]
