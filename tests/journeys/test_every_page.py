"""Every page in a real browser, with and without errors: axe finds nothing, the policy blocks nothing, nothing scrolls
sideways, nobody else is asked. A new route that no tour passes fails here."""

from __future__ import annotations

import re
import time

import pytest
from django.db import connection
from playwright.sync_api import expect

from cpms.accounts.actions import prepare_account
from cpms.accounts.models import TotpDevice
from cpms.vault.cipher import digest
from helpdesk.people import actions as people
from outcomes.models import OutcomeDocument
from outcomes.states import DocumentState
from panels.cases.models import CaseForm
from panels.models import Referral
from tests.factories import (
    CANARIES,
    PASSWORD,
    AccessRequestFactory,
    TableFactory,
    UserFactory,
    code_for,
    totp_device,
)
from tests.journeys.parts import clash, the_pages_of_accounts
from tests.journeys.person import Person
from tests.journeys.rooms import Rooms
from tests.journeys.tour import Tour
from tests.journeys.visits import LEAD, NO_PAGE, OTHERS, PUBLIC, WALKED, all_pages, staff_pages

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]

FILTERED = ".staff-filter li:nth-child(2) a"


def see(tour: Tour, rooms: Rooms, inside: dict[str, Person], visits) -> None:
    for visit in visits:
        tour.look(inside[visit.who], visit.name, visit.path(rooms), status=visit.status)


def walked(test: str) -> set[str]:
    return {route for route, where in WALKED.items() if where == test}


def enter(rooms: Rooms, browser, product, *names: str) -> dict[str, Person]:
    return {name: rooms.enter(name, browser, product.url) for name in names}


def test_every_page_stands_in_a_tour():
    """The tables name every route that answers GET, one that is a link by its end, and none twice over as having no page."""
    staff = {name for name in all_pages() if name.startswith("helpdesk:")}
    toured = {visit.route for visit in (*LEAD, *OTHERS, *PUBLIC) if visit.status in {200, 410}} | set(WALKED)
    assert toured | set(NO_PAGE) == all_pages() - staff
    assert toured & set(NO_PAGE) == set()
    assert set(WALKED.values()) <= set(globals())


def test_every_page_of_a_lead(pages, rooms, browser):
    tour = Tour()
    inside = enter(rooms, browser, pages, "lead")
    see(tour, rooms, inside, LEAD)
    assert tour.routes == {visit.route for visit in LEAD}
    tour.end(*inside.values())


def test_every_page_of_the_others(pages, rooms, browser):
    tour = Tour()
    inside = enter(rooms, browser, pages, "member", "invited", "nobody", "coordinator", "researcher", "core")
    see(tour, rooms, inside, OTHERS)
    assert tour.routes == {visit.route for visit in OTHERS if visit.status == 200}
    tour.end(*inside.values())


def test_every_page_of_the_staff_site(pages, rooms, browser):
    tour = Tour()
    staff = rooms.enter("core", browser, pages.url)
    tour.look(staff, "my work of staff", "/")
    for name, path in staff_pages():
        tour.look(staff, name, path)
    staff.go("/helpdesk/accounts/user/")
    filtered = staff.page.locator(FILTERED).first.evaluate("link => link.search")
    tour.look(staff, f"people {filtered}", f"/helpdesk/accounts/user/{filtered}")
    form = CaseForm.objects.create(slug="draft", version=1, title="Draft", body=CaseForm.objects.first().body)
    tour.look(staff, "form, preview", f"/case-forms/versions/{form.pk}/")
    tour.look(staff, "sheet, preview", f"/consent-forms/versions/{rooms.sheet.pk}/")
    tour.look(staff, "nothing here", "/helpdesk/nowhere/", status=404)
    tour.send_empty(staff, "group, empty", "/helpdesk/accounts/thematicgroup/add/", "main form", status=200)
    assert tour.routes - {"home"} - walked("test_every_page_of_the_staff_site") == {
        name for name in all_pages() if name.startswith("helpdesk:")
    }
    tour.end(staff)


def test_every_page_of_nobody_in_particular(product, browser):
    rooms, tour = Rooms(), Tour()
    anybody = Person(browser, product.url)
    see(tour, rooms, {"anybody": anybody}, PUBLIC)
    assert tour.routes == {visit.route for visit in PUBLIC}
    tour.send_empty(anybody, "sign in, empty", "/accounts/login/", "main form", status=200)
    tour.send_empty(anybody, "reset, empty", "/accounts/password/reset/", "main form", status=200)
    tour.send_empty(anybody, "verify, empty", "/verify/", "main form")
    tour.send_empty(anybody, "verify, unknown", "/verify/", "main form", code="AAAA-AAAA-AAAA")
    anybody.go(f"/verify/?code={wait_for_document(rooms)}")
    tour.send_empty(anybody, "verify, known", "", "main form", status=200)
    tour.look(anybody, "not found", "/nowhere/", status=404)
    tour.look(anybody, "link over", "/accounts/activate/long-gone/", status=410)
    anybody.go("/verify/")
    anybody.context.clear_cookies()
    tour.send_empty(anybody, "old form", "", "main form", status=403)
    too_many_tries(tour, anybody)
    tour.end(anybody)


