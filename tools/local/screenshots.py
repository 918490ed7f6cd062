"""`bin/screenshots`: pictures of the running demonstration (`bin/up` in another terminal) into ``docs/screenshots``.

Signs in as demo people in a real browser, one picture per page and width. Everything on them is invented. It works on a fresh
demonstration: a meeting is begun and an outcome started for the pictures.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import django
import pypdfium2  # noqa: TID251 our own document
from playwright.sync_api import Browser, Page, sync_playwright

from tools import native
from tools.local import places
from tools.local.check import production_env
from tools.local.terminal import say

os.environ.update(production_env(Path(tempfile.gettempdir())))
django.setup()

from helpdesk.demo.cases import CASES  # noqa: E402
from helpdesk.demo.concluded import CONCLUDED  # noqa: E402
from helpdesk.demo.people import PASSWORD, PEOPLE, one_time_code  # noqa: E402 Django must be set up before

FOLDER = places.ROOT / "docs" / "screenshots"
ADRENAL = places.ROOT / "helpdesk" / "demo" / "cases" / "adrenal-21-hydroxylase.json"
SIZES = {"1280": (1280, 860), "390": (390, 844)}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PAGES = (
    ("anneli.virtanen", "panel", "/panels/ENDO-26-0001/"),
    ("anneli.virtanen", "new-panel", "/panels/new/"),
    ("anneli.virtanen", "invite", "/panels/ENDO-26-0001/invite/"),
    ("ewa.szczepanska", "my-work", "/"),
    ("ewa.szczepanska", "invitation", "work:Answer"),
    ("charlotte.vanbrederode", "reports", "/reports/"),
    ("solene.faure", "staff-today", "/helpdesk/"),
    ("solene.faure", "tickets", "/help/tickets/"),
)


def demo_code(key: str) -> tuple[str, str]:
    """E-mail and current one-time code of a demo person."""
    person = next(person for person in PEOPLE if person.key == key)
    return person.email, one_time_code(person)


def sign_in(page: Page, address: str, key: str, password: str) -> None:
    email, code = demo_code(key)
    page.goto(address)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("One-time code").fill(code)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def picture(page: Page, address: str, name: str, path: str) -> None:
    """The page at both widths, as a person first sees it."""
    page.goto(address)
    if path.startswith("work:"):
        page.get_by_role("link", name=path.partition(":")[2]).first.click()
    else:
        page.goto(address + path)
    both_widths(page, name)


def both_widths(page: Page, name: str) -> None:
    for label, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_load_state("networkidle")
        page.screenshot(path=FOLDER / f"{name}-{label}.png")
        say(f"docs/screenshots/{name}-{label}.png")
    page.set_viewport_size({"width": 1280, "height": 860})


def start_adrenal(page: Page, address: str) -> None:
    """A new panel from our adrenal case: the file as it was read, the case with its flagged results, form and consent."""
    page.set_viewport_size({"width": 1280, "height": 860})
    page.goto(f"{address}/panels/new/")
    page.get_by_label("Patient's data as a file").set_input_files(ADRENAL)
    page.get_by_text("Read, not saved yet.").wait_for()
    for stage in ("1. Discussion of the case for care", "2. Registries and databases", "3. Contact about research"):
        page.get_by_role("group", name=stage).get_by_text("Yes", exact=True).click()
    both_widths(page, "import")
    page.get_by_role("button", name="Continue to the case").click()
    page.get_by_role("heading", name="Outside the range").scroll_into_view_if_needed()
    both_widths(page, "adrenal-labs")
    page.get_by_role("link", name="Correct or add").first.click()
    page.get_by_text("Forms of other groups").click()
    case = page.url
    page.get_by_role("link", name="Adrenal conditions").click()
    both_widths(page, "form")
    page.goto(case)
    page.get_by_role("main").get_by_role("link", name="Consent").click()
    both_widths(page, "consent")


def run_meeting(page: Page, address: str) -> None:
    """The sheet of the joint board as its chair sees it, with the first panel's clock running."""
    page.goto(f"{address}/meetings/")
    page.get_by_role("main").get_by_role("link", name="See").first.click()
    page.get_by_role("link", name="Run the meeting").click()
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Next panel").wait_for()
    page.wait_for_timeout(1500)
    both_widths(page, "meeting-sheet")


def conclude(page: Page, address: str) -> None:
    """The first page of a signed outcome's document, then the editor in which the next one is written from what was marked."""
    closed = next(case for case in CASES if case.file == CONCLUDED.file)
    page.goto(f"{address}/panels/?state=closed")
    page.get_by_role("main").get_by_role("link", name=closed.title).first.click()
    page.goto(page.url + "outcome/")
    with page.expect_download() as caught:
        page.get_by_role("link", name="Download the PDF").first.click()
    first = pypdfium2.PdfDocument(caught.value.path())[0]
    first.render(scale=1.6).to_pil().save(FOLDER / "outcome-document.png")
    say("docs/screenshots/outcome-document.png")
    page.goto(f"{address}/panels/ENDO-26-0001/")
    page.get_by_role("button", name="Start the outcome").first.click()
    page.get_by_role("textbox", name="Conclusion").wait_for()
    both_widths(page, "outcome-editor")


def take(browser: Browser, address: str) -> None:
    people: dict[str, Page] = {}
    for key, name, path in PAGES:
        if key not in people:
            people[key] = browser.new_context(locale="en-GB").new_page()
            sign_in(people[key], address, key, PASSWORD)
        picture(people[key], address, name, path)
    start_adrenal(people["anneli.virtanen"], address)
    chair = browser.new_context(locale="en-GB").new_page()
    sign_in(chair, address, "katharina.hohenberger", PASSWORD)
    run_meeting(chair, address)
    dark = people["anneli.virtanen"]
    dark.emulate_media(color_scheme="dark")
    picture(dark, address, "panel-dark", "/panels/ENDO-26-0001/")
    dark.emulate_media(color_scheme="light")
    conclude(dark, address)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    address = parser.parse_args().address.rstrip("/")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=native.find_browser(), args=FLAGS)
        take(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
