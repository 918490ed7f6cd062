"""A walk past pages with a real browser, which keeps every fault it sees and every route it came by."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.urls import resolve

from tests.browser import AXE, check_page, until
from tests.journeys.person import Person

SUBMIT = "form => { form.noValidate = true; form.requestSubmit(); }"


class Tour:
    """Looks at page after page and keeps every fault with the page's name."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.routes: set[str] = set()
        self.looked = 0
        self.armed: set[Person] = set()

    def arm(self, person: Person) -> None:
        """axe comes with each page from now on, instead of being sent after each one."""
        if person not in self.armed:
            self.armed.add(person)
            person.context.add_init_script(AXE)

    def look(self, person: Person, name: str, path: str = "", *, status: int = 200) -> None:
        """Open ``path``, or stay where the person is. A page counts as visited when it is what its route is for."""
        self.arm(person)
        if path:
            answer = person.page.goto(person.url + path)
            if answer.status != status:
                self.faults.append(f"{name}: {answer.status} instead of {status}")
        else:
            until(person.page, "document.readyState === 'complete' && document.body")
        if not person.page.title():
            self.faults.append(f"{name}: no title")
        self.faults += [f"{name}: {fault}" for fault in check_page(person.page)]
        self.faults += [f"{name}: {line}" for line in person.watch.console + person.watch.outside]
        person.watch.console.clear()
        person.watch.outside.clear()
        if status == 200:
            self.routes.add(resolve(urlsplit(person.page.url).path).view_name)
        self.looked += 1

    def send_empty(self, person: Person, name: str, path: str, form: str, *, status: int = 422, **typed: str) -> None:
        """Send a form past the browser's own checks, and look at the page with its errors."""
        if path:
            person.go(path)
        for field, text in typed.items():
            person.page.locator(f"{form} [name={field}]").first.fill(text)
        with person.page.expect_navigation() as waiting:
            person.page.locator(form).first.evaluate(SUBMIT)
        if waiting.value.status != status:
            self.faults.append(f"{name}: {waiting.value.status} instead of {status}")
        self.look(person, name, status=status)

    def end(self, *people: Person) -> None:
        for person in people:
            person.close()
        assert not self.faults, f"{len(self.faults)} faults on {self.looked} pages:\n" + "\n".join(self.faults[:80])
