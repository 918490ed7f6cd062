"""Files in a real browser: several at once, refusals beside their names, looked through, shown, seen by the expert."""

from __future__ import annotations

import base64
import os

import pytest
from playwright.sync_api import expect

from tests.browser import check_page
from tests.cases.files.making import document, jpeg
from tests.factories import Story
from tests.journeys.rooms import entered

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
CHOSEN = [
    {"name": "scan.jpg", "mimeType": "image/jpeg", "buffer": jpeg()},
    {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": document(pages=3)},
    {"name": "setup.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"},
]


def picture(person, name: str) -> None:
    """Kept when somebody wants to look at it."""
    if folder := os.environ.get("CPMS_PICTURES"):
        person.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


CARRIED = """files => {
    const carried = new DataTransfer();
    for (const file of files) {
        const bytes = Uint8Array.from(atob(file.body), letter => letter.charCodeAt(0));
        carried.items.add(new File([bytes], file.name, { type: file.mimeType }));
    }
    return carried;
}"""


def drop(person, files) -> None:
    """Files let go over the page, as a file manager hands them over."""
    plain = [{**file, "body": base64.b64encode(file["buffer"]).decode()} for file in files]
    carried = person.page.evaluate_handle(CARRIED, [{k: v for k, v in one.items() if k != "buffer"} for one in plain])
    person.page.dispatch_event("[data-drop]", "drop", {"dataTransfer": carried})


def test_files_are_sent_together_looked_through_and_seen_by_the_expert(product, browser):
    story = Story()
    story.open()
    story.seat(story.expert)
    lead, expert = (entered(person, browser, product.url) for person in (story.lead, story.expert))
    lead.go(f"/cases/{story.case.pk}/files/")
    drop(lead, CHOSEN[:2])
    expect(lead.page.get_by_text("letter.pdf").first).to_be_visible()
    lead.page.get_by_label("Drop files here").set_input_files(CHOSEN[2])
    expect(lead.page.get_by_text("This is no PDF, JPEG or PNG file.")).to_be_visible()
    lead.click("Checked. Show the files", role="link")
    expect(lead.page.get_by_text("I looked at every page")).to_have_count(2)
    assert check_page(lead.page) == []
    picture(lead, "files")
    for box in lead.page.get_by_role("checkbox").all():
        box.check()
    lead.page.get_by_label("What is it?").nth(1).fill("Letter of the genetics clinic")
    lead.click("Save, and show")
    expect(lead.page.get_by_text("Shown to the panel", exact=True)).to_have_count(2)
    expert.go(f"/panels/{story.panel.ref}/")
    expert.page.get_by_role("link", name="Letter of the genetics clinic").click()
    for number in (1, 2, 3):
        page = expert.page.get_by_role("img", name=f"Page {number} of")
        page.scroll_into_view_if_needed()
        expect(page).to_have_js_property("complete", True)
        assert page.evaluate("image => image.naturalWidth") > 100
    picture(expert, "file")
    lead.close()
    expert.close()
