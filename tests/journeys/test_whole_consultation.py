"""One whole consultation in a real browser: from the patient's consent to the signed document in other people's hands."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import unicodedata
import zoneinfo
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from cpms import clock
from cpms.accounts.models import TotpDevice
from cpms.accounts.roles import Role
from cpms.notifications.models import WorkItem
from panels.models import Invitation, Panel
from tests.cases.counting import counts
from tests.factories import CentreFactory, GroupFactory, UserFactory, code_for, give_role, totp_device
from tests.journeys.chasing import assert_nothing_clinical, chase_and_count
from tests.journeys.person import Person
from tests.journeys.proving import (
    ADVICE,
    CONCLUSION,
    NEW_PASSWORD,
    QUESTION,
    calendar_of,
    nobody_else_gets_in,
    nothing_in_the_logs,
    read_document,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
DEMO_CASES = Path(__file__).resolve().parents[2] / "helpdesk" / "demo" / "cases"


def case_files():
    """Our own case, and a published one with labs when a folder of them is named."""
    files = [
        next(
            path
            for path in sorted(DEMO_CASES.glob("*.json"))
            if "21" in path.read_text() and "LOINC" in path.read_text()
        )
    ]
    folder = os.environ.get("CPMS_PUBLISHED_CASES")
    if folder:
        files += [next(p for p in sorted(Path(folder).glob("CYP21A2*.json")) if "measurements" in p.read_text())]
    return files


def make_people():
    """Everybody the story needs but the guest, who comes by mail."""
    group = GroupFactory(number=1, name="Adrenal")
    centre = CentreFactory(name="Pyynikki University Hospital")
    people = {"lead": UserFactory(display_name="Dr Anneli Lead", centre=centre)}
    people["lead"].groups_of_interest.add(group)
    for name in ("Benedetti", "Czarna", "Dubois"):
        people[name] = UserFactory(display_name=f"Dr {name}", zone="Europe/Rome")
    people["outsider"] = UserFactory(display_name="Dr Outsider")
    people["helpdesk"] = UserFactory(display_name="Helpdesk Person", role="none")
    give_role(people["helpdesk"], Role.HELPDESK_ADULT, network=group.network)
    people["coordinator"] = UserFactory(display_name="Coordinator Person", role="none")
    give_role(people["coordinator"], Role.NETWORK_COORDINATOR, network=group.network)
    return people


@pytest.mark.parametrize("file", case_files(), ids=lambda path: path.stem[:24])
def test_whole_consultation(file, product, browser, tmp_path):
    people = make_people()
    devices = {name: totp_device(user) for name, user in people.items()}

    def enter(name, **size):
        person = Person(browser, product.url, **size)
        person.sign_in(people[name], devices[name])
        return person

    lead = enter("lead")
    lead.sees("My work")
    ref = open_panel(lead, file)
    panel = Panel.objects.get(ref=ref)
    experts = answer_invitations(product, browser, people, devices, panel)
    guest = bring_guest(product, browser, lead, panel)
    discuss(lead, guest, panel, tmp_path)
    meet(product, lead, panel, people)
    write_and_sign(product, lead, experts, panel)
    read_document(lead, experts["Benedetti"], guest, panel, browser, product)
    nobody_else_gets_in(enter("outsider"), panel)
    chase_and_count(product, panel, people, enter)
    for person in (lead, guest, *experts.values()):
        person.close()
    nothing_in_the_logs(product, panel, people)


def open_panel(lead: Person, file: Path) -> str:
    """Start to open panel with three experts invited: 12 interactions, 2 pages (product budget)."""
    lead.click("New panel", role="link", within="body")
    lead.upload("Patient's data as a file", "broken.json", file.read_bytes()[:-20])
    lead.sees("The file is not valid JSON")
    lead.go("/")
    lead.start_counting()
    lead.click("New panel", role="link", within="body")
    lead.upload("Patient's data as a file", file.name, file.read_bytes())
    lead.sees("Read, not saved yet")  # what the file holds pushes the rest of the page down
    lead.choose("1. Discussion of the case for care", "Yes")
    lead.choose("2. Registries and databases", "Yes")
    lead.choose("3. Contact about research", "No")
    if not {"timeAtLastEncounter", "dateOfBirth"} & set(json.loads(file.read_text())["subject"]):
        lead.select("Given by", "The patient")  # without an age nothing is proposed
    lead.click("Continue to the case")
    expect(lead.page).to_have_url(re.compile("/prepare/"))
    lead.sees("CYP21A2" if "CYP21A2" in file.name else "21-hydroxylase")
    shows_the_case(lead, file)
    lead.type("Your question", QUESTION)
    for name in ("Dr Benedetti", "Dr Czarna", "Dr Dubois"):
        lead.tick(name)
    lead.click("Open the panel and invite")
    lead.sees("The panel is open.")
    assert lead.hands <= 12
    form_pages = {url for url in lead.visited if "/new/" in url or "/prepare/" in url}
    assert len(form_pages) == 2
    return lead.page.url.rstrip("/").split("/")[-1]


def shows_the_case(lead: Person, file: Path) -> None:
    """Every part of the file in equal counts, each measured value in its row, and a range that it is held against."""
    parts = lead.page.locator("[data-part]").evaluate_all("parts => parts.map(part => part.dataset.part)")
    assert {name: parts.count(name) for name in counts(file.read_bytes())} == counts(file.read_bytes())
    rows = lead.page.locator("[data-part=labs]").evaluate_all("rows => rows.map(row => row.textContent)")
    measured = json.loads(file.read_text(), parse_float=Decimal, parse_int=Decimal)["measurements"]
    for entry in measured:
        value = entry["value"]["quantity"]["value"]
        assert any(f"{value.normalize():f}" in row for row in rows), value
    assert any(re.search(r"\d\s?–\s?\d", row) for row in rows)


def answer_invitations(product, browser, people, devices, panel) -> dict[str, Person]:
    """Mail, link, sign in, accept (two of three; the third declines with a reason)."""
    inside = {}
    for name in ("Benedetti", "Czarna"):
        mail = product.mailbox.wait(people[name].email)[0]
        assert panel.ref in mail.get_content()
        assert_nothing_clinical(mail, panel, QUESTION)
        link = re.search(r"https?://\S+", mail.get_content()).group()
        person = Person(browser, product.url, width=390, height=844)
        person.go(link)
        person.sign_in(people[name], devices[name])
        expect(person.page).to_have_url(re.compile("/invitations/"))
        person.sees(QUESTION)
        person.start_counting()
        person.click("Accept and open the case")
        assert person.hands <= 2
        inside[name] = person
    person = Person(browser, product.url)
    person.sign_in(people["Dubois"], devices["Dubois"])
    due = WorkItem.objects.get(who=people["Dubois"]).due_at.astimezone(zoneinfo.ZoneInfo(people["Dubois"].zone))
    expect(person.page.locator("main .work").first).to_contain_text(f"{due:%-d %b}")
    person.click("Answer", role="link")
    person.start_counting()
    person.click("Not my field")
    assert person.hands <= 2
    person.sees("Your answer is with the lead.")
    person.close()
    assert Invitation.objects.get(panel=panel, invitee=people["Dubois"]).reason == "field"
    contribute(inside["Benedetti"])
    return inside


def contribute(expert: Person) -> None:
    """From the mail's link to advice sent: 4 interactions, accepting included."""
    expert.type("Your reply", ADVICE)
    expert.choose("What is it?", "Test")
    expert.click("Send")
    expert.sees(ADVICE)
    assert expert.hands <= 4