def too_many_tries(tour: Tour, anybody: Person) -> None:
    """Ten codes a minute, then a page that asks for patience."""
    for _try in range(10):
        anybody.go("/verify/")
        anybody.page.locator("[name=code]").fill("AAAA-AAAA-AAAA")
        with anybody.page.expect_navigation() as waiting:
            anybody.click("Check")
        if waiting.value.status == 429:
            tour.look(anybody, "too many tries", status=429)
            return
    tour.faults.append("too many tries: never refused")


def wait_for_document(rooms: Rooms) -> str:
    """The worker makes it; the code that is printed on it."""
    deadline = time.monotonic() + 60
    while OutcomeDocument.objects.get(pk=rooms.document.pk).state != DocumentState.READY:
        assert time.monotonic() < deadline, "no document within a minute"
        time.sleep(0.1)
    return rooms.document.code


def test_every_step_of_signing_in(pages, browser):
    device, tour = totp_device(UserFactory()), Tour()
    person = Person(browser, pages.url)
    person.go("/panels/")
    tour.send_empty(person, "wrong password", "", "main form", status=200, login=device.user.email, password="wrong")
    person.type("Password", PASSWORD, exact=True)
    person.click("Continue")
    tour.look(person, "code")
    tour.send_empty(person, "code, wrong", "", "main form", code="000000")
    tour.look(person, "recovery code", "/accounts/login/code/?recovery=1")
    tour.send_empty(person, "recovery code, wrong", "", "main form", code="AAAA-AAAA")
    assert walked("test_every_step_of_signing_in") <= tour.routes
    tour.end(person)


def test_every_step_of_an_activation(pages, browser):
    user, token = prepare_account("new@hospital.example", display_name="Dr New", by=None)
    path, tour = f"/accounts/activate/{token}/", Tour()
    person = Person(browser, pages.url)
    tour.look(person, "activation", path)
    tour.send_empty(person, "activation, empty", "", "main form", display_name="")
    person.type("Your name", "Dr New")
    person.type("Choose a password", "the tide comes twice a day")
    with person.page.expect_navigation():
        person.click("ontinue")
    tour.look(person, "device")
    tour.send_empty(person, "device, wrong code", "", "main form", code="000000")
    while (device := TotpDevice.objects.get(user=user)).waiting_until() is not None:
        time.sleep(0.1)  # a second after a miss, the device answers nothing
    person.type("One-time code", code_for(device))
    person.page.get_by_role("main").get_by_role("button").first.click()
    expect(person.page.get_by_role("heading", name="Keep these ten codes")).to_be_visible()
    tour.look(person, "recovery codes")
    tour.look(person, "used link", path, status=410)
    assert walked("test_every_step_of_an_activation") <= tour.routes
    tour.end(person)


def test_every_step_of_a_new_password(product, browser):
    device, tour = totp_device(UserFactory()), Tour()
    person = Person(browser, product.url)
    person.go("/accounts/password/reset/")
    person.type("E-mail at your hospital", device.user.email)
    with person.page.expect_navigation():
        person.click("Send the link")
    tour.look(person, "link sent")
    mail = product.mailbox.wait(device.user.email)[0]
    link = re.search(r"https?://\S+/password/reset/key/\S+", mail.get_content()).group()
    person.go(link)
    tour.look(person, "new password")
    tour.send_empty(person, "new password, short", "", "main form", status=200, password1="short")
    person.type("New password", "the tide comes twice a day")
    person.click("Save the password")
    expect(person.page).to_have_url(re.compile("/key/done/"))
    tour.look(person, "password changed")
    tour.look(person, "used link", link.removeprefix(product.url))
    assert walked("test_every_step_of_a_new_password") <= tour.routes
    tour.end(person)


def test_a_page_that_breaks_shows_no_patient_and_stays_usable(pages, rooms, browser):
    """Without the row of the read there is no page: the table of the trail is taken away under the running product."""
    tour = Tour()
    lead = rooms.enter("lead", browser, pages.url)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditevent RENAME TO audit_away")
    try:
        tour.look(lead, "broken", f"/panels/{rooms.open.panel.ref}/", status=500)
        shown = lead.page.content()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_away RENAME TO audit_auditevent")
    assert [token for token in CANARIES if token in shown] == []
    tour.end(lead)


