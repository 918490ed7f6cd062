"""The checks of every page find what they look for: a check that finds nothing would let everything pass."""

from __future__ import annotations

import pytest

from tests.browser import OF_LAYOUT, RULES, check_page, violations

pytestmark = pytest.mark.journey
SOUND = """<html lang="en"><title>Page</title><meta name="viewport" content="width=device-width"><body>
<main><h1>Heading</h1>%s</main>"""
FAULTS = {
    "color-contrast": '<p style="color: #bbb">Pale</p>',
    "color-contrast ": '<style>p::after {content: ""; display: block; height: 9em}</style><p style="color: #bbb">Pale</p>',
    "label": "<input>",
    "heading-order": "<h4>Too deep</h4>",
    "target-size": '<a href="/" style="font-size: 8px">a</a><a href="/" style="font-size: 8px">b</a>',
}


@pytest.fixture
def blank(browser):
    made = browser.new_page()
    yield made
    made.close()


def test_a_sound_page_has_no_fault(blank):
    blank.set_content(SOUND % "<p>Words</p>")
    assert check_page(blank) == []


@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_is_found(blank, rule):
    blank.set_content(SOUND % FAULTS[rule])
    found = violations(blank, OF_LAYOUT if rule in OF_LAYOUT else RULES)
    assert [line for line in found if line.startswith(f"{rule.strip()}: ")], found


def test_what_is_too_wide_is_found(blank):
    blank.set_content(SOUND % '<div style="width: 700px">Wide</div>')
    assert [line.partition(":")[0] for line in check_page(blank)] == ["390 px", "320 px"]