def bring_guest(product, browser, lead: Person, panel) -> Person:
    """A guest from a hospital outside the networks: mail, activation, device, recovery codes, panel."""
    lead.go(f"/panels/{panel.ref}/invite/")
    lead.type("Name", "Dr Aoife Guest", exact=True)
    lead.type("E-mail of a physician", "aoife@kilbrannan.example")
    lead.type("Hospital and city", "Kilbrannan General Hospital, Galway")
    lead.click("Invite the guest")
    mail = product.mailbox.wait("aoife@kilbrannan.example")[0]
    link = re.search(r"https?://\S+/activate/\S+", mail.get_content()).group()
    guest = Person(browser, product.url)
    guest.go(link)
    guest.type("Choose a password", NEW_PASSWORD)
    guest.page.get_by_role("button").filter(has_text=re.compile("ontinue")).click()
    device = TotpDevice.objects.get(user__email="aoife@kilbrannan.example")
    guest.page.get_by_label("One-time code").fill(code_for(device))
    guest.page.get_by_role("main").get_by_role("button").first.click()
    codes = guest.page.get_by_role("listitem").filter(has_text=re.compile(r"^[A-Z2-7]{4}(-[A-Z2-7]{4}){5}$"))
    expect(codes).to_have_count(10)
    guest.page.get_by_role("main").get_by_role("link").first.click()
    guest.click("Accept and open the case")
    guest.type("Your reply", "The urine culture went to the laboratory this morning.")
    guest.click("Send")
    guest.sees("The urine culture")
    return guest


