"""Parts of the tours past the pages: an account with its roles, and a case saved elsewhere meanwhile."""

from __future__ import annotations

from cpms.accounts import actions as accounts
from cpms.accounts.roles import Role
from panels import actions as panels
from panels.cases.models import Case
from tests.factories import GlassBreakFactory, LostPhoneFactory, RoleProposalFactory, Story, UserFactory, give_role
from tests.journeys.person import Person
from tests.journeys.rooms import Rooms, entered
from tests.journeys.tour import Tour


def the_pages_of_accounts(tour: Tour, rooms: Rooms, decider: Person, browser, url: str) -> Person:
    """An account with its roles, with errors, and with what waits for a second person."""
    account = f"/people/{rooms.lead.pk}/"
    tour.look(decider, "accounts", "/people/")
    tour.look(decider, "accounts, none found", "/people/?q=nobody-of-this-name")
    tour.look(decider, "an account", account)
    tour.send_empty(decider, "a role", account, "form[action$='/grant/']", valid_to="2020-01-01")
    RoleProposalFactory(person=rooms.lead, network=rooms.draft.group.network)
    helpdesk = rooms.enter("helpdesk", browser, url)
    panels.let_in(rooms.open.fresh(), who=rooms.people["helpdesk"], by=rooms.lead)
    tour.look(helpdesk, "a panel looked on", f"/panels/{rooms.open.panel.ref}/")
    GlassBreakFactory(panel=rooms.closed.panel, person=rooms.lead)
    tour.look(helpdesk, "break-glass", "/people/glass/")
    tour.send_empty(helpdesk, "break-glass", "/people/glass/", "main form:has([name=ref])", ref="NONE")
    tour.send_empty(helpdesk, "a lost phone", account, "form[action$='/phone/']")
    LostPhoneFactory(person=rooms.lead)
    tour.look(helpdesk, "an account with two wishes", account)
    left_behind(tour, rooms, browser, url)
    tour.look(decider, "nobody asked about my phone", "/people/phone/")
    here = f"/people/centres/{rooms.lead.centre.pk}/"
    tour.look(helpdesk, "centre with its outreach log", here)
    tour.send_empty(helpdesk, "a contact", here, "form[action$='/outreach/']")
    tour.look(helpdesk, "correct an entry", f"/people/outreach/{rooms.spoken.pk}/")
    tour.send_empty(helpdesk, "correct an entry, empty", "", "main form[method=post]", said="")
    return helpdesk


def left_behind(tour: Tour, rooms: Rooms, browser, url: str) -> None:
    """A clinician has gone: what the hospital's representative sees, until somebody answers for every patient again."""
    centre, gone = rooms.lead.centre, Story("gone")
    gone.lead = UserFactory(centre=centre)
    representative = UserFactory(role="none", centre=centre)
    give_role(representative, Role.REPRESENTATIVE, centre=centre)
    assert gone.patient
    person, here = entered(representative, browser, url), f"/people/centres/{centre.pk}/patients/"
    tour.look(person, "nobody left behind", here)
    accounts.switch_account(gone.lead, on=False, by=representative)
    tour.look(person, "patients left behind", here)
    tour.send_empty(person, "patients left behind", here, "main form[method=post]")
    tour.look(person, "a clinician who has gone", f"/people/{gone.lead.pk}/")
    tour.look(person, "a hospital with patients left behind", f"/people/centres/{centre.pk}/")
    person.close()


def clash(tour: Tour, lead: Person, case: str, rooms: Rooms) -> None:
    """The case was saved elsewhere while it stood open here."""
    lead.go(case)
    Case.objects.filter(pk=rooms.open.case.pk).update(version=99)
    tour.send_empty(lead, "conflict", "", "main form[method=post]", status=409, summary="Typed here meanwhile.")
