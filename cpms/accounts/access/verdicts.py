"""A rule is written once and answers yes, or why not. The action raises on it, the template shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from cpms.accounts.roles import Permission


@dataclass(frozen=True)
class Verdict:
    """Truthy or falsy, with a reason that a clinician understands when it is falsy."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


yes = Verdict(allowed=True)
Rule = Callable[[Any, Any], Verdict]
R = TypeVar("R", bound=Callable[..., Verdict])
RULES: dict[Permission, Rule] = {}


def no(reason: str) -> Verdict:
    return Verdict(allowed=False, reason=reason)


def rule(permission: Permission) -> Callable[[R], R]:
    """Register ``may_…(user, thing)`` as the one rule for ``permission``. A second rule for it is an error."""

    def register(function: R) -> R:
        if permission in RULES:
            raise ValueError(f"{permission} has a rule already")
        RULES[permission] = function
        return function

    return register


def ask(permission: Permission, user: Any, thing: Any = None) -> Verdict:
    """The verdict of the permission's rule. Nobody signed out or switched off may do anything."""
    if not user.is_authenticated or not user.is_active:
        return no("Sign in first.")
    return RULES[permission](user, thing)
