"""What waits or is written down around the lead's hospital, apart from its panel."""

from __future__ import annotations

from cpms import clock
from cpms.accounts.roles import Role
from helpdesk.people import actions as people
from tests.factories import (
    GlassBreakFactory,
    LostPhoneFactory,
    PlaceProposalFactory,
    RoleProposalFactory,
    UserFactory,
    give_role,
)


def wishes(story, other, roles):
    """A lost phone, a role, a hospital and a look behind the glass: each asked for, and waiting for somebody else."""
    wish = {"person": story.lead, "asked_by": UserFactory(role="none")}
    for role in (Role.HELPDESK_ADULT, Role.NETWORK_COORDINATOR):
        give_role(wish["asked_by"], role, network=story.group.network)
    elsewhere = {"network": other.group.network, "asked_by": roles["coordinator_elsewhere"]}
    third = UserFactory(role="none")
    give_role(third, Role.HELPDESK_ADULT, network=story.group.network)
    return {
        "lost": LostPhoneFactory(**wish),
        "proposal": RoleProposalFactory(network=story.group.network, **wish),
        "asked_place": PlaceProposalFactory(centre=story.lead.centre, **elsewhere),
        "glass": GlassBreakFactory(panel=story.panel, person=story.lead, asked_by=third),
    }


def spoken_with(centre, *, by):
    """An entry of the outreach log whose next step is due."""
    today = clock.rights_day()
    words = {"said": "They open a panel soon.", "next_step": "Ask again", "next_on": today, "next_by": by}
    return people.log_outreach(centre, on=today, way="phone", person=None, by=by, **words)
