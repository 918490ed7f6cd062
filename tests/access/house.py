"""What waits or is written down around the lead's hospital, apart from its panel."""

from __future__ import annotations

import datetime as dt

from cpms import clock
from cpms.accounts.models import Delegation, Unit, UnitCover
from cpms.accounts.roles import Role
from helpdesk.people import actions as people
from panels import actions as panels
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


def unit_of(lead):
    """The lead's unit may see, and another one of the hospital: who works in the first, and who left it for the second."""
    here, other = (Unit.objects.create(centre=lead.centre, name=name) for name in ("Adrenal clinic", "Thyroid clinic"))
    for unit in (here, other):
        days = {"valid_to": clock.rights_day() + dt.timedelta(days=9), "given_by": lead}
        UnitCover.objects.create(unit=unit, reason="Holidays", **days)
    lead.unit = here
    lead.save()
    return {
        "unit_colleague": UserFactory(centre=lead.centre, unit=here),
        "unit_past": UserFactory(centre=lead.centre, unit=other),
    }


def near(story, member, *, network):
    """Who was the patient's clinician before, who acts for a member, and who does research for another registry."""
    people = {
        "former_lead": UserFactory(centre=story.lead.centre),
        "assistant_of_member": UserFactory(role="none", centre=member.centre),
        "researcher_elsewhere": UserFactory(role="none"),
    }
    Delegation.objects.create(assistant=people["assistant_of_member"], clinician=member)
    give_role(people["researcher_elsewhere"], Role.RESEARCHER, network=network, registry="another")
    for taker, giver in ((people["former_lead"], story.lead), (story.lead, people["former_lead"])):
        panels.hand_over([story.patient], to=taker, by=giver)
    return people


def spoken_with(centre, *, by):
    """An entry of the outreach log whose next step is due."""
    today = clock.rights_day()
    words = {"said": "They open a panel soon.", "next_step": "Ask again", "next_on": today, "next_by": by}
    return people.log_outreach(centre, on=today, way="phone", person=None, by=by, **words)
