"""What stands in a narrow column keeps its words whole, and the buttons of a row stay on the narrowest phone."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string

from cpms import clock

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


def measured(browser, html, script, width=320):
    """What a script says of a fragment that is drawn with our style sheets, so wide."""
    page = browser.new_page(viewport={"width": width, "height": 568})
    page.set_content(f'<html lang="en"><body><main>{html}</main>')
    for sheet in SHEETS:
        page.add_style_tag(content=(settings.BASE_DIR / "static" / sheet).read_text())
    found = page.evaluate(script)
    page.close()
    return found


def test_a_field_keeps_its_distance_over_a_hidden_one(browser):
    """As the working diagnosis of a new panel, whose code goes along unseen."""
    html = '<div class="field">one</div><input type="hidden"><div class="field" id="below">two</div>'
    script = "document.getElementById('below').getBoundingClientRect().top - document.querySelector('.field').getBoundingClientRect().bottom"
    assert measured(browser, html, script) == 16


def test_a_day_that_goes_to_the_next_line_begins_where_the_line_does(browser):
    """Beside the word and icon of a due day on My work, where both do not fit into one line."""
    due = Template("{% due day date=True %}").render(Context({"day": clock.today() + dt.timedelta(days=7)}))
    html = f'<div class="work"><div style="width: 100px"><div class="when">{due}</div></div></div>'
    box = "document.querySelector('.when {}').getBoundingClientRect().{}"
    first, second, upper, lower = (
        measured(browser, html, box.format(*one))
        for one in ((".due", "left"), ("small", "left"), (".due", "top"), ("small", "top"))
    )
    assert (second, lower > upper) == (first, True)


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


BROKEN_WORDS = """() => {
  const texts = document.createTreeWalker(document.querySelector(".chips"), NodeFilter.SHOW_TEXT), broken = [];
  for (let text = texts.nextNode(); text; text = texts.nextNode())
    for (const { 0: word, index } of text.data.matchAll(/\\S+/g)) {
      const place = document.createRange();
      place.setStart(text, index);
      place.setEnd(text, index + word.length);
      if (new Set([...place.getClientRects()].map((box) => Math.round(box.top))).size > 1) broken.push(word);
    }
  return [broken, document.documentElement.scrollWidth <= innerWidth];
}"""


def test_a_finding_and_since_when_break_between_words_only(browser):
    """On a phone, present and absent; a word that is longer than the line may break."""
    endless = "Pseudopseudohypoparathyroidism" * 4
    html = Template("{% chips items absent=absent %}")
    short = SimpleNamespace(label="Seizure", onset="two years, on and off since the second infection of the airways")
    long = SimpleNamespace(
        label="Recurrent infections of the lower airways in early childhood", onset="since about two years"
    )
    for absent in (False, True):
        for items, broken in (([short, long], []), ([SimpleNamespace(label=endless, onset="")], [endless])):
            drawn = html.render(Context({"items": items, "absent": absent}))
            assert measured(browser, drawn, BROKEN_WORDS, width=390) == [broken, True]


def test_a_list_that_scrolls_by_itself_keeps_its_hidden_words_inside(browser):
    """As the names behind the buttons beside people to invite: they had made the page several screens longer, and empty."""
    row = '<p>Dr Somebody <button class="btn">Invite<span class="visually-hidden"> Dr Somebody</span></button></p>'
    page = f'<div class="expert-scroll">{row * 80}</div>'
    assert measured(browser, page, "document.documentElement.scrollHeight <= innerHeight")
