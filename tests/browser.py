"""What must hold on every page in a real browser: no CSP message, no outside request, axe finds nothing at 1366 px and,
of what another layout changes, at 390 px; no sideways scroll there and at 320 px (WCAG 1.4.10). Some pages, the same in every
run of the same files, and all of them in `bin/campaign pages`, are looked at in the dark and at 1440 px as well. Contrast, which
takes axe longest, is judged on a part of them; always in the gallery, where the parts of pages stand in their colours."""

from __future__ import annotations

import json
import os
import random
import time
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve
from playwright.sync_api import Error, Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = ((1366, 900), (390, 844), (320, 640))
REFLOW = 320  # only the scroll is looked at there: axe sees nothing new
WIDEST = {"width": 1440, "height": 900}
IN_THE_DARK = 1 if "CPMS_CAMPAIGN" in os.environ else 1 / 12
OF_CONTRAST = 1 if "CPMS_CAMPAIGN" in os.environ else 1 / 3
GALLERY = "/ui/"
ON_A_PHONE = 1 if "CPMS_CAMPAIGN" in os.environ else 1 / 4  # of the pages: what axe sees otherwise there


class Watch:
    """Listens to a page from its start: what its console said, and whom it asked."""

    def __init__(self, page: Page, url: str) -> None:
        self.origin = urlsplit(url).netloc
        self.console: list[str] = []
        self.outside: list[str] = []
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.console.append(f"error: {error}"))
        page.on("request", self.note)

    def hear(self, message) -> None:
        """A failed load of our own (404, 422, 409) is an answer, not a fault of the page."""
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.console.append(message.text)

    def note(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and parts.netloc != self.origin:
            self.outside.append(request.url)

    def nothing_odd(self) -> None:
        assert self.console == []
        assert self.outside == []


TOO_WIDE = "document.documentElement.scrollWidth - window.innerWidth"
TALL = "document.documentElement.scrollHeight"
WIDE = """() => [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > innerWidth && !one.closest(".offcanvas"))
    .slice(-3).map(one => one.outerHTML.slice(0, 120))"""


# Where a ::before or ::after could lie behind a text axe says nothing about its contrast, and to find out takes half of its
# time: it shall judge by the element's own ground
JUDGE = """;axe.configure({checks: [{id: "color-contrast",
    options: {...axe._audit.checks["color-contrast"].options, ignorePseudo: true}}]});"""
AXE = Axe().axe_script + JUDGE
# Names, roles, order and colours are the same at every width; these hang on what is shown, where and how large
OF_LAYOUT = ["aria-hidden-focus", "link-in-text-block", "region", "scrollable-region-focusable", "target-size"]


def until(page: Page, condition: str, *, seconds: float = 30) -> None:
    """Wait until a script is true on the page that stands then. Playwright's own `wait_for_function` evaluates text inside
    the page, which our Content-Security-Policy forbids as soon as the first look is not yet true."""
    end = time.monotonic() + seconds
    while True:
        try:
            if page.evaluate(condition):
                return
        except Error as error:
            if "context was destroyed" not in error.message:  # another page arrives: look at that one
                raise
        assert time.monotonic() < end, f"not true within {seconds} s: {condition}"
        page.wait_for_timeout(100)


def violations(page: Page, rules: list[str], *, contrast: bool = True) -> list[str]:
    """axe's findings as lines: rule, element, what to do. What it found in order stays in the browser: it is megabytes."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE)
    left_out = {} if contrast else {"color-contrast": {"enabled": False}}
    options = json.dumps({"runOnly": rules, "rules": left_out, "resultTypes": ["violations"], "preload": False})
    found = page.evaluate(f"axe.run({options}).then(found => found.violations)")
    return [f"{v['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})" for v in found for node in v["nodes"]]


# What a text is asked about comes below it and moves what follows: axe must not measure before and after
SETTLED = """() => !document.querySelector("[aria-busy=true]") && (!document.body.dataset.marksUrl ||
    [...document.querySelectorAll("main textarea:not([hidden])")].every(text =>
        !text.value || (text.closest(".correct > *") ?? text.parentElement).querySelector("[role=status]")))"""


# Forms that send long text, as the routes they send it to and the texts' names
LONG = """() => [...document.querySelectorAll("form[method=post]:not([data-draft])")].flatMap(form =>
    [...form.querySelectorAll("textarea:not([hidden]), input:not([type=hidden])")]
        .filter(field => field.form === form && (field.type === "textarea" || field.maxLength >= 1000))
        .map(field => [new URL(form.action).pathname, field.name]))"""
# What a person types there is lost with the session, and why it may be
WITHOUT_DRAFT = {
    "panels:refer": "public: without an account there is nobody to keep it for",
    "people:ask": "public: without an account there is nobody to keep it for",
    "cases:findings": "the letter is read and not kept, as the page says",
    "gallery": "the gallery of components sends nothing",
}
CLASH = "main form[data-clash]"  # shows what was sent before; the form's own draft is kept until it is settled


def unkept(page: Page) -> list[str]:
    """Long texts that a form of the page sends and that no draft keeps. The staff site's forms are Django's own."""
    if page.locator(CLASH).count():
        return []
    found = [(resolve(path).view_name, name) for path, name in page.evaluate(LONG)]
    return [
        f"{route} keeps no draft of {name}"
        for route, name in found
        if route not in WITHOUT_DRAFT and not route.startswith("helpdesk:")
    ]


def check_page(page: Page, *, widths=WIDTHS) -> list[str]:
    """Every fault of the page as it stands, at each width; the widest is restored at the end."""
    until(page, SETTLED)
    faults = unkept(page)
    for width, height in widths:
        page.set_viewport_size({"width": width, "height": height})
        overflow = page.evaluate(TOO_WIDE)
        if overflow > 0:
            faults.append(f"{width} px: {overflow} px too wide, {page.evaluate(WIDE)}")
        if width == WIDTHS[0][0] or (width > REFLOW and random.random() < ON_A_PHONE):
            # What sticks to the screen's edge lies over whatever stands there before anybody scrolls: a target is
            # measured where it can be scrolled to
            page.set_viewport_size({"width": width, "height": max(height, page.evaluate(TALL))})
            rules = RULES if width == WIDTHS[0][0] else OF_LAYOUT
            contrast = random.random() < OF_CONTRAST or urlsplit(page.url).path == GALLERY
            faults += [f"{width} px: {line}" for line in violations(page, rules, contrast=contrast)]
    if random.random() < IN_THE_DARK:
        faults += in_the_dark(page)
    page.set_viewport_size({"width": widths[0][0], "height": widths[0][1]})
    return faults


def in_the_dark(page: Page) -> list[str]:
    """What the other colours and the widest layout change: contrast and sideways scroll."""
    page.set_viewport_size(WIDEST)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")  # no colour halfway between the two
    faults = [f"dark: {line}" for line in violations(page, ["color-contrast"])]
    if page.evaluate(TOO_WIDE) > 0:
        faults.append(f"1440 px: too wide, {page.evaluate(WIDE)}")
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    return faults
