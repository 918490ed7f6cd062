"""A person at a browser: signs in with password and code, and every click, key and upload is counted."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser import Watch
from tests.factories import PASSWORD, code_for


class Person:
    """One browser context. ``hands`` counts interactions since ``start_counting``; ``pages`` the pages visited."""

    def __init__(self, browser: Browser, url: str, *, width: int = 1280, height: int = 900) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": height}, base_url=url, locale="en-GB")
        self.page: Page = self.context.new_page()
        self.watch = Watch(self.page, url)
        self.url = url
        self.hands = 0
        self.visited: set[str] = set()
        self.page.on("framenavigated", lambda frame: self.visited.add(frame.url.split("#")[0]))

    def start_counting(self) -> None:
        self.hands, self.visited = 0, set()

    def go(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.url + path)

    def click(self, name: str, *, role: str = "button", exact: bool = False, within: str = "main") -> None:
        self.hands += 1
        scope = self.page.locator(within) if within else self.page
        scope.get_by_role(role, name=name, exact=exact).first.click()

    def choose(self, group: str, option: str) -> None:
        """One radio button of a named group."""
        self.hands += 1
        self.page.get_by_role("group", name=group).get_by_text(option, exact=True).click()

    def type(self, label: str, text: str, *, exact: bool = False) -> None:
        self.hands += 1
        fields = self.page.locator("input, textarea")
        self.page.get_by_label(label, exact=exact).and_(fields).first.fill(text)

    def select(self, label: str, option: str) -> None:
        self.hands += 1
        self.page.get_by_label(label).first.select_option(label=option)

    def upload(self, label: str, name: str, data: bytes) -> None:
        self.hands += 1
        file = {"name": name, "mimeType": "application/json", "buffer": data}
        self.page.get_by_label(label, exact=False).set_input_files(file)

    def tick(self, name: str) -> None:
        self.hands += 1
        self.page.get_by_role("checkbox", name=name).check()

    def sign_in(self, user, device, *, password: str = PASSWORD, then: str = "/") -> None:
        """From wherever a login was asked for, to the page that was wanted."""
        if "/accounts/login/" not in self.page.url:
            self.go(then)
        self.page.get_by_label("E-mail").fill(user.email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Continue").click()
        self.page.get_by_label("One-time code").fill(code_for(device))
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page).not_to_have_url(re.compile("/accounts/login/"))

    def sees(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(text)

    def status_of(self, path: str, method: str = "GET") -> int:
        """The answer to an address, asked for with this person's session, and for a POST with the token of its forms."""
        tokens = [str(cookie["value"]) for cookie in self.context.cookies() if "csrf" in cookie["name"]]
        headers = {"X-CSRFToken": tokens[0]} if method == "POST" else {}
        return self.context.request.fetch(self.url + path, method=method, headers=headers, max_redirects=0).status

    def close(self) -> None:
        self.watch.nothing_odd()
        self.context.close()
