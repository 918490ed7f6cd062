"""What registries receive. Which cases that are, the patients' consents decide."""

from __future__ import annotations

from typing import Any

from cpms.accounts.access import Verdict, rule, yes
from cpms.accounts.roles import Permission


@rule(Permission.REGISTRY_READ)
def may_read_registry(_user: Any, _registry: Any) -> Verdict:
    """Only its own researchers see a registry at all."""
    return yes


@rule(Permission.REGISTRY_RECEIVE)
def may_receive(_user: Any, _registry: Any) -> Verdict:
    """For a registry that is open; a closed one is seen by nobody."""
    return yes
