"""The helpdesk's own work in a real browser: a month's round in one sitting, and a ticket up to the core helpdesk and back."""

from __future__ import annotations

import datetime as dt

import pytest

from cpms import clock
from cpms.accounts.models import User
from cpms.accounts.roles import Role
from helpdesk import actions as helpdesk
from helpdesk.people import actions as people
from helpdesk.people.models import Outreach
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.states import TicketState
from tests.factories import AccessRequestFactory, CentreFactory, Story, UserFactory, canary, give_role
from tests.journeys.chasing import take_month_out
from tests.journeys.rooms import entered
from tests.panels.test_idle import age

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]


def staff(network=None, name="Helena Helpdesk"):
    user = UserFactory(role="none", display_name=name)
    give_role(user, Role.HELPDESK_ADULT if network else Role.CORE_HELPDESK, network=network)
    return user


def ask(asker, panel) -> Ticket:
    asker.go(panel.get_absolute_url())
    asker.start_counting()
    asker.click("Get help", role="link", within="footer")
    asker.choose("What is it?", "Something does not work")
    asker.type("Your words", canary("asks"))
    asker.sees(panel.ref)
    asker.click("Send to the helpdesk")
    asker.sees("No reply yet")
    assert asker.hands == 4
    return Ticket.objects.get()


def open_from_today(desk, ticket) -> None:
    desk.go("/helpdesk/")
    desk.click(ticket.ref, role="link")


def give_back(core, ticket) -> None:
    """With a word among helpdesks."""
    open_from_today(core, ticket)
    core.type("Your words", canary("aside"))
    core.tick("Only among helpdesks")
    core.click("Send")
    core.sees("Sent.")
    core.click("Give back to the network")
    core.sees("again.")
    assert core.status_of(ticket.get_absolute_url()) == 404


def test_a_ticket_goes_up_to_the_core_helpdesk_and_comes_back(product, browser):
    story = Story("a")
    panel = story.open()
    people = {"asker": story.lead, "desk": staff(panel.network), "core": staff(name="Cora Core")}
    asker, desk, core = (entered(person, browser, product.url) for person in people.values())
    ticket = ask(asker, panel)
    mail = product.mailbox.wait(people["desk"].email)[0]
    assert canary("asks") not in mail.as_string()
    open_from_today(desk, ticket)
    desk.sees(canary("asks"))
    desk.click("Put before the core helpdesk")
    desk.sees("The core helpdesk sees it now.")

    product.mailbox.wait(people["core"].email)
    give_back(core, ticket)
    product.mailbox.wait(people["desk"].email, 3)  # asked, the word among helpdesks, and back
    open_from_today(desk, ticket)
    desk.sees(canary("aside"))
    desk.type("Your words", "Choose the group first.")
    desk.click("Send")
    product.mailbox.wait(people["asker"].email)
    asker.page.reload()
    asker.sees("Choose the group first.")
    assert canary("aside") not in asker.page.content()
    asker.click("Close the ticket")
    asker.sees("The ticket is closed.")
    assert Ticket.objects.get().state == TicketState.CLOSED
    for person in (asker, desk, core):
        person.close()


def a_month_with_work():
    """Of last month: a panel that stands still since, somebody who asks for access, a hospital without a panel, and a lost phone
    that a colleague was told of."""
    story = Story("a")
    panel = story.open(UserFactory())
    age(story, 120)
    quiet = CentreFactory(network=panel.network, name="Quiet University Hospital")
    quiet.memberships.update(since=clock.today() - dt.timedelta(days=500))
    for centre, name in ((quiet, "Prof. Quiet Representative"), (story.lead.centre, "Prof. Busy Representative")):
        give_role(UserFactory(centre=centre, display_name=name), Role.REPRESENTATIVE, centre=centre)
    people.ask_for_factor(
        User.objects.get(display_name="Prof. Quiet Representative"),
        how_checked="Called back at the hospital's switchboard.",
        by=staff(panel.network, "Clara Colleague"),
    )
    helpdesk.freeze_month(clock.today().replace(day=1) - dt.timedelta(days=1), by=None)
    return panel, AccessRequestFactory(centre=story.lead.centre, display_name="Dr Nova Newcomer")


def approved(asked, browser, product) -> None:
    """By who may: the hospital's representative, from the mail of the helpdesk's reminder."""
    representative = User.objects.get(display_name="Prof. Busy Representative")
    product.mailbox.wait(representative.email)
    person = entered(representative, browser, product.url)
    person.go("/people/requests/")
    person.click("Approve")
    person.sees("gets an activation link by mail")
    person.close()
    product.mailbox.wait(asked.email)
    assert User.objects.get(email=asked.email).activated_at is None


def test_the_months_round_in_one_sitting(product, browser):
    """Remind, confirm, write a call down, take the month's figures out: from the one page of today, with the helpdesk's role alone."""
    panel, asked = a_month_with_work()
    user = staff(panel.network)
    desk = entered(user, browser, product.url)
    desk.go("/helpdesk/")
    desk.start_counting()
    assert asked.display_name not in desk.page.content()
    desk.click("Remind who decides")
    desk.sees("Sent today")
    approved(asked, browser, product)
    desk.go("/helpdesk/")
    assert not desk.page.get_by_role("button", name="Remind who decides").count()

    desk.click("Clara Colleague asks for a new phone", role="link")
    desk.click("Confirm: take the old phone away")
    desk.sees("A link went to the owner's address.")

    desk.go("/helpdesk/")
    desk.click("Remind the lead")
    desk.sees("Sent today")
    product.mailbox.wait(panel.lead.email)

    desk.click("Write down a call", role="link")
    desk.type("What was said, in a sentence", "They start in spring.")
    desk.type("What is next", "Show them the first panel")
    desk.type("By when", (clock.today() + dt.timedelta(days=14)).isoformat())
    desk.click("Write it down")
    desk.sees("They start in spring.")
    assert Outreach.objects.get(reminder=False).next_by == user

    rows = take_month_out(desk)
    assert {row["Network"] for row in rows} == {panel.network.name}
    assert desk.hands <= 18
    desk.close()
