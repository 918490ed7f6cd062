"""What registries receive. Which cases that are, the patients' consents decide."""

from __future__ import annotations

from typing import Any

from consent.models import Registry
from cpms.accounts.access import Verdict, no, rule, yes
from cpms.accounts.roles import Permission


@rule(Permission.REGISTRY_READ)
def may_read_registry(_user: Any, _registry: Any) -> Verdict:
    """Only its own researchers see a registry at all."""
    return yes


@rule(Permission.REGISTRY_RECEIVE)
def may_receive(user: Any, registry: Any) -> Verdict:
    """The researchers of a registry that is open, at the moment of taking: whoever saw the page may have been one until then."""
    if Registry.objects.visible_to(user).filter(pk=registry.pk).exists():
        return yes
    return no("Cases go to a registry that is open, through its own researchers.")
