"""Rows for tests. Everything clinical carries a canary: a token that may turn up only before those who may see it."""

from tests.factories.people import (
    PASSWORD,
    AccessRequestFactory,
    CentreFactory,
    DelegationFactory,
    GlassBreakFactory,
    GroupFactory,
    LostPhoneFactory,
    MembershipFactory,
    NetworkFactory,
    PlaceProposalFactory,
    RoleProposalFactory,
    TableFactory,
    UserFactory,
    code_for,
    give_role,
    totp_device,
)
from tests.factories.story import CANARIES, Story, canary, case_form

__all__ = [
    "CANARIES",
    "PASSWORD",
    "AccessRequestFactory",
    "CentreFactory",
    "DelegationFactory",
    "GlassBreakFactory",
    "GroupFactory",
    "LostPhoneFactory",
    "MembershipFactory",
    "NetworkFactory",
    "PlaceProposalFactory",
    "RoleProposalFactory",
    "Story",
    "TableFactory",
    "UserFactory",
    "canary",
    "case_form",
    "code_for",
    "give_role",
    "totp_device",
]
