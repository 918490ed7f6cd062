"""From a physician outside the networks to an outcome without a meeting, by way of two networks: in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from cpms.accounts.models import Network
from cpms.accounts.roles import Role
from panels.models import Dispatch, Invitation, Message, Panel
from panels.states import DispatchState, State
from tests.campaigns import sweep
from tests.factories import CentreFactory, GroupFactory, UserFactory, give_role, totp_device
from tests.journeys.person import Person

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
QUESTION = "A boy of six with low sodium and a swollen knee. Adrenal, bone, or both?"
ADVICE = "Both: measure renin first, and let a bone specialist see the knee."


def link_in(mail) -> str:
    return re.search(r"https?://\S+", mail.get_content()).group()


def make_people():
    adrenal = GroupFactory(number=1, name="Adrenal")
    bone = GroupFactory(network=Network.objects.create(code="BOND", name="ERN BOND"), number=1, name="Bone")
    people = {"lead": UserFactory(display_name="Dr Lead Person", centre=CentreFactory(country="IE", city="Cork"))}
    people |= {name: UserFactory(display_name=f"Dr {name.title()}") for name in ("named", "declines", "better")}
    people["named"].groups_of_interest.add(bone)
    for name, group in (("adrenal", adrenal), ("bone", bone)):
        people[name] = UserFactory(role="none", display_name=f"Prof. {name.title()} Coordinator")
        give_role(people[name], Role.GROUP_COORDINATOR, group=group)
    return people


def test_a_referral_becomes_a_panel_of_two_networks_and_ends_without_a_meeting(product, browser):
    people = make_people()

    def enter(name, **size):
        person = Person(browser, product.url, **size)
        person.sign_in(people[name], totp_device(people[name]))
        return person

    stranger = ask_from_outside(product, browser)
    adrenal = enter("adrenal")
    accept_referral(adrenal)
    stranger.page.reload()
    stranger.sees("Accepted")
    lead = enter("lead")
    panel = open_from_referral(product, lead)
    forward(adrenal)
    bone = enter("bone")
    take_up(bone, people)
    named = invite_and_decline(product, browser, lead, people, panel, enter)
    write_at_once(lead, named, panel)
    conclude(lead, named, panel)
    nothing_lies_open(product, panel)
    for person in (stranger, adrenal, lead, bone, named):
        person.close()


def ask_from_outside(product, browser) -> Person:
    """On a phone, without an account; marked as it is typed."""
    stranger = Person(browser, product.url, width=390, height=844)
    stranger.go("/accounts/login/")
    stranger.click("Ask for help for a patient", role="link")
    stranger.type("Your name", "Dr Far Away")
    stranger.type("Work e-mail", "far@outside.example")
    stranger.type("Hospital and city", "County Hospital, Galway")
    stranger.select("Country", "Ireland")
    stranger.select("Network or thematic group", "Group 1, Adrenal")
    stranger.type("Your question", "Mrs Anna Virtanen asks for her son.")
    stranger.sees("a name")
    stranger.type("Your question", QUESTION)
    stranger.tick("The patient, or the parents")
    stranger.click("Send the question")
    stranger.sees("Thank you")
    stranger.go(link_in(product.mailbox.wait("far@outside.example")[0]))
    stranger.sees("Waiting")
    expect(stranger.page.locator("body")).not_to_contain_text("swollen knee")
    return stranger


def accept_referral(coordinator: Person) -> None:
    coordinator.click("Decide", role="link")
    coordinator.sees(QUESTION)
    coordinator.page.get_by_label("Clinician who opens the panel").select_option(index=1)
    coordinator.click("Accept and ask this clinician")
    coordinator.sees("is asked to open the panel")


def open_from_referral(product, lead: Person) -> Panel:
    """Country, route and question are there already; the physician is invited as a guest."""
    lead.click("Open a panel", role="link")
    lead.click("Open a panel for this patient", role="link")
    lead.choose("1. Discussion of the case for care", "Yes")
    lead.choose("Sex at birth", "Male")
    lead.type("Year of birth", "2019")
    expect(lead.page.get_by_label("Country of care")).to_have_value("IE")
    lead.click("Continue to the case")
    expect(lead.page.get_by_label("Your question")).to_have_value(QUESTION)
    lead.choose("This diagnosis is", "Undiagnosed")
    lead.type("Enough with the advice of", "1")
    lead.click("Open the panel and invite")
    lead.sees("The panel is open.")
    guest = product.mailbox.wait("far@outside.example", count=3)[-1]
    assert "as a guest" in guest.get_content()
    panel = Panel.objects.get()
    assert panel.case.patient.route == "non_ern"
    return panel


def forward(coordinator: Person) -> None:
    """The question lies before the group at once; its coordinator sends it on to another network."""
    coordinator.go("/")
    coordinator.click("Take up", role="link")
    coordinator.sees("You see the question, not the case.")
    coordinator.page.get_by_text("Forward to another group or network").click()
    coordinator.select("Group or network", "Group 1, Bone")
    coordinator.type("Why", "The knee first.")
    coordinator.click("Forward")
    coordinator.sees("Forwarded.")


def take_up(coordinator: Person, people) -> None:
    coordinator.click("Take up", role="link")
    coordinator.sees("The knee first.")
    coordinator.page.get_by_text("Name people the lead could invite").click()
    coordinator.tick("Dr Named")
    coordinator.click("Take it up")
    coordinator.sees("Taken up.")
    assert list(Dispatch.objects.get(state=DispatchState.ACCEPTED).proposed.all()) == [people["named"]]


def invite_and_decline(product, browser, lead: Person, people, panel: Panel, enter) -> Person:
    """The lead invites whom the coordinator named; another declines with a better name, which the lead sees."""
    lead.go(f"/panels/{panel.ref}/invite/")
    lead.tick("Dr Named")
    lead.click("Invite", exact=True)
    lead.sees("Invited: 1.")
    lead.go(f"/panels/{panel.ref}/invite/")
    lead.start_counting()
    lead.click("Invite Dr Declines")
    lead.sees("Invited: 1.")
    assert lead.hands == 1
    declines = enter("declines")
    declines.click("Answer", role="link")
    declines.page.get_by_text("Another reason, or a better name").click()
    declines.type("Who would be better?", "Dr Better")
    declines.click("Decline", exact=True)
    declines.sees("Your answer is with the lead.")
    declines.close()
    lead.page.reload()
    lead.go(f"/panels/{panel.ref}/")
    lead.sees("Better: Dr Better")
    product.mailbox.wait(people["named"].email)
    named = enter("named", width=390, height=844)
    named.click("Answer", role="link")
    named.click("Accept and open the case")
    return named


def write_at_once(lead: Person, named: Person, panel: Panel) -> None:
    """What one types stays while the other's words arrive; each sees both."""
    lead.page.get_by_label("Your reply").fill("I am still typing this")
    named.type("Your reply", ADVICE)
    named.choose("What is it?", "Test")
    named.click("Send")
    named.sees(ADVICE)
    expect(lead.page.get_by_text("1 new or changed entry, show")).to_be_visible(timeout=60_000)
    expect(lead.page.get_by_label("Your reply")).to_have_value("I am still typing this")
    lead.click("Send")
    lead.sees(ADVICE)
    lead.sees("I am still typing this")
    assert Message.objects.get().text == "I am still typing this"