def discuss(lead: Person, guest: Person, panel, tmp_path: Path) -> None:
    """The guest agrees, the lead marks the statement."""
    guest.go(f"/panels/{panel.ref}/")
    guest.click("Agree 0")
    expect(guest.page.get_by_role("button", name="Agree 1")).to_be_visible()
    lead.go(f"/panels/{panel.ref}/")
    lead.sees(ADVICE)
    lead.click("Mark for outcome")
    expect(lead.page.get_by_role("button", name="Marked for outcome")).to_be_visible()
    on_two_pages(lead, tmp_path)


def on_two_pages(lead: Person, tmp_path: Path) -> None:
    """The panel as the browser prints it: case, question and advice on two sheets of A4."""
    paper = lead.page.pdf(prefer_css_page_size=True)
    printed = PdfReader(io.BytesIO(paper))
    (tmp_path / "printed.pdf").write_bytes(paper)
    assert len(printed.pages) <= 2
    text = unicodedata.normalize("NFKC", " ".join(page.extract_text() for page in printed.pages))
    assert ADVICE in " ".join(text.split())


def meet(product, lead: Person, panel, people) -> None:
    """A meeting that begins soon, with a calendar file for every member, then held."""
    begins = clock.now().astimezone(zoneinfo.ZoneInfo("Europe/Helsinki")) + dt.timedelta(minutes=12)
    lead.go(f"/panels/{panel.ref}/meeting/")
    lead.type("Date", begins.date().isoformat())
    lead.type("Start", f"{begins:%H:%M}")
    lead.type("Video link", "https://video.example/room")
    lead.click("Plan and tell the members")
    lead.sees("calendar")
    members = [people["Benedetti"].email, people["Czarna"].email, "aoife@kilbrannan.example"]
    for email in members:
        text = calendar_of(product, email)
        assert f"Panel {panel.ref}" in text
        assert "TZID=Europe/Helsinki" in text
        assert "sodium" not in text.lower()
    lead.page.get_by_role("main").get_by_role("button", name="The meeting was held").click()
    lead.sees("can be written now")


def write_and_sign(product, lead: Person, experts: dict[str, Person], panel) -> None:
    """Marked statements become advice; outcome written in at most 6 interactions; two members sign; the lead closes."""
    lead.go(f"/panels/{panel.ref}/")
    lead.start_counting()
    lead.click("Start the outcome")
    lead.type("Conclusion", CONCLUSION)
    lead.click("Ask for signatures")
    lead.sees("Members are asked to sign")
    assert lead.hands <= 6
    for expert in experts.values():
        expert.go("/")
        expert.click("Sign", role="link")
        expert.sees(CONCLUSION)
        expert.click("Sign version 1")
        expert.sees("Your signature is recorded")
    lead.go(f"/panels/{panel.ref}/outcome/")
    with product.held_worker():
        lead.click("Close")
        lead.sees("is closed")
        expect(lead.page.get_by_role("progressbar", name="Progress of the document")).to_be_visible()
