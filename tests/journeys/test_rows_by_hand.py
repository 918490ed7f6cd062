"""Several lines of a case typed in by hand, with one save, and brought back by a draft."""

import pytest
from playwright.sync_api import expect

from cpms.drafts.queries import fields_of
from cpms.terminology import actions as terminology
from cpms.terminology.importers import genes
from tests.browser import check_page
from tests.factories import Story
from tests.journeys.person import Person
from tests.journeys.test_drafts_in_browser import take_session
from tests.terminology.releases import GENES, lines

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
MEDICINES = ("Hydrocortisone", "Fludrocortisone", "Salt")
VARIANTS = (("CYP21A2", "c.518T>A"), ("NR0B1", "c.800G>C"))


@pytest.fixture
def writer(browser, live_server):
    person = Person(browser, live_server.url)
    person.story = Story()
    take_session(person, person.story.lead)
    person.go(f"/cases/{person.story.case.pk}/edit/")
    yield person
    person.close()


def add_row(page, part: str) -> None:
    """By the keyboard."""
    button = page.locator(f"[data-add-row][value={part}]")
    expect(button).to_contain_text("Add a row")
    button.focus()
    page.keyboard.press("Enter")


def type_rows(page) -> None:
    """Into the fields that the page brings the keyboard to."""
    page.locator("[name=treatments-0-label]").focus()
    for number, name in enumerate(MEDICINES):
        if number:
            add_row(page, "treatments")
        page.keyboard.type(name)
    for number, (gene, change) in enumerate(VARIANTS):
        add_row(page, "variants")
        page.keyboard.type(gene)
        page.keyboard.press("Tab")
        page.keyboard.type(change)
        assert page.evaluate("document.activeElement.name") == f"variants-{number + 2}-hgvs"


def test_three_medicines_and_two_variants_take_one_save(writer):
    page, story = writer.page, writer.story
    type_rows(page)
    assert check_page(page) == []
    page.get_by_role("button", name="Save the case").click()
    expect(page.get_by_text("The case is saved.")).to_be_visible()
    assert [one.label for one in story.case.treatments.all()] == list(MEDICINES)
    assert [(one.gene, one.hgvs) for one in story.case.variants.all()][1:] == list(VARIANTS)


def wait_for_draft(writer) -> dict[str, str]:
    """What is kept of the form once the last thing that was typed is."""
    for _try in range(100):
        kept = fields_of(f"case:{writer.story.case.pk}", by=writer.story.lead)
        if kept.get("variants-3-hgvs") == VARIANTS[1][1]:
            return kept
        writer.page.wait_for_timeout(100)
    raise AssertionError("The draft was not saved.")


def test_the_button_says_why_no_row_is_added_any_more(writer):
    writer.page.evaluate("document.querySelector('[name=treatments-MAX_NUM_FORMS]').value = 2")
    add_row(writer.page, "treatments")
    button = writer.page.locator("[data-add-row][value=treatments]")
    expect(button).to_be_disabled()
    expect(button).to_contain_text("No more rows: 2000 are the most")


def test_a_draft_brings_added_rows_back(writer):
    page = writer.page
    type_rows(page)
    page.locator("[name=summary]").focus()
    kept = wait_for_draft(writer)
    assert (kept["treatments-TOTAL_FORMS"], kept["variants-TOTAL_FORMS"]) == ("3", "4")
    page.reload()
    shown = [page.locator(f"[name=treatments-{number}-label]").input_value() for number in range(3)]
    assert shown == list(MEDICINES)
    assert page.locator("[name=variants-2-hgvs]").input_value() == VARIANTS[1][1]


def test_an_added_row_suggests_terms_and_is_looked_at(writer):
    page = writer.page
    add_row(page, "findings")
    field = page.locator("[name=findings-2-label]")
    expect(field).to_be_focused()
    with page.expect_response("**/terms/**"):
        page.keyboard.type("Short stat")
    with page.expect_response("**/marks/"):
        field.fill("Anna Virtanen")
    expect(field.locator("xpath=ancestor::*[@role='group']")).to_contain_text("Could this name a person?")


def test_a_gene_is_suggested_and_a_misspelt_one_is_asked_about_at_once(writer):
    terminology.load(genes.read(lines(GENES), "2025-01-16"), by=None)
    page = writer.page
    add_row(page, "variants")
    row = page.get_by_role("group", name="Genetics, row 3")
    page.keyboard.type("cyp")
    row.get_by_role("option", name="CYP21A2").click()
    field = row.get_by_role("combobox")
    expect(field).to_have_value("CYP21A2")
    field.fill("CYP21A")
    with page.expect_response("**/question/"):
        page.keyboard.press("Tab")
    expect(row).to_contain_text("Is the gene “CYP21A” or CYP21A2? You can save it as it stands.")
    expect(row.get_by_role("listbox")).to_be_hidden()  # also by an answer that comes after the field was left
    page.keyboard.type("Q318X")
    page.keyboard.press("Shift+Tab")
    field.fill("CYP21A2")
    page.keyboard.press("Tab")
    expect(row).to_contain_text("Is “Q318X” HGVS?")
    assert check_page(page) == []
