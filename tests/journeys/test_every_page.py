"""The pages of clinicians in a real browser, with and without errors: axe finds nothing, the policy blocks nothing, nothing scrolls."""

from __future__ import annotations

import pytest

from cpms.vault.cipher import digest
from helpdesk.people import actions as people
from panels.cases.models import Case
from tests.browser import check_page
from tests.factories import AccessRequestFactory
from tests.journeys.person import Person
from tests.journeys.rooms import Rooms

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]

SUBMIT = "form => { form.noValidate = true; form.requestSubmit(); }"


class Tour:
    """Looks at page after page and keeps every fault with the page's name."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.looked = 0

    def look(self, person: Person, name: str, path: str = "", *, status: int = 200) -> None:
        """Open ``path``, or stay where the person is."""
        if path:
            answer = person.page.goto(person.url + path)
            if answer.status != status:
                self.faults.append(f"{name}: {answer.status} instead of {status}")
        if not person.page.title():
            self.faults.append(f"{name}: no title")
        self.faults += [f"{name}: {fault}" for fault in check_page(person.page)]
        self.faults += [f"{name}: {line}" for line in person.watch.console + person.watch.outside]
        person.watch.console.clear()
        person.watch.outside.clear()
        self.looked += 1

    def send_empty(self, person: Person, name: str, path: str, form: str, *, status: int = 422, **typed: str) -> None:
        """Send a form past the browser's own checks, and look at the page with its errors."""
        if path:
            person.go(path)
        for field, text in typed.items():
            person.page.locator(f"{form} [name={field}]").first.fill(text)
        with person.page.expect_navigation() as waiting:
            person.page.locator(form).first.evaluate(SUBMIT)
        if waiting.value.status != status:
            self.faults.append(f"{name}: {waiting.value.status} instead of {status}")
        self.look(person, name)

    def end(self, *people: Person) -> None:
        for person in people:
            person.close()
        assert not self.faults, f"{len(self.faults)} faults on {self.looked} pages:\n" + "\n".join(self.faults[:80])


def test_every_page_of_the_signed_in(product, browser):
    rooms, tour = Rooms(), Tour()
    lead, member, invited, nobody = (
        rooms.enter(name, browser, product.url) for name in ("lead", "member", "invited", "nobody")
    )
    ref = {name: getattr(rooms, name).panel.ref for name in ("draft", "open", "writing", "signing", "closed")}
    for name, path in {
        "my work": "/",
        "panel list": "/panels/",
        "panel list, one state": "/panels/?state=open",
        "new panel": "/panels/new/",
        "prepare": f"/panels/{ref['draft']}/prepare/",
        "case": f"/cases/{rooms.open.case.pk}/edit/",
        "laboratory table": f"/cases/{rooms.open.case.pk}/labs/",
        "panel": f"/panels/{ref['open']}/",
        "panel with outcome": f"/panels/{ref['signing']}/",
        "closed panel": f"/panels/{ref['closed']}/",
        "invite": f"/panels/{ref['open']}/invite/",
        "stance": f"/statements/{rooms.said.pk}/stance/?kind=amend",
        "new meeting": f"/panels/{ref['open']}/meeting/",
        "meeting": f"/meetings/{rooms.meeting.pk}/",
        "outcome, writing": f"/panels/{ref['writing']}/outcome/",
        "outcome, signing": f"/panels/{ref['signing']}/outcome/",
        "outcome, closed": f"/panels/{ref['closed']}/outcome/",
        "patients": "/patients/",
        "patient": f"/patients/{rooms.open.patient.pseudonym}/",
        "profile": "/accounts/profile/",
    }.items():
        tour.look(lead, name, path)
    for name, path in {
        "my work of a member": "/",
        "panel as a member": f"/panels/{ref['open']}/",
        "outcome to sign": f"/panels/{ref['signing']}/outcome/",
        "closed outcome": f"/panels/{ref['closed']}/outcome/",
        "meeting as a member": f"/meetings/{rooms.meeting.pk}/",
    }.items():
        tour.look(member, name, path)
    tour.look(invited, "invitation", f"/invitations/{rooms.open.invitation(rooms.people['invited']).pk}/")
    for name, path in {"my work, empty": "/", "panel list, empty": "/panels/", "patients, empty": "/patients/"}.items():
        tour.look(nobody, name, path)
    tour.look(nobody, "not found", f"/panels/{ref['open']}/", status=404)
    tour.look(nobody, "refusal", "/reports/", status=403)
    tour.end(lead, member, invited, nobody)


def test_the_pages_of_getting_in(product, browser):
    """Asking for access without a session, and deciding."""
    rooms, tour, stranger = Rooms(), Tour(), Person(browser, product.url)
    decider = rooms.enter("coordinator", browser, product.url)
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
    again = AccessRequestFactory(centre=rooms.lead.centre, digest=digest("request", "second"))
    people.approve_request(again, by=rooms.people["coordinator"])
    tour.look(stranger, "status, approved", "/access/status/second/")
    tour.look(decider, "requests, decided", "/people/requests/")
    tour.look(decider, "centres", "/people/centres/")
    tour.look(decider, "centres, none found", "/people/centres/?q=nowhere")
    here = f"/people/centres/{rooms.lead.centre.pk}/"
    tour.look(decider, "centre", here)
    tour.send_empty(decider, "clearance", here, "form[action$='/clearance/']", cleared_on="2999-01-01")
    tour.send_empty(decider, "unit", here, "form[action$='/units/']")
    tour.end(stranger, decider)


def test_every_page_with_errors(product, browser):
    rooms, tour = Rooms(), Tour()
    lead, member, invited = (rooms.enter(name, browser, product.url) for name in ("lead", "member", "invited"))
    here, sheet = rooms.open.fresh(), rooms.open.invitation(rooms.people["invited"])
    panel, case = f"/panels/{here.ref}/", f"/cases/{rooms.open.case.pk}/edit/"
    consent = f"/patients/{here.case.patient.pseudonym}/"
    tour.send_empty(lead, "new panel", "/panels/new/", "main form[method=post]")
    tour.send_empty(lead, "prepare", f"/panels/{rooms.draft.panel.ref}/prepare/", "main form[method=post]", question="")
    tour.send_empty(lead, "invite", f"{panel}invite/", "main form[method=post]")
    tour.send_empty(lead, "meeting", f"{panel}meeting/", "main form[method=post]")
    tour.send_empty(lead, "profile", "/accounts/profile/", "main form:has([name=zone])", display_name="")
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


def clash(tour: Tour, lead: Person, case: str, rooms: Rooms) -> None:
    """The case was saved elsewhere while it stood open here."""
    lead.go(case)
    Case.objects.filter(pk=rooms.open.case.pk).update(version=99)
    tour.send_empty(lead, "conflict", "", "main form[method=post]", status=409, summary="Typed here meanwhile.")
