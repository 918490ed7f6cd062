"""A file goes in through the page and comes out on the page: equal counts, for every published case and our own."""

from __future__ import annotations

import random
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cpms import clock
from cpms.patients.models import Patient
from panels.forms import mark_of
from panels.models import Panel
from tests.cases.counting import counts, stored
from tests.clients import signed_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
LOOKED_AT = 1 / 4  # of the files: what the page shows before anything is saved hangs on no single one
DEMO = sorted((Path(__file__).parents[2] / "helpdesk" / "demo" / "cases").glob("*.json"))


class Counter(HTMLParser):
    """Counts the parts that the page marks with ``data-part``."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, int] = dict.fromkeys(counts(b"{}"), 0)

    def handle_starttag(self, tag, attrs):
        part = dict(attrs).get("data-part")
        if part:
            self.found[part] += 1


def through_the_pages(path: Path) -> dict[str, int]:
    client = signed_in(UserFactory())
    fields = {
        "file": SimpleUploadedFile(path.name, path.read_bytes(), "application/json"),
        "stage_1": "given",
        "given_by": "patient",
        "although": "on",  # for the children among the cases
        "given_on": clock.today().isoformat(),
        "country": "FI",
        "route": "own",
    }
    if random.random() < LOOKED_AT:
        shown = client.post(reverse("panels:new"), fields).content.decode()
        assert "Read, not saved yet" in shown
        assert not Patient.objects.exists()
    fields |= {"file": SimpleUploadedFile(path.name, path.read_bytes()), "looked": mark_of(path.read_bytes())}
    answer = client.post(reverse("panels:new"), fields)
    panel = Panel.objects.get()
    assert stored(panel.case) == counts(path.read_bytes())
    assert answer.url == reverse("panels:prepare", args=[panel.ref])
    counter = Counter()
    counter.feed(client.get(answer.url).content.decode())
    return counter.found


def test_a_published_case_is_shown_with_equal_counts(published):
    assert through_the_pages(published) == counts(published.read_bytes())


@pytest.mark.parametrize("path", DEMO, ids=lambda path: path.stem)
def test_a_demonstration_case_is_shown_with_equal_counts(path):
    assert through_the_pages(path) == counts(path.read_bytes())
