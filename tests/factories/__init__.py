"""Rows for tests. Everything clinical carries a canary: a token that may turn up only before those who may see it."""

from tests.factories.people import (
    PASSWORD,
    AccessRequestFactory,
    CentreFactory,
    DelegationFactory,
    GroupFactory,
    LostPhoneFactory,
    MembershipFactory,
    NetworkFactory,
    RoleProposalFactory,
    TableFactory,
    UserFactory,
    code_for,
    give_role,
    totp_device,
)
from tests.factories.story import CANARIES, Story, canary

__all__ = [
    "CANARIES",
    "PASSWORD",
    "AccessRequestFactory",
    "CentreFactory",
    "DelegationFactory",
    "GroupFactory",
    "LostPhoneFactory",
    "MembershipFactory",
    "NetworkFactory",
    "RoleProposalFactory",
    "Story",
    "TableFactory",
    "UserFactory",
    "canary",
    "code_for",
    "give_role",
    "totp_device",
]
