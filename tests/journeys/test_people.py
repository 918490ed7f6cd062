"""How people come in, keep their second factor, and lose what they no longer hold: in a real browser."""

from __future__ import annotations

import re
import time

import pytest

from cpms.accounts.models import Expertise, TotpDevice, User
from cpms.accounts.roles import Role
from tests.factories import CentreFactory, GroupFactory, Story, UserFactory, code_for, give_role, totp_device
from tests.journeys.person import Person
from tests.journeys.rooms import entered

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
EMAIL, PASSWORD = "jana.nova@hospital.example", "the tide comes twice a day"


def link_in(mail) -> str:
    return re.search(r"https?://\S+", mail.get_content()).group()


def enter(product, browser, user, device=None) -> Person:
    person = Person(browser, product.url)
    person.sign_in(user, device or totp_device(user))
    return person


def ask(newcomer: Person) -> None:
    newcomer.go("/accounts/login/")
    newcomer.click("Ask for access", role="link")
    newcomer.type("Your name", "Dr Jana Nová")
    newcomer.type("Work e-mail", EMAIL)
    newcomer.type("Job title", "Endocrinologist")
    newcomer.select("Hospital", "Pyynikki University Hospital, Tampere")
    newcomer.tick("Group 1, Adrenal")
    newcomer.type("What brings you here?", "I see adults with adrenal conditions.")
    newcomer.click("Ask for access")


def test_from_a_request_to_the_first_sign_in(product, browser):
    centre = CentreFactory(name="Pyynikki University Hospital")
    GroupFactory(number=1, name="Adrenal")
    representative = UserFactory(centre=centre)
    give_role(representative, Role.REPRESENTATIVE, centre=centre)
    newcomer = Person(browser, product.url, width=390, height=844)
    ask(newcomer)
    newcomer.sees("We have sent a mail")
    status = link_in(product.mailbox.wait(EMAIL)[0])
    newcomer.go(status)
    newcomer.sees("1 person")

    product.mailbox.wait(representative.email)
    decider = enter(product, browser, representative)
    decider.start_counting()
    decider.click("Decide", role="link")
    decider.sees("I see adults with adrenal conditions.")
    decider.click("Approve")
    decider.sees("gets an activation link by mail")
    assert decider.hands == 2

    newcomer.page.reload()
    newcomer.sees("Approved")
    newcomer.go(link_in(product.mailbox.wait(EMAIL, count=2)[1]))
    newcomer.type("Choose a password", PASSWORD)
    newcomer.click("Continue")
    device = TotpDevice.objects.get(user__email=EMAIL)
    newcomer.type("One-time code", code_for(device))
    newcomer.click("Continue")
    newcomer.click("I have kept them, continue", role="link")
    newcomer.sees("My work")
    assert User.objects.get(email=EMAIL).held_roles() == {Role.CLINICIAN}
    for person in (newcomer, decider):
        person.close()


def test_a_new_phone_replaces_the_old_one_and_the_owner_is_told(product, browser):
    user = UserFactory()
    old = totp_device(user)
    person, elsewhere = enter(product, browser, user, old), Person(browser, product.url)
    old.refresh_from_db()
    TotpDevice.objects.filter(pk=old.pk).update(last_step=old.last_step - 1)
    elsewhere.sign_in(user, old)
    person.go("/accounts/profile/")
    person.click("security", role="link")
    person.start_counting()
    person.click("Change the phone", role="link")
    new = TotpDevice.objects.get(user=user, confirmed=False)
    person.type("One-time code", code_for(new))
    person.click("Connect this phone")
    person.sees("The new phone is connected; the old one is gone.")
    assert person.hands == 3
    assert TotpDevice.objects.get(user=user) == new
    elsewhere.go("/panels/")
    elsewhere.sees("Sign in")
    mail = product.mailbox.wait(user.email)[0]
    assert "new phone" in mail["Subject"]
    new.refresh_from_db()
    TotpDevice.objects.filter(pk=new.pk).update(last_step=new.last_step - 1)
    again = enter(product, browser, user, new)
    again.sees("My work")
    for one in (person, elsewhere, again):
        one.close()


def test_an_assistant_acts_for_a_clinician_until_it_ends(product, browser):
    story = Story("a")
    story.open()
    helper = UserFactory(display_name="Assistant Person", centre=story.lead.centre, role="none")
    lead, assistant = enter(product, browser, story.lead), enter(product, browser, helper)
    panel = f"/panels/{story.panel.ref}/"
    assert assistant.status_of(panel) == 404
    lead.go("/accounts/assistants/")
    lead.start_counting()
    lead.select("Colleague", "Assistant Person")
    lead.click("Name as assistant")
    lead.sees("Assistant Person may act for you from now on.")
    assert lead.hands == 2
    product.mailbox.wait(helper.email)
    assistant.go(panel)
    assistant.type("Your reply", "The laboratory sends renin tomorrow.")
    assistant.click("Send")
    assistant.sees("for Dr Lead Person")
    lead.go("/accounts/assistants/")
    lead.click("Assistant Person")
    assistant.page.reload()
    assistant.sees("There is nothing here for you")
    for one in (lead, assistant):
        one.close()


def test_a_role_ends_while_the_person_has_its_page_open(pages, browser):
    coordinator, other = UserFactory(role="none"), UserFactory(role="none")
    group = GroupFactory()
    for person in (coordinator, other):
        give_role(person, Role.NETWORK_COORDINATOR, network=group.network)
    subject = UserFactory(display_name="Prof. Group Coordinator")
    give_role(subject, Role.GROUP_COORDINATOR, group=group)
    at_work, desk = enter(pages, browser, subject), entered(coordinator, browser, pages.url, fresh=False)
    at_work.go("/reports/")
    at_work.sees("No figures yet")
    desk.go("/people/?q=Group+Coordinator")
    desk.click("Prof. Group Coordinator", role="link")
    desk.page.locator("main li", has_text="Thematic-group coordinator").locator("summary").click()
    desk.click("End this role")
    desk.sees("A fresh code")
    desk.type("One-time code", code_for(TotpDevice.objects.get(user=coordinator)))
    desk.click("Continue")
    desk.sees("The role has ended")  # what was pressed went on by itself
    at_work.page.reload()
    at_work.sees("Sign in")
    device = TotpDevice.objects.get(user=subject)
    TotpDevice.objects.filter(pk=device.pk).update(last_step=device.last_step - 1)
    at_work.sign_in(subject, device)
    at_work.sees("This is not possible")
    for one in (at_work, desk):
        one.close()


def test_an_expert_is_found_by_a_misspelt_condition(pages, browser):
    pages.manage("load_terminology")
    asker, knows = UserFactory(), UserFactory(display_name="Dr Knows Adrenals")
    code, name = "ORPHA:90794", "Classic congenital adrenal hyperplasia due to 21-hydroxylase deficiency"
    Expertise.objects.create(user=knows, system="ORPHA", code=code, name=name)
    for _ in range(30):
        UserFactory()
    person = entered(asker, browser, pages.url)
    person.go("/")
    person.start_counting()
    began = time.monotonic()
    person.click("Experts", role="link", within="header")
    person.type("Condition", "clasic congenital adrenl hyperplasya")
    person.click("Find experts")
    person.click("Dr Knows Adrenals", role="link")
    person.sees("What panels show")
    assert time.monotonic() - began < 30
    assert person.hands < 6
    assert "hyperplas" not in person.page.url
    person.close()
