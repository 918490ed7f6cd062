"""People, places, roles, second factors and grants."""

from cpms.accounts.models.covers import UnitCover
from cpms.accounts.models.delegations import Delegation, latest_absence
from cpms.accounts.models.devices import RecoveryCode, RecoveryDevice, TotpDevice
from cpms.accounts.models.expert_groups import ExpertGroup
from cpms.accounts.models.expertise import Expertise
from cpms.accounts.models.experts import Expert
from cpms.accounts.models.links import ActivationLink
from cpms.accounts.models.people import Membership, User, away, practises
from cpms.accounts.models.places import AdvocacyGroup, Centre, CentreMembership, Network, ThematicGroup, Unit

__all__ = [
    "ActivationLink",
    "AdvocacyGroup",
    "Centre",
    "CentreMembership",
    "Delegation",
    "Expert",
    "ExpertGroup",
    "Expertise",
    "Membership",
    "Network",
    "RecoveryCode",
    "RecoveryDevice",
    "ThematicGroup",
    "TotpDevice",
    "Unit",
    "UnitCover",
    "User",
    "away",
    "latest_absence",
    "practises",
]