def nothing_lies_open(product, panel: Panel) -> None:
    """No word of it in clear in any table, in Redis, in a mail or a log; nor the patient's pseudonym in what leaves."""
    words = ["swollen knee", "measure renin", "Renin first", "The knee first", "still typing"]
    assert sweep.in_tables(words) == []
    assert sweep.in_redis(product.env["REDIS_URL"], words) == []
    folders = [product.logs, product.mailbox.folder]
    assert sweep.in_files(folders, [*words, panel.case.patient.pseudonym]) == []


def conclude(lead: Person, named: Person, panel: Panel) -> None:
    """Enough advice: outcome, signature, closed; no meeting anywhere."""
    lead.sees("1 expert has advised: enough to conclude")
    lead.click("Mark for outcome")
    lead.click("Start the outcome")
    lead.type("Conclusion", "Renin first, then the knee.")
    lead.click("Ask for signatures")
    lead.sees("Members are asked to sign")
    named.go("/")
    named.click("Sign", role="link")
    named.click("Sign version 1")
    named.sees("Your signature is recorded")
    lead.go(f"/panels/{panel.ref}/outcome/")
    lead.click("Close")
    lead.sees("is closed")
    assert Panel.objects.get().state == State.CLOSED
    assert not Panel.objects.get().agenda_items.exists()
    assert Invitation.objects.guests().count() == 1
