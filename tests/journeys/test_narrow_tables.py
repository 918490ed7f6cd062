"""What stands in a narrow column keeps its words whole, and the buttons of a row stay on the narrowest phone."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template.loader import render_to_string

pytestmark = pytest.mark.journey
HOSPITAL = {"key": 1, "name": "Conero Hospital, Ancona", "path": "/people/centres/1/", "nudge": None}
SHEETS = ("vendor/bootstrap/bootstrap.min.css", "css/base.css", "css/parts.css", "css/pages.css", "css/screens.css")
LINES = """() => {
  const text = document.createRange();
  text.selectNodeContents(document.querySelector(".whose"));
  return new Set([...text.getClientRects()].map((box) => Math.round(box.top))).size;
}"""


def test_whose_a_range_is_breaks_between_words_only(browser):
    """The case beside the discussion, on a desktop of 1280 px: the column of ranges is as narrow as its longest word."""
    lab = SimpleNamespace(value_text="630", taken="", note="")
    row = {
        "lab": lab,
        "label": "Testosterone, total",
        "spoken_unit": "ng/dL",
        "converted": "21.8 nmol/L",
        "range_text": "15–70",
        "flag": "high",
    }
    table = render_to_string(
        "cases/_lab_table.html", {"rows": [row | {"whose_range": "laboratory’s own"}], "words": "Results"}
    )
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_content(f'<html lang="en"><body><main style="width: 360px">{table}</main>')
    for sheet in SHEETS:
        page.add_style_tag(content=(settings.BASE_DIR / "static" / sheet).read_text())
    lines = page.evaluate(LINES)
    page.close()
    assert lines == 2, "“laboratory’s” and “own”"


def test_two_buttons_of_a_row_stand_below_each_other_where_they_do_not_fit(browser):
    """The hospitals on the helpdesk's page of today, at 320 px and with the large buttons of a touch screen."""
    part = {"title": "Hospitals", "rows": [HOSPITAL], "kind": "centre", "button": "Write to the hospital", "page": 1}
    table = render_to_string("helpdesk/_today_part.html", {"part": part})
    page = browser.new_page(viewport={"width": 320, "height": 568}, has_touch=True, is_mobile=True)
    page.set_content(
        f'<html lang="en"><meta name="viewport" content="width=device-width"><body><main class="frame">{table}</main>'
    )
    for sheet in SHEETS:
        page.add_style_tag(content=(settings.BASE_DIR / "static" / sheet).read_text())
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert wide == 320