def test_the_pages_of_getting_in(pages, rooms, browser):
    """Asking for access without a session, and deciding."""
    tour, stranger = Tour(), Person(browser, pages.url)
    decider = rooms.enter("coordinator", browser, pages.url)
    tour.look(stranger, "ask for access", "/access/")
    tour.send_empty(stranger, "ask for access", "/access/", "main form[method=post]")
    tour.look(stranger, "request received", "/access/received/")
    tour.look(stranger, "a status that is over", "/access/status/none/", status=410)
    tour.look(decider, "requests, none", "/people/requests/")
    asked = AccessRequestFactory(centre=rooms.lead.centre, digest=digest("request", "secret"))
    tour.look(stranger, "status", "/access/status/secret/")
    tour.look(decider, "requests", "/people/requests/")
    tour.send_empty(decider, "refusal", "", "form[action$='/refuse/']")
    people.refuse_request(asked, reason="Please ask from your hospital's address.", by=rooms.people["coordinator"])
    tour.look(stranger, "status, refused", "/access/status/secret/")
    tour.send_empty(stranger, "referral", "/refer/", "main form[method=post]")
    Referral.objects.filter(pk=rooms.referral.pk).update(digest=digest("referral", "secret"))
    tour.look(stranger, "where a referral stands", "/refer/secret/")
    again = AccessRequestFactory(centre=rooms.lead.centre, digest=digest("request", "second"))
    people.approve_request(again, by=rooms.people["coordinator"])
    tour.look(stranger, "status, approved", "/access/status/second/")
    tour.look(decider, "requests, decided", "/people/requests/")
    tour.look(decider, "centres", "/people/centres/")
    tour.look(decider, "centres, none found", "/people/centres/?q=nowhere")
    here = f"/people/centres/{rooms.lead.centre.pk}/"
    tour.look(decider, "centre", here)
    tour.send_empty(decider, "clearance", here, "form[action$='/clearance/']", cleared_on="2999-01-01")
    tour.send_empty(decider, "a membership", here, "form[action$='/networks/']", until="2000-01-01")
    tour.send_empty(decider, "name and place", here, "form[action$='/describe/']", city="")
    tour.look(decider, "add a hospital", "/people/centres/new/")
    tour.send_empty(decider, "add a hospital", "", "main form[method=post]")
    tour.send_empty(decider, "unit", here, "form[action$='/units/']")
    tour.look(decider, "tables, none", "/people/tables/")
    tour.send_empty(decider, "table", "/people/tables/", "main form[method=post]")
    tour.look(decider, "table", TableFactory(network=rooms.draft.group.network).get_absolute_url())
    tour.look(decider, "tables", "/people/tables/")
    helpdesk = the_pages_of_accounts(tour, rooms, decider, browser, pages.url)
    assert walked("test_the_pages_of_getting_in") <= tour.routes
    tour.end(stranger, decider, helpdesk)


def test_every_page_with_errors(pages, rooms, browser):
    tour = Tour()
    lead, member, invited = (rooms.enter(name, browser, pages.url) for name in ("lead", "member", "invited"))
    here, sheet = rooms.open.fresh(), rooms.open.invitation(rooms.people["invited"])
    panel, case = f"/panels/{here.ref}/", f"/cases/{rooms.open.case.pk}/edit/"
    consent = f"/patients/{here.case.patient.pseudonym}/"
    tour.send_empty(lead, "new panel", "/panels/new/", "main form[method=post]")
    tour.send_empty(lead, "prepare", f"/panels/{rooms.draft.panel.ref}/prepare/", "main form[data-draft]", question="")
    tour.send_empty(lead, "invite", f"{panel}invite/", "main form[method=post]")
    tour.send_empty(lead, "meeting", f"{panel}meeting/", "main form[action$='/meeting/']")
    tour.send_empty(lead, "profile", "/accounts/profile/", "main form:has([name=zone])", display_name="")
    tour.send_empty(lead, "experts found", "/experts/", "main form[method=post]", status=200)
    tour.send_empty(lead, "nobody found", "/experts/", "main form[method=post]", status=200, condition="zzzz")
    tour.send_empty(lead, "my expertise", "/accounts/expertise/", "main form:has([name=gene])", condition="zzzz")
    tour.send_empty(lead, "assistant", "/accounts/assistants/", "main form:has([name=assistant])")
    tour.send_empty(lead, "absence", "/accounts/absence/", "main form:has([name=deputy])", away_until="2020-01-01")
    tour.send_empty(lead, "new phone", "/accounts/security/phone/", "main form[method=post]")
    tour.send_empty(lead, "a fresh code", "/accounts/confirm/", "main form[method=post]")
    tour.send_empty(lead, "consent", consent, "form[action$='/consent/']")
    tour.send_empty(lead, "reply", panel, "form[action$='/reply/']")
    writing = f"/panels/{rooms.writing.panel.ref}/outcome/"
    tour.send_empty(lead, "outcome", writing, "form[action$='/save/']", conclusion="")
    stance = f"/statements/{rooms.said.pk}/stance/?kind=dissent"
    tour.send_empty(lead, "stance", stance, "main form[method=post]")
    signing = f"/panels/{rooms.signing.panel.ref}/outcome/"
    tour.send_empty(member, "signature", signing, "form[action$='/sign/']")
    tour.send_empty(invited, "decline", f"/invitations/{sheet.pk}/", "form[action$='/decline/']")
    clash(tour, lead, case, rooms)
    tour.end(lead, member, invited)
