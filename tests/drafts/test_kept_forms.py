"""Every form that keeps a draft: what was typed stands in it again, is gone once the deed is done, and with the patient."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest
from django.db import transaction
from django.urls import reverse

from consent import actions as consent
from consent.states import Answer, Giver, Stage
from cpms import clock
from cpms.drafts.models import Draft
from cpms.patients import actions as patients
from tests.access.cells import EXTRA
from tests.access.routes import address, ours
from tests.access.world import World
from tests.clients import signed_in

pytestmark = pytest.mark.django_db(databases=["default", "cachedb"])
WORDS = "Half a thought"
ROUTES = {name: route for name, _pattern, route in ours()}


class Forms(HTMLParser):
    """The page's forms that keep a draft, by its name: where they send, and their fields as a person would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, dict] = {}
        self.form, self.text, self.choice = None, "", ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag == "form":
            self.form = {"to": at.get("action", ""), "fields": {}, "long": ""} if "data-draft" in at else None
            if self.form is not None:
                self.found[at["data-draft"]] = self.form
        elif self.form is not None and (name := at.get("name") or self.choice):
            getattr(self, f"on_{tag}", lambda *_: None)(name, at)

    def handle_endtag(self, tag):
        self.text = "" if tag == "textarea" else self.text
        self.choice = "" if tag == "select" else self.choice
        self.form = None if tag == "form" else self.form

    def handle_data(self, data):
        if self.text:
            self.form["fields"][self.text] = data.strip()

    def on_textarea(self, name, _at):
        self.text, self.form["long"] = name, self.form["long"] or name
        self.form["fields"][name] = ""

    def on_select(self, name, _at):
        self.choice = name

    def on_option(self, name, at):
        if self.choice and at.get("value") and ("selected" in at or name not in self.form["fields"]):
            self.form["fields"][name] = at["value"]

    def on_input(self, name, at):
        kind, fields = at.get("type", "text"), self.form["fields"]
        if kind == "radio" and ("checked" in at or name not in fields):
            fields[name] = at["value"]
        elif kind in {"text", "hidden", "number", "date"}:
            fields[name] = at.get("value", "")
            if int(at.get("maxlength", 0)) >= 1000:
                self.form["long"] = self.form["long"] or name


# State of the panel, who, page; what its drafts are called is read from the page
PAGES = {
    "open": (
        ("lead", "cases:edit"),
        ("lead", "cases:form"),
        ("lead", "cases:labs"),
        ("lead", "cases:rectify"),
        ("lead", "panels:ask"),
        ("lead", "panels:detail"),
        ("lead", "panels:stance"),
        ("member", "panels:reword_message"),
        ("lead", "meetings:decide"),
        ("lead", "patients:review"),
        ("member", "panels:detail"),
        ("member", "panels:reword_statement"),
        ("invited", "panels:invitation"),
        ("group_coordinator", "panels:dispatch"),
        ("network_coordinator", "panels:referral"),
        ("representative", "people:requests"),
        ("helpdesk", "people:glass"),
    ),
    "closed": (
        ("lead", "panels:detail"),
        ("lead", "outcomes:after"),
        ("lead", "outcomes:correct"),
        ("researcher", "panels:registry"),
    ),
}


ABOUT_PATIENT = {
    "open": {
        "case", "clarify", "decision", "decline", "form-core", "forward", "keep", "labs", "rectify", "reply", "return",
        "reword", "stance",
    },
    "closed": {"correct", "effect", "thank"},
}  # fmt: skip
ABOUT_OTHERS = {
    "open": {"decline_referral", "glass", "pass_on", "question", "refuse"},
    "closed": {"receive"},
}
IN_STEPS = {"labs"}  # shown first what was read; its own tests go on
# What a person chooses where the page proposes nothing
TYPED = {"glass": {"ref": "ENDO-26-0001"}, "decline": {"reason": "other"}}


def address_of(world: World, who: str, name: str) -> str:
    route = ROUTES[name]
    thing = world.thing_for(route.model.__name__, who) if route.model else None
    return address(name, route, thing, EXTRA.get(name, {}))


def page_of(world: World, client, who: str, name: str) -> dict[str, dict]:
    answer = client.get(address_of(world, who, name), secure=True)
    assert answer.status_code == 200, (who, name, answer.status_code)
    return Forms(answer.content.decode()).found


def half_write(world: World, who: str, name: str) -> list[str]:
    """Type into each form of the page, look again, send it; gives what went wrong. The sent ones are undone."""
    client, wrong = signed_in(world.people[who]), []
    for draft, form in page_of(world, client, who, name).items():
        sent = {"form": draft, "label": "x", "path": "/", "fields": {form["long"]: WORDS}}
        kept = client.post(reverse("drafts"), json.dumps(sent), content_type="application/json", secure=True)
        again = page_of(world, client, who, name)[draft]
        mine = Draft.objects.filter(form=draft, user=world.people[who])
        if again["fields"].get(form["long"]) != WORDS:
            wrong.append(f"{draft} of {name} does not come back: {kept.status_code}")
        with transaction.atomic():
            words = again["fields"] | TYPED.get(draft.partition(":")[0], {})
            done = client.post(form["to"] or address_of(world, who, name), words, secure=True)
            did = done.status_code == 302 or done.has_header("Content-Disposition")
            if draft.partition(":")[0] not in IN_STEPS and (mine.exists() or not did):
                wrong.append(f"{draft} of {name} is not gone: {done.status_code} {mine.exists()}")
            transaction.set_rollback(True)
    return wrong


def agree_to_registry(world: World) -> None:
    """So that there is a case to receive."""
    given = {"answer": Answer.GIVEN, "given_by": Giver.PATIENT, "given_on": clock.today(), "language": "en"}
    consent.record_consent(world.story.patient, stage=Stage.REGISTRY, registry="", by=world.story.lead, **given)


@pytest.mark.parametrize("state", PAGES)
def test_what_was_typed_comes_back_and_goes_with_the_deed_or_the_patient(state):
    world = World(state)
    agree_to_registry(world)
    wrong = [line for who, name in PAGES[state] for line in half_write(world, who, name)]
    assert wrong == []
    begun = {form.partition(":")[0] for form in Draft.objects.values_list("form", flat=True)}
    assert begun == ABOUT_PATIENT[state] | ABOUT_OTHERS[state]
    patients.erase(world.story.patient, by=world.story.lead)
    left = {form.partition(":")[0] for form in Draft.objects.values_list("form", flat=True)}
    assert left == ABOUT_OTHERS[state]
