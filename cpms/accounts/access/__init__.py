"""Who may do what, declared once: verdicts and rules, routes, grants.

``from cpms.accounts.access import access, rule, yes, no`` is what the apps need.
"""

from cpms.accounts.access.routes import Refused, Route, access, load_for, route_of, still_open, walk
from cpms.accounts.access.serving import on_behalf, record_read, record_shown
from cpms.accounts.access.verdicts import RULES, Rule, Verdict, ask, no, rule, yes

__all__ = [
    "RULES",
    "Refused",
    "Route",
    "Rule",
    "Verdict",
    "access",
    "ask",
    "load_for",
    "no",
    "on_behalf",
    "record_read",
    "record_shown",
    "route_of",
    "rule",
    "still_open",
    "walk",
    "yes",
]
