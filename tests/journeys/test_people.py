"""How people come in, keep their second factor, and lose what they no longer hold: in a real browser."""

from __future__ import annotations

import re

import pytest

from cpms.accounts.models import TotpDevice, User
from cpms.accounts.roles import Role
from tests.factories import CentreFactory, GroupFactory, UserFactory, code_for, give_role, totp_device
from tests.journeys.person import Person

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
EMAIL, PASSWORD = "jana.nova@hospital.example", "the tide comes twice a day"


def link_in(mail) -> str:
    return re.search(r"https?://\S+", mail.get_content()).group()


def enter(product, browser, user, device=None) -> Person:
    person = Person(browser, product.url)
    person.sign_in(user, device or totp_device(user))
    return person


def test_from_a_request_to_the_first_sign_in(product, browser):
    centre = CentreFactory(name="Pyynikki University Hospital")
    GroupFactory(number=1, name="Adrenal")
    representative = UserFactory(centre=centre)
    give_role(representative, Role.REPRESENTATIVE, centre=centre)
    newcomer = Person(browser, product.url, width=390, height=844)
    newcomer.go("/accounts/login/")
    newcomer.click("Ask for access", role="link")
    newcomer.type("Your name", "Dr Jana Nová")
    newcomer.type("Work e-mail", EMAIL)
    newcomer.type("Job title", "Endocrinologist")
    newcomer.select("Hospital", "Pyynikki University Hospital, Tampere")
    newcomer.tick("Group 1, Adrenal")
    newcomer.type("What brings you here?", "I see adults with adrenal conditions.")
    newcomer.click("Ask for access")
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
