"""A case typed by hand, the minimum of it: at most 25 interactions (product budget)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from cpms import clock
from cpms.terminology.folding import fold
from cpms.terminology.models import Concept, Terminology
from panels.models import Panel
from tests.factories import GroupFactory, UserFactory
from tests.journeys.rooms import entered

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True, databases=["default", "cachedb"])]
EXPERTS = ("Dr Benedetti", "Dr Czarna", "Dr Dubois")


def name_concepts() -> None:
    for system, code, name, kind in (
        ("HP", "HP:0000127", "Renal salt wasting", "phenotype"),
        ("ORPHA", "ORPHA:90794", "Classic congenital adrenal hyperplasia", "disease"),
    ):
        words = {"version": "1", "licence": "free", "attribution": "theirs", "loaded_at": clock.now()}
        terminology = Terminology.objects.update_or_create(system=system, defaults=words)[0]
        folded = fold(name)
        Concept.objects.update_or_create(
            terminology=terminology,
            code=code,
            defaults={"name": name, "kind": kind, "search_name": folded, "search_text": folded},
        )


def test_a_case_by_hand_within_the_budget(product, browser):
    name_concepts()
    GroupFactory()
    GroupFactory(number=2, name="Calcium and phosphate")
    for name in EXPERTS:
        UserFactory(display_name=name)
    lead = entered(UserFactory(display_name="Dr Anneli Lead"), browser, product.url)
    addresses = []
    lead.page.on("request", lambda request: addresses.append(request.url))
    lead.go("/")
    lead.start_counting()
    lead.click("New panel", role="link", within="body")
    for group, answer in (("1. Discussion of the case for care", "Yes"), ("Sex at birth", "Female")):
        lead.choose(group, answer)
    lead.type("Year of birth", "2016")
    late = scripts_held_back(lead.page, "combobox")
    lead.click("Continue to the case")
    expect(lead.page).to_have_url(re.compile("/prepare/"))
    suggested(lead, "Add a finding", "salt wast", "Renal salt wasting", before=late)
    lead.click("Add as present")
    expect(lead.page.locator("#findings-entry")).to_contain_text("Renal salt wasting")
    lead.type("Your question", "Raise the dose of fludrocortisone, or look for a second cause?")
    suggested(lead, "Working diagnosis", "congenital adr", "Classic congenital adrenal hyperplasia")
    choose_group(lead)
    for name in EXPERTS:
        lead.tick(name)
    lead.click("Open the panel and invite")
    lead.sees("The panel is open.")
    assert lead.hands <= 25
    panel = Panel.objects.get()
    assert panel.minutes_to_open is not None
    assert panel.case.findings.get().code == "HP:0000127"
    assert [address for address in addresses if "salt" in address or "congenital" in address] == []
    lead.close()


def reach(page, selector: str) -> None:
    """Tab, as often as it takes, to the control; nothing is clicked."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"No Tab leads to {selector}")


def test_a_case_by_keyboard_alone(pages, browser):
    name_concepts()
    GroupFactory()
    expert = UserFactory(display_name=EXPERTS[0])
    lead = entered(UserFactory(display_name="Dr Anneli Lead"), browser, pages.url)
    keys = lead.page.keyboard
    lead.go("/")
    reach(lead.page, "a[href='/panels/new/']")
    keys.press("Enter")
    expect(lead.page).to_have_url(re.compile("/panels/new/"))
    for control in ("[name=stage_1]", "[name=sex]"):
        reach(lead.page, control)
        keys.press("Space")
    reach(lead.page, "[name=birth_year]")
    keys.type("2016")
    keys.press("Enter")
    expect(lead.page).to_have_url(re.compile("/prepare/"))
    reach(lead.page, "[name=label]")
    keys.type("salt wast")
    expect(lead.page.get_by_role("option", name="Renal salt wasting")).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    keys.press("Enter")
    expect(lead.page.locator("#findings-entry")).to_contain_text("Say whether it is present or absent.")
    reach(lead.page, "[name=present][value='1']")
    keys.press("Enter")
    is_added(lead.page, "Renal salt wasting")
    reach(lead.page, "[name=question]")
    keys.type("Raise the dose?")
    reach(lead.page, "[name=diagnosis_status]")
    keys.press("ArrowUp")  # round to the last of the choices: undiagnosed
    reach(lead.page, "[name=group]")
    keys.press("ArrowDown")
    reach(lead.page, f"[name=experts][value='{expert.pk}']")
    keys.press("Space")
    reach(lead.page, "main button.btn-primary")
    keys.press("Enter")
    lead.sees("The panel is open.")
    assert Panel.objects.get().invitations.get().invitee == expert
    lead.close()


def is_added(page, finding: str) -> None:
    """It stands in the list, and the keyboard is where the next one is typed."""
    expect(page.locator("#findings-entry .chips")).to_contain_text(finding)
    expect(page.locator("[name=label]")).to_be_focused()


def scripts_held_back(page, name: str):
    """From now on the named script does not arrive, as on a slow line; gives what lets it through."""
    held = []
    page.route(f"**/{name}*.js", lambda route: held.append(route))

    def let_through() -> None:
        for route in held:
            route.continue_()
        page.unroute(f"**/{name}*.js")

    return let_through


def suggested(person, label: str, typed: str, name: str, *, before=lambda: None) -> None:
    """Type a little, take what is suggested."""
    person.type(label, typed)
    before()
    person.hands += 1
    option = person.page.get_by_role("option", name=name)
    expect(option).to_be_visible()
    option.click()


def choose_group(person) -> None:
    person.hands += 1
    person.page.get_by_label("Thematic group").select_option(index=1)
