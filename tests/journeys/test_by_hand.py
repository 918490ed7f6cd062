"""A case typed by hand, the minimum of it: at most 25 interactions, six required fields (product budget)."""

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
    required = 0
    lead.click("New panel", role="link", within="body")
    for group, answer in (("1. Discussion of the case for care", "Yes"), ("Sex at birth", "Female")):
        lead.choose(group, answer)
        required += 1
    lead.type("Year of birth", "2016")
    required += 1
    late = scripts_held_back(lead.page, "combobox")
    lead.click("Continue to the case")
    expect(lead.page).to_have_url(re.compile("/prepare/"))
    suggested(lead, "Add a finding", "salt wast", "Renal salt wasting", before=late)
    lead.click("Add the finding")
    expect(lead.page.locator("#findings-entry")).to_contain_text("Renal salt wasting")
    lead.type("Your question", "Raise the dose of fludrocortisone, or look for a second cause?")
    suggested(lead, "Working diagnosis", "congenital adr", "Classic congenital adrenal hyperplasia")
    choose_group(lead)
    required += 3
    for name in EXPERTS:
        lead.tick(name)
    lead.click("Open the panel and invite")
    lead.sees("The panel is open.")
    assert lead.hands <= 25
    assert required == 6
    panel = Panel.objects.get()
    assert panel.minutes_to_open is not None
    assert panel.case.findings.get().code == "HP:0000127"
    assert [address for address in addresses if "salt" in address or "congenital" in address] == []
    lead.close()


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
